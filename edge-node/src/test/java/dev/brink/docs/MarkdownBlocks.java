package dev.brink.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The fenced blocks of the documentation. */
public final class MarkdownBlocks {

  private static final Pattern FENCE =
      Pattern.compile("^```(\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private MarkdownBlocks() {}

  /**
   * @param language the word behind the opening fence
   */
  public record Block(Path page, String language, String text) {}

  public static List<Block> of(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = FENCE.matcher(Files.readString(page));
    while (matcher.find()) {
      blocks.add(new Block(page, matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  /** Of every page of the repository. */
  public static List<Block> ofAllPages() throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages()) {
      blocks.addAll(of(page));
    }
    return blocks;
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("../README.md")));
    for (String folder : List.of("docs", "docker", "models")) {
      if (Files.isDirectory(Path.of("..", folder))) {
        try (Stream<Path> files = Files.walk(Path.of("..", folder))) {
          files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
      }
    }
    return pages;
  }
}
