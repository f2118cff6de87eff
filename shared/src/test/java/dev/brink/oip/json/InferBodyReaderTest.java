package dev.brink.oip.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferBodyReaderTest {

  @Test
  void theOrderOfAnInputsMembersDoesNotMatter() {
    Tensor input =
        read("{'inputs':[{'data':[[1,2],[3,4]],'datatype':'INT16','shape':[2,2],'name':'x'}]}")
            .inputs()
            .getFirst();

    assertThat(input.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(input.data().getShort(6)).isEqualTo((short) 4);
  }

  @Test
  void nestedAndFlatDataAreTheSame() {
    String head = "{'inputs':[{'name':'x','datatype':'FP32','shape':[2,2],'data':";

    assertThat(read(head + "[[1,2],[3,4]]}]}").inputs().getFirst().toFloats())
        .containsExactly(1, 2, 3, 4);
    assertThat(read(head + "[ [ [1] , [2] ] , [[3],[4]] ]}]}").inputs().getFirst().toFloats())
        .containsExactly(1, 2, 3, 4);
    assertThat(read(head + "[1,2,3,4]}]}").inputs().getFirst().toFloats())
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void unknownMembersAreIgnored() {
    assertThat(read("{'model_name':'m','x':{'y':[null,true,1e3,'z']},'inputs':[]}").inputs())
        .isEmpty();
  }

  @Test
  void stringsKeepEveryCharacter() {
    Tensor text =
        read("{'inputs':[{'name':'t','datatype':'BYTES','shape':[5],'data':"
                + "['', 'a\\u00e9\\ud83d\\ude00', 'é😀', '\\n\\t\\u0000\\\\\\/\\b\\f\\r', 'ß']}]}")
            .inputs()
            .getFirst();

    assertThat(text.toStrings()).containsExactly("", "aé😀", "é😀", "\n\t\0\\/\b\f\r", "ß");
  }

  @Test
  void brokenStringsAreRefused() {
    String head = "{'inputs':[{'name':'t','datatype':'BYTES','shape':[1],'data':[";
    assertRefused(head + "'\\ud83d']}]}", "lone surrogate");
    assertRefused(head + "'\\ude00\\ud83d']}]}", "lone surrogate");
    assertRefused(head + "'\\x']}]}", "invalid escape");
    assertRefused(head + "'\\u12g4']}]}", "invalid escape");
    assertRefused(head + "'a\nb']}]}", "control character");
    assertRefused(head + "'abc", "unterminated string");
    byte[] notUtf8 = bytes(head + "'?']}]}");
    for (int i = 0; i < notUtf8.length; i++) {
      if (notUtf8[i] == '?') {
        notUtf8[i] = (byte) 0xff;
      }
    }
    assertThatThrownBy(
            () -> InferBodyReader.read("m", notUtf8, notUtf8.length, notUtf8.length, bytes -> true))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void malformedJsonIsRefusedAtItsPlace() {
    assertRefused("", "unexpected end");
    assertRefused("[]", "expected: an object");
    assertRefused("{'inputs':[]", "unexpected end");
    assertRefused("{'inputs':[],}", "expected a value after ','");
    assertRefused("{'inputs':[]} x", "unexpected text after the value at byte 14");
    assertRefused("{'inputs' []}", "expected ':'");
    assertRefused("{inputs:[]}", "expected a member's name");
    assertRefused("{'inputs':[{'name':'x','datatype':'FP32','shape':[2],'data':[1 2]}]}", "','");
    assertRefused("{'inputs':[{'name':'x','datatype':'FP32','shape':[2],'data':[1,]}]}", "number");
    assertRefused("{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':[,1]}]}", "number");
  }

  @Test
  void membersThatOccurTwiceAreRefused() {
    assertRefused("{'inputs':[],'inputs':[]}", "'inputs' occurs twice");
    assertRefused("{'inputs':[],'parameters':{'a':1,'a':2}}", "parameter 'a' already exists");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':[1],'data':[1]}]}", "twice");
    assertRefused("{'inputs':[{'name':'x','name':'y'}]}", "'name' of input 'x' occurs twice");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':[1],'shape':[2]}]}",
        "'shape' of input 'x' occurs twice");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','datatype':'FP64'}]}",
        "'datatype' of input 'x' occurs twice");
    assertRefused(
        "{'inputs':[],'outputs':[{'name':'a','name':'b'}]}", "'name' of output 'a' occurs twice");
  }

  @Test
  void aNumberHasABoundedLength() {
    String head = "{'inputs':[{'name':'x','datatype':'FP64','shape':[1],'data':[";
    String longest = "0." + "3".repeat(4094);

    assertThat(read(head + longest + "]}]}").inputs().getFirst().data().getDouble(0))
        .isEqualTo(Double.parseDouble(longest));
    assertRefused(head + longest + "3]}]}", "a number of more than 4096 bytes at byte");
    assertRefused("{'x':" + "1".repeat(5000) + "}", "a number of more than 4096 bytes at byte 5");
  }

  @Test
  void aShapeHasABoundedRank() {
    String head = "{'inputs':[{'name':'x','datatype':'FP32','shape':[1";

    assertThat(read(head + ",1".repeat(63) + "],'data':[1]}]}").inputs().getFirst().shape().rank())
        .isEqualTo(64);
    assertRefused(
        head + ",1".repeat(64) + "],'data':[1]}]}",
        "shape of input 'x' has more than 64 dimensions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'parameters':{%s},'inputs':[]}=>'%d':1",
        "{'outputs':[%s],'inputs':[]}=>{'name':'%d'}",
        "{'inputs':[%s]}=>{'name':'%d','datatype':'BOOL','shape':[0],'data':[]}",
        "{'inputs':[],'id':'%s'}=>xxxxxxxxxxxxxxxx%d",
        "{'inputs':[],'x':'%s'}=>éxxxxxxxxxxxxxxx%d"
      })
  void whatIsKeptOfABodyIsAskedForFirst(String form) {
    String[] parts = form.split("=>");
    String many =
        IntStream.range(0, 1000)
            .mapToObj(i -> parts[1].replace("%d", Integer.toString(i)))
            .collect(Collectors.joining(","));
    byte[] body = bytes(parts[0].replace("%s", many));
    long[] left = {10_000};

    assertThatThrownBy(
            () ->
                InferBodyReader.read(
                    "m", body, body.length, body.length, bytes -> (left[0] -= bytes) >= 0))
        .hasMessage("no memory left for requests");
  }

  @Test
  void aMissingMemberIsNamed() {
    assertRefused("{}", "no 'inputs'");
    assertRefused("{'inputs':[{'datatype':'FP32','shape':[1],'data':[1]}]}", "no 'name'");
    assertRefused("{'inputs':[{'name':'x','shape':[1],'data':[1]}]}", "'x' has no 'datatype'");
    assertRefused("{'inputs':[{'name':'x','datatype':'FP32','data':[1]}]}", "'x' has no 'shape'");
  }

  @Test
  void anInputHasExactlyOneSourceOfData() {
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1]}]}",
        "Input must set only one of the following fields: 'data', 'binary_data_size' in"
            + " 'parameters', 'shared_memory_region' in 'parameters'. But no field is set");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':[1],"
            + "'parameters':{'binary_data_size':4}}]}",
        "But set 'data' 'binary_data_size'");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],"
            + "'parameters':{'shared_memory_region':'r'}}]}",
        "shared memory is not supported");
  }

  @Test
  void aTensorsMemoryIsNotTakenForDataThatIsNotThere() {
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP64','shape':[200000000],'data':[1]}]}",
        "Failed to parse 'data' field: shape does not match true shape");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[4,1152921504606846978],'data':[1]}]}",
        "byte size overflow for input");
    assertRefused(
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[9223372036854775807,3],'data':[1]}]}",
        "element count overflow for input 'x'");
    assertRefused("{'inputs':[{'name':'x','datatype':'FP32','shape':[-1],'data':[1]}]}", "'x'");
  }

  @Test
  void halfFloatsDoNotComeAsJson() {
    for (String type : new String[] {"FP16", "BF16"}) {
      assertRefused(
          "{'inputs':[{'name':'x','datatype':'" + type + "','shape':[1],'data':[1]}]}",
          "receiving "
              + type
              + " data via JSON is not supported. Please use the binary data format for input x");
    }
  }

  @Test
  void dataOfTheWrongLengthIsRefusedInTritonsWords() {
    String head = "{'inputs':[{'name':'x','datatype':'FP32','shape':[2],'data':";
    assertRefused(
        head + "[1]}]}",
        "Failed to parse 'data' field: shape does not match true shape for input 'x'");
    assertRefused(
        head + "[1,2,3]}]}",
        "Unable to parse 'data': Shape does not match true shape of 'data' field");
  }

  @Test
  void theDepthOfNestingIsLimited() {
    String head = "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':";
    assertThat(read(head + "[".repeat(50) + "1" + "]".repeat(50) + "}]}").inputs()).hasSize(1);
    assertRefused(
        head + "[".repeat(120) + "1" + "]".repeat(120) + "}]}",
        "JSON nesting depth exceeds maximum allowed limit (100)");
    assertRefused("{'x':" + "[".repeat(200_000), "JSON nesting depth exceeds");
  }

  @Test
  void binaryTensorsFollowTheJsonInTheOrderOfTheInputs() {
    byte[] json =
        bytes(
            "{'inputs':[{'name':'a','datatype':'INT32','shape':[1],'parameters':"
                + "{'binary_data_size':4}},{'name':'b','datatype':'UINT8','shape':[1],'data':[9]},"
                + "{'name':'c','datatype':'BYTES','shape':[1],'parameters':"
                + "{'binary_data_size':6}}]}");
    byte[] body = java.util.Arrays.copyOf(json, json.length + 10);
    System.arraycopy(new byte[] {1, 2, 0, 0, 2, 0, 0, 0, 'h', 'i'}, 0, body, json.length, 10);

    var inputs = InferBodyReader.read("m", body, body.length, json.length, bytes -> true).inputs();

    assertThat(inputs.get(0).data().getInt(0)).isEqualTo(513);
    assertThat(inputs.get(1).dataType()).isEqualTo(DataType.UINT8);
    assertThat(inputs.get(2).toStrings()).containsExactly("hi");
  }

  @Test
  void binaryTensorsOfTheWrongSizeAreRefusedInTritonsWords() {
    String json =
        "{'inputs':[{'name':'a','datatype':'INT32','shape':[1],'parameters':{'binary_data_size':%d}}]}";
    assertBinaryRefused(
        json.formatted(4),
        3,
        "unexpected size for input 'a', expecting 1 additional bytes for model 'm'");
    assertBinaryRefused(json.formatted(4), 5, "unexpected additional input data for model 'm'");
    assertBinaryRefused(
        json.formatted(8),
        8,
        "input byte size mismatch for input 'a' for model 'm'. Expected 4, got 8");
  }

  @Test
  void outputsSayHowTheyAreWanted() {
    InferBody body =
        read(
            "{'parameters':{'binary_data_output':true,'custom':'c'},'inputs':[],'outputs':["
                + "{'name':'a'},{'name':'b','parameters':{'binary_data':false}},"
                + "{'name':'c','parameters':{'classification':3}}]}");

    assertThat(body.encoding()).isEqualTo(new OutputEncoding(true, Map.of("b", false)));
    assertThat(body.outputs().get(2).classification()).isEqualTo(3);
    assertThat(body.parameters().asMap()).containsOnlyKeys("custom");
  }

  private static void assertBinaryRefused(String header, int binary, String message) {
    byte[] json = bytes(header);
    byte[] body = java.util.Arrays.copyOf(json, json.length + binary);
    assertThatThrownBy(
            () -> InferBodyReader.read("m", body, body.length, json.length, bytes -> true))
        .hasMessageContaining(message);
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .as(text.substring(0, Math.min(200, text.length())))
        .isInstanceOf(dev.brink.inference.InferenceException.class)
        .hasMessageContaining(message);
  }

  private static InferBody read(String text) {
    byte[] utf8 = bytes(text);
    return InferBodyReader.read("m", utf8, utf8.length, utf8.length, bytes -> true);
  }

  /** Quotes are written as apostrophes in this class. */
  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
