package dev.brink.edge.outbox.store;

import java.sql.SQLException;

/** What an error of SQLite means for the outbox. */
enum SqliteFailure {
  /** The file is no database any more; it has to be set aside. */
  DAMAGED,
  /** Nothing can be written now: the disk is full, read-only or failing. */
  NO_ROOM,
  /** Another process is writing for longer than we wait. */
  BUSY,
  /** A mistake of ours. */
  OTHER;

  static SqliteFailure of(SQLException failure) {
    return switch (failure.getErrorCode() & 0xff) {
      case 11, 26 -> DAMAGED;
      case 8, 10, 13, 14 -> NO_ROOM;
      case 5, 6 -> BUSY;
      default -> OTHER;
    };
  }
}
