package dev.brink.routing;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The last requests with what became of them; old ones are overwritten. Thread-safe. */
public final class RecentDecisions {

  private final AtomicReferenceArray<Entry> ring;
  private final AtomicLong count = new AtomicLong();

  /**
   * @param number of all answers before it
   * @param requestId the caller's own
   * @param provenance of an answer
   * @param error why there is none
   */
  public record Entry(
      long number,
      String model,
      String requestId,
      Optional<Provenance> provenance,
      Optional<InferenceError> error) {}

  public RecentDecisions(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 1)");
    }
    ring = new AtomicReferenceArray<>(size);
  }

  public void add(InferenceRequest request, InferenceResponse answer) {
    add(request, Optional.of(answer.provenance()), Optional.empty());
  }

  /** The request was refused, or came to nothing. */
  public void add(InferenceRequest request, InferenceError error) {
    add(request, Optional.empty(), Optional.of(error));
  }

  private void add(
      InferenceRequest request, Optional<Provenance> provenance, Optional<InferenceError> error) {
    long number = count.getAndIncrement();
    Entry entry = new Entry(number, request.modelName(), request.id(), provenance, error);
    ring.set((int) (number % ring.length()), entry);
  }

  /** Newest first. */
  public List<Entry> latest(int most) {
    long end = count.get();
    List<Entry> latest = new ArrayList<>();
    for (long number = end - 1; number >= 0 && number >= end - ring.length(); number--) {
      Entry entry = ring.get((int) (number % ring.length()));
      if (entry != null && latest.size() < most) {
        latest.add(entry);
      }
    }
    return latest;
  }
}
