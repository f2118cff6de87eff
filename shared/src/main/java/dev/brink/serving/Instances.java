package dev.brink.serving;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The instances of one version of a model, and what they are and have done together. */
final class Instances implements AutoCloseable {

  private final List<InstanceSlot> slots = new ArrayList<>();

  /**
   * Builds {@code count} more, by turns on {@code devices}.
   *
   * @throws OrtException where one cannot be built; those before it stay
   */
  void build(String model, int count, List<DeviceSession> devices) throws OrtException {
    for (int i = 0; i < count; i++) {
      slots.add(new InstanceSlot(model, devices.get(i % devices.size())));
    }
  }

  List<InstanceSlot> slots() {
    return List.copyOf(slots);
  }

  int count() {
    return slots.size();
  }

  /** Ends those runs in progress that nobody waits for any more. */
  void endUnwanted(long nowNanos) {
    slots.forEach(slot -> slot.endIfUnwanted(nowNanos));
  }

  /** What they run on, in words. */
  String providers() {
    return words(placement -> placement.provider().word());
  }

  /** The devices that they run on, in words. */
  String devices() {
    return words(Placement::word);
  }

  private String words(Function<Placement, String> word) {
    return slots.stream()
        .map(InstanceSlot::placement)
        .map(word)
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  long memoryBytes() {
    return slots.stream().mapToLong(InstanceSlot::memoryBytes).sum();
  }

  /** Nanoseconds spent in runs, those in progress included. */
  long busyNanos(long nowNanos) {
    return slots.stream().mapToLong(slot -> slot.busyNanos(nowNanos)).sum();
  }

  @Override
  public void close() {
    slots.forEach(InstanceSlot::close);
  }
}
