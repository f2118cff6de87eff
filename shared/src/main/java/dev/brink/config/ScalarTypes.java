package dev.brink.config;

import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Text to the types a single value can have: the JDK's, enums, and every type with a static {@code
 * parse(String)} of its own.
 */
final class ScalarTypes {

  private final Map<String, String> environment;

  ScalarTypes(Map<String, String> environment) {
    this.environment = environment;
  }

  static boolean isScalar(Class<?> type) {
    return type == String.class
        || MethodType.methodType(type).unwrap().returnType().isPrimitive()
        || type.isEnum()
        || type == Duration.class
        || type == Path.class
        || type == Secret.class
        || parseMethod(type).isPresent();
  }

  /**
   * @throws IllegalArgumentException whose message says what was found and what was expected
   */
  Object convert(Class<?> boxed, Value.Scalar scalar) {
    Class<?> type = MethodType.methodType(boxed).unwrap().returnType();
    String text = scalar.text();
    if (type == String.class) {
      return text;
    }
    if (type == Path.class) {
      return path(scalar);
    }
    if (type == Secret.class) {
      return new Secret(reveal(scalar));
    }
    if (type == Duration.class) {
      return Durations.parse(text);
    }
    if (type == boolean.class) {
      return bool(text);
    }
    if (type.isPrimitive()) {
      return number(type, text);
    }
    return type.isEnum() ? constant(type, text) : parsed(type, text);
  }

  private static Path path(Value.Scalar scalar) {
    if (scalar.text().isBlank()) {
      throw new IllegalArgumentException("'' (expected: a path)");
    }
    return scalar.folder().resolve(scalar.text()).normalize();
  }

  private String reveal(Value.Scalar scalar) {
    String text = scalar.text();
    if (text.startsWith("env:")) {
      String name = text.substring(4);
      return Optional.ofNullable(environment.get(name))
          .orElseThrow(() -> new IllegalArgumentException("env:" + name + " is not set"));
    }
    if (text.startsWith("file:")) {
      return readSecret(scalar.folder().resolve(text.substring(5)));
    }
    return text;
  }

  private static String readSecret(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("cannot read file:" + file, unreadable);
    }
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text + " (expected: true or false)");
    };
  }

  private static Object number(Class<?> type, String text) {
    try {
      if (type == int.class) {
        return Integer.parseInt(text);
      }
      return type == long.class ? (Object) Long.parseLong(text) : (Object) finite(text);
    } catch (NumberFormatException notANumber) {
      String expected = type == double.class ? "a number" : "a whole number";
      throw new IllegalArgumentException(text + " (expected: " + expected + ")", notANumber);
    }
  }

  private static double finite(String text) {
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw new NumberFormatException(text);
    }
    return value;
  }

  private static Object constant(Class<?> type, String text) {
    List<String> words = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String word = Keys.word((Enum<?>) constant);
      if (word.equals(text)) {
        return constant;
      }
      words.add(word);
    }
    throw new IllegalArgumentException(
        text + " (expected: one of " + String.join(", ", words) + ")" + meant(text, words));
  }

  private static String meant(String text, List<String> words) {
    return text.length() < 3 ? "" : Keys.didYouMean(text, words);
  }

  private static Object parsed(Class<?> type, String text) {
    try {
      return parseMethod(type).orElseThrow().invoke(null, text);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof IllegalArgumentException expected) {
        throw expected;
      }
      throw new IllegalStateException("parse of " + type, refused.getCause());
    } catch (IllegalAccessException hidden) {
      throw new IllegalStateException("parse of " + type, hidden);
    }
  }

  private static Optional<Method> parseMethod(Class<?> type) {
    try {
      Method parse = type.getMethod("parse", String.class);
      parse.setAccessible(true);
      boolean fits = Modifier.isStatic(parse.getModifiers()) && type == parse.getReturnType();
      return fits ? Optional.of(parse) : Optional.empty();
    } catch (NoSuchMethodException none) {
      return Optional.empty();
    }
  }
}
