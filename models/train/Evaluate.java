import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Runs a model of this repository over a file of inputs with ONNX Runtime, and writes what it answered.
 *
 * <p>{@code java -cp onnxruntime.jar Evaluate.java MODEL INPUTS OUT BATCH}. Inputs of a text model are one sentence per line, as
 * Base64 of UTF-8; those of an image model are raw bytes, one picture after another. Writes {@code OUT.logits} and
 * {@code OUT.probabilities} (little-endian floats) and {@code OUT.labels} (lines), and prints the median time of a run.
 */
final class Evaluate {

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: java -cp onnxruntime.jar Evaluate.java MODEL INPUTS OUT BATCH");
            System.exit(2);
        }
        var options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        try (var environment = OrtEnvironment.getEnvironment();
                var session = environment.createSession(args[0], options)) {
            new Evaluate(environment, session, Integer.parseInt(args[3])).run(Path.of(args[1]), args[2]);
        }
    }

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int batch;
    private final String input;
    private final TensorInfo inputInfo;

    private Evaluate(OrtEnvironment environment, OrtSession session, int batch) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.batch = batch;
        input = session.getInputNames().iterator().next();
        inputInfo = (TensorInfo) session.getInputInfo().get(input).getInfo();
    }

    private void run(Path inputs, String out) throws IOException, OrtException {
        List<OnnxTensor> batches = inputInfo.type == OnnxJavaType.STRING ? sentences(inputs) : pictures(inputs);
        var nanos = new ArrayList<Long>();
        try (var logits = Files.newOutputStream(Path.of(out + ".logits"));
                var probabilities = Files.newOutputStream(Path.of(out + ".probabilities"));
                var labels = Files.newBufferedWriter(Path.of(out + ".labels"))) {
            for (OnnxTensor tensor : batches) {
                long start = System.nanoTime();
                try (var result = session.run(Map.of(input, tensor))) {
                    nanos.add(System.nanoTime() - start);
                    logits.write(floats((OnnxTensor) result.get("logits").orElseThrow()));
                    probabilities.write(floats((OnnxTensor) result.get("probabilities").orElseThrow()));
                    for (String[] label : (String[][]) result.get("label").orElseThrow().getValue()) {
                        labels.write(label[0] + "\n");
                    }
                }
                tensor.close();
            }
        }
        nanos.sort(null);
        System.out.printf("%d runs of %d, median %.0f us%n", nanos.size(), batch, nanos.get(nanos.size() / 2) / 1e3);
    }

    private List<OnnxTensor> sentences(Path inputs) throws IOException, OrtException {
        var sentences = new ArrayList<String[]>();
        for (String line : Files.readAllLines(inputs)) {
            sentences.add(new String[] {sanitize(new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8))});
        }
        var tensors = new ArrayList<OnnxTensor>();
        for (int i = 0; i < sentences.size(); i += batch) {
            var rows = sentences.subList(i, Math.min(i + batch, sentences.size())).toArray(String[][]::new);
            tensors.add(OnnxTensor.createTensor(environment, rows));
        }
        return tensors;
    }

    /** The Java binding passes modified UTF-8, which the string operators refuse beyond the basic plane and for NUL. */
    private static String sanitize(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.append(c == 0 || c > 0xFFFF || isSurrogate(c) ? '\uFFFD' : (char) c));
        return clean.toString();
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private List<OnnxTensor> pictures(Path inputs) throws IOException, OrtException {
        byte[] bytes = Files.readAllBytes(inputs);
        long[] shape = inputInfo.getShape().clone();
        int size = Math.toIntExact(Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact));
        var tensors = new ArrayList<OnnxTensor>();
        for (int i = 0; i < bytes.length; i += batch * size) {
            int length = Math.min(batch * size, bytes.length - i);
            shape[0] = length / size;
            var buffer = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder()).put(bytes, i, length).flip();
            tensors.add(OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8));
        }
        return tensors;
    }

    private static byte[] floats(OnnxTensor tensor) {
        var values = tensor.getFloatBuffer();
        var bytes = ByteBuffer.allocate(values.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
