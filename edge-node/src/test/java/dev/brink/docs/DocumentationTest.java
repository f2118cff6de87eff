package dev.brink.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import dev.brink.config.NodeSchema;
import dev.brink.docs.MarkdownBlocks.Block;
import dev.brink.edge.BrinkCli;
import dev.brink.model.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.Command;

/** What the pages show is true: YAML is accepted, links lead somewhere, commands exist. */
class DocumentationTest {

  private static final Path HERE = Path.of(".").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)[^)]*\\)");

  @TestFactory
  Stream<DynamicTest> everyYamlIsAccepted() throws IOException {
    List<Block> yaml =
        MarkdownBlocks.ofAllPages().stream()
            .filter(block -> block.language().equals("yaml"))
            .toList();
    assertThat(yaml).isNotEmpty();
    return yaml.stream()
        .map(block -> DynamicTest.dynamicTest(block.page() + "", () -> accept(block.text())));
  }

  /** A block that says {@code # model.yaml} is a model's, every other one is a node's. */
  private static void accept(String yaml) {
    if (yaml.startsWith("# model.yaml")) {
      assertThatCode(() -> ConfigBinder.bind(ModelSettings.class, yaml, HERE))
          .doesNotThrowAnyException();
    } else {
      assertThat(ServiceLoader.load(NodeSchema.class)).anyMatch(schema -> isAccepted(schema, yaml));
    }
  }

  private static boolean isAccepted(NodeSchema schema, String yaml) {
    try {
      ConfigBinder.bind(schema.type(), yaml, HERE);
      return true;
    } catch (ConfigException refused) {
      return false;
    }
  }

  @Test
  void everyLinkOfTheReadmeLeadsSomewhere() throws Exception {
    Matcher link = LINK.matcher(Files.readString(Path.of("../README.md")));
    int links = 0;
    while (link.find()) {
      links++;
      assertThat(Path.of("..", link.group(1))).exists();
    }
    assertThat(links).isPositive();
  }

  /** The launcher says what there is without starting a JVM, so it has a list of its own. */
  @Test
  void theLauncherKnowsEverySubcommand() throws Exception {
    String launcher = Files.readString(Path.of("../brink"));
    String usage = launcher.substring(launcher.indexOf("<<'USAGE'"), launcher.indexOf("\nUSAGE\n"));
    String dispatch = launcher.substring(launcher.lastIndexOf("case \"$command\""));

    for (Class<?> subcommand : BrinkCli.class.getAnnotation(Command.class).subcommands()) {
      String name = subcommand.getAnnotation(Command.class).name();
      assertThat(usage).contains(name);
      assertThat(dispatch).containsPattern("[ |]" + name + "[ )]");
    }
  }
}
