package dev.brink.edge.outbox.store;

import io.vertx.core.json.JsonArray;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who a request or a result belongs to, written beside its contents: when the page with a job's row
 * is destroyed, the row is written anew from here.
 */
final class JobCard {

  /** Columns of the table of jobs, in the order of the card's values. */
  static final List<String> COLUMNS =
      List.of(
          "id",
          "tenant",
          "idempotency_key",
          "fingerprint",
          "model",
          "version",
          "priority",
          "created_at",
          "expires_at",
          "traceparent",
          "callback");

  private JobCard() {}

  static String of(NewJob job, String fingerprint, long createdAt, long expiresAt) {
    return new JsonArray()
        .add(job.id())
        .add(job.tenant())
        .add(job.key())
        .add(fingerprint)
        .add(job.model())
        .add(job.version())
        .add(JobRows.rank(job.priority()))
        .add(createdAt)
        .add(expiresAt)
        .add(job.traceparent())
        .add(job.callback())
        .encode();
  }

  /** The values of {@link #COLUMNS}. */
  static Object[] read(String card) throws SQLException {
    if (card == null) {
      throw new SQLException("no card");
    }
    try {
      Stream<Object> values = new JsonArray(card).stream();
      return values.toArray();
    } catch (RuntimeException unreadable) {
      throw new SQLException("card of a job: " + card, unreadable);
    }
  }
}
