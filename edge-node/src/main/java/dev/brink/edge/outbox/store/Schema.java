package dev.brink.edge.outbox.store;

import java.sql.SQLException;
import java.util.List;

/** The tables, by version; a file of an older version is brought up step by step. */
final class Schema {

  /** Each step leads from the version of its index to the next. */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE jobs(
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                tenant TEXT NOT NULL,
                idempotency_key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                model TEXT NOT NULL,
                version TEXT NOT NULL,
                priority INTEGER NOT NULL,
                state TEXT NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                faults INTEGER NOT NULL DEFAULT 0,
                not_before INTEGER NOT NULL DEFAULT 0,
                created_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                due_at INTEGER NOT NULL,
                finished_at INTEGER,
                fetched_at INTEGER,
                error_kind TEXT,
                error TEXT,
                traceparent TEXT NOT NULL,
                callback TEXT NOT NULL,
                callback_open INTEGER NOT NULL DEFAULT 0,
                callback_attempts INTEGER NOT NULL DEFAULT 0,
                request_bytes INTEGER NOT NULL,
                request_crc INTEGER NOT NULL,
                result_bytes INTEGER NOT NULL DEFAULT 0,
                result_crc INTEGER NOT NULL DEFAULT 0)\
              """,
              """
              CREATE UNIQUE INDEX jobs_key ON jobs(tenant, idempotency_key)
                WHERE idempotency_key <> ''\
              """,
              """
              CREATE INDEX jobs_ready ON jobs(priority, seq, not_before)
                WHERE state = 'queued'\
              """,
              "CREATE INDEX jobs_due ON jobs(due_at)",
              "CREATE INDEX jobs_callback ON jobs(not_before) WHERE callback_open = 1",
              """
              CREATE TABLE requests(
                seq INTEGER PRIMARY KEY, card TEXT NOT NULL, body BLOB NOT NULL)\
              """,
              """
              CREATE TABLE results(
                seq INTEGER PRIMARY KEY, card TEXT NOT NULL, body BLOB NOT NULL)\
              """),
          List.of(
              "CREATE TABLE progress(commits INTEGER NOT NULL)",
              "INSERT INTO progress(commits) VALUES(0)"));

  static final int VERSION = STEPS.size();

  private Schema() {}

  /**
   * @throws NewerSchemaException where the file was written by a later release
   */
  static void migrate(Sql sql) throws SQLException, NewerSchemaException {
    long version = sql.number("PRAGMA user_version");
    if (version > VERSION) {
      throw new NewerSchemaException(version);
    }
    for (int step = (int) version; step < VERSION; step++) {
      sql.execute("BEGIN IMMEDIATE");
      for (String statement : STEPS.get(step)) {
        sql.execute(statement);
      }
      sql.execute("PRAGMA user_version = " + (step + 1));
      sql.execute("COMMIT");
    }
  }

  /** The file belongs to a later release; it is left as it is. */
  static final class NewerSchemaException extends Exception {

    private static final long serialVersionUID = 1L;

    NewerSchemaException(long version) {
      super("schema version: %d (expected: <= %d)".formatted(version, VERSION));
    }
  }
}
