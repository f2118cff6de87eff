package dev.brink.model;

import java.util.Map;
import java.util.SortedMap;

/**
 * What one version of a model does: how it stands now, and totals since it was loaded.
 *
 * @param waiting requests in its queue
 * @param inFlight requests taken on and not yet ended, those in the queue included
 * @param instances how many runs may be under way at once
 * @param busyNanos that these have spent in runs, together
 * @param runs of the model
 * @param rows that these had, together
 * @param unanswered requests by why they were not answered
 * @param learnedRows most rows of a run that pay, as measured so far
 * @param runNanos how long a run is expected to take by its rows, of the sizes that are known
 * @param memoryBytes of its weights and its instances
 */
public record ModelActivity(
    String name,
    String version,
    int waiting,
    int inFlight,
    int instances,
    long busyNanos,
    long runs,
    long rows,
    Map<String, Long> unanswered,
    int learnedRows,
    SortedMap<Integer, Long> runNanos,
    long memoryBytes) {}
