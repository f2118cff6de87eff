package dev.brink.edge.outbox.store;

import java.sql.SQLException;

/** One change of the jobs, made durable together with whatever else waits. */
@FunctionalInterface
interface Change<T> {

  /**
   * May run again after a rollback.
   *
   * @throws dev.brink.inference.InferenceException to refuse; nothing has been changed then
   */
  T apply(JobTable jobs) throws SQLException;
}
