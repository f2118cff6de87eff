package dev.brink.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One pass over a record type and the values written for it. Goes on after a problem, so that all
 * of them are found; {@code null} stands for a value that could not be made.
 */
final class RecordBinding {

  private final ScalarTypes scalars;
  private final Overrides overrides;
  private final List<Problem> problems;
  private final Set<String> knownPaths = new TreeSet<>();

  RecordBinding(ScalarTypes scalars, Overrides overrides, List<Problem> problems) {
    this.scalars = scalars;
    this.overrides = overrides;
    this.problems = problems;
  }

  Set<String> knownPaths() {
    return knownPaths;
  }

  Object bindRecord(Class<?> type, Value value, String path) {
    Map<String, Value> entries = entriesOf(value, path);
    reportUnknown(type, entries, path);
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    boolean complete = true;
    for (int i = 0; i < components.length; i++) {
      String key = Keys.kebab(components[i].getName());
      Value given = entries.getOrDefault(key, new Value.Absent(value.line()));
      arguments[i] = bindComponent(components[i], given, Keys.join(path, key));
      complete &= arguments[i] != null;
    }
    return complete ? construct(type, components, arguments, path, value.line()) : null;
  }

  private Map<String, Value> entriesOf(Value value, String path) {
    return switch (value) {
      case Value.Entries entries -> entries.values();
      case Value.Absent absent -> Map.of();
      case Value.Scalar scalar -> notASection(path, scalar);
      case Value.Items items -> notASection(path, items);
    };
  }

  private Map<String, Value> notASection(String path, Value found) {
    problem(path, found, "is no section (expected: keys with values)");
    return Map.of();
  }

  private void reportUnknown(Class<?> type, Map<String, Value> entries, String path) {
    Set<String> known = new LinkedHashSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      known.add(Keys.kebab(component.getName()));
    }
    entries.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            problem(Keys.join(path, key), value, "unknown key" + Keys.didYouMean(key, known));
          }
        });
  }

  private Object bindComponent(RecordComponent component, Value given, String path) {
    Type type = component.getGenericType();
    Value value = given;
    if (!isSection(type)) {
      knownPaths.add(path);
      value = overrides.of(path, given, problems);
    }
    Default standard = component.getAnnotation(Default.class);
    if (value instanceof Value.Absent && standard != null) {
      value = Overrides.textual(standard.value(), problems);
    }
    Object bound = bind(type, value, path);
    return inRange(component.getAnnotation(Range.class), bound, value, path) ? bound : null;
  }

  private static boolean isSection(Type type) {
    Class<?> raw = rawType(type);
    if (raw == Optional.class) {
      return isSection(argument(type, 0));
    }
    return raw == Map.class || raw.isRecord() && !ScalarTypes.isScalar(raw);
  }

  private Object bind(Type type, Value value, String path) {
    Class<?> raw = rawType(type);
    if (raw == Optional.class) {
      return bindOptional(argument(type, 0), value, path);
    }
    if (raw == List.class || raw == Set.class) {
      return bindItems(raw, argument(type, 0), value, path);
    }
    if (raw == Map.class) {
      return bindMap(argument(type, 1), value, path);
    }
    boolean written = value instanceof Value.Entries && raw.isRecord();
    if (ScalarTypes.isScalar(raw) && !written) {
      return bindScalar(raw, value, path);
    }
    if (!raw.isRecord()) {
      throw new IllegalStateException(path + ": no configuration type: " + type);
    }
    return bindRecord(raw, value, path);
  }

  private Object bindScalar(Class<?> type, Value value, String path) {
    if (!(value instanceof Value.Scalar scalar)) {
      String message =
          value instanceof Value.Absent ? "missing" : "is no single value (expected: one)";
      return problem(path, value, message);
    }
    try {
      return scalars.convert(type, scalar);
    } catch (IllegalArgumentException unfit) {
      return problem(path, value, unfit.getMessage());
    }
  }

  private Object bindOptional(Type type, Value value, String path) {
    boolean setBelow = isSection(type) && !overrides.keysBelow(path).isEmpty();
    if (value instanceof Value.Absent && !setBelow) {
      return Optional.empty();
    }
    Object bound = bind(type, value, path);
    return bound == null ? null : Optional.of(bound);
  }

  private Object bindItems(Class<?> collection, Type type, Value value, String path) {
    if (value instanceof Value.Absent) {
      return problem(path, value, "missing");
    }
    List<Object> bound = new ArrayList<>();
    for (Value item : itemsOf(value)) {
      bound.add(bind(type, item, path + "[" + bound.size() + "]"));
    }
    if (bound.contains(null)) {
      return null;
    }
    return collection == List.class
        ? List.copyOf(bound)
        : Collections.unmodifiableSet(new LinkedHashSet<>(bound));
  }

  private static List<Value> itemsOf(Value value) {
    return switch (value) {
      case Value.Items items -> items.values();
      case Value.Scalar scalar -> commaSeparated(scalar);
      case Value.Entries entries -> List.of(entries);
      case Value.Absent absent -> List.of();
    };
  }

  private static List<Value> commaSeparated(Value.Scalar scalar) {
    List<Value> items = new ArrayList<>();
    for (String part : scalar.text().split(",")) {
      if (!part.isBlank()) {
        items.add(new Value.Scalar(part.strip(), scalar.folder(), scalar.line()));
      }
    }
    return items;
  }

  private Object bindMap(Type type, Value value, String path) {
    Map<String, Value> entries = entriesOf(value, path);
    Set<String> keys = new LinkedHashSet<>(entries.keySet());
    keys.addAll(overrides.keysBelow(path));
    Map<String, Object> bound = new LinkedHashMap<>();
    boolean complete = true;
    for (String key : keys) {
      String keyPath = Keys.join(path, key);
      Value given = entries.getOrDefault(key, new Value.Absent(value.line()));
      Object element =
          bind(type, isSection(type) ? given : overrides.of(keyPath, given, problems), keyPath);
      complete &= element != null;
      bound.put(key, element);
    }
    return complete ? Collections.unmodifiableMap(bound) : null;
  }

  private Object construct(
      Class<?> type, RecordComponent[] components, Object[] arguments, String path, int line) {
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException refused) {
      return refused(type, refused.getCause(), path, line);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("constructor of " + type, impossible);
    }
  }

  private Object refused(Class<?> type, Throwable cause, String path, int line) {
    if (!(cause instanceof IllegalArgumentException expected)) {
      throw new IllegalStateException("constructor of " + type, cause);
    }
    problems.add(Problem.of(type, path, expected.getMessage(), line));
    return null;
  }

  private boolean inRange(Range range, Object bound, Value value, String path) {
    Optional<Double> measure = range == null ? Optional.empty() : Limits.measure(bound);
    if (measure.isEmpty() || Limits.contains(range, measure.get())) {
      return true;
    }
    problem(path, value, Limits.message(range, bound));
    return false;
  }

  private Object problem(String path, Value value, String message) {
    problems.add(new Problem(path, message, value.line()));
    return null;
  }

  private static Class<?> rawType(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }
}
