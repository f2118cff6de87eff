package dev.brink.edge.outbox.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.SQLiteConfig;

/** One connection and the statements prepared on it; belongs to one thread at a time. */
final class Sql implements AutoCloseable {

  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private interface Use<T> {
    T apply(PreparedStatement statement) throws SQLException;
  }

  /** The driver would ask for the generated key after every change, and nobody wants it. */
  private static final Properties PROPERTIES = properties();

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private Sql(Connection connection) {
    this.connection = connection;
  }

  static Sql open(Path file, List<String> pragmas) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, PROPERTIES);
    Sql sql = new Sql(connection);
    try {
      for (String pragma : pragmas) {
        sql.execute("PRAGMA " + pragma);
      }
      return sql;
    } catch (SQLException failure) {
      sql.close();
      throw failure;
    }
  }

  private static Properties properties() {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    return config.toProperties();
  }

  void execute(String statement) throws SQLException {
    try (Statement once = connection.createStatement()) {
      once.execute(statement);
    }
  }

  /** Rows changed. */
  int update(String statement, Object... values) throws SQLException {
    return with(
        statement,
        values,
        bound -> {
          int changed = bound.executeUpdate();
          // Or the statement would keep the last contents in memory.
          bound.clearParameters();
          return changed;
        });
  }

  <T> List<T> list(Row<T> reader, String query, Object... values) throws SQLException {
    return with(
        query,
        values,
        bound -> {
          List<T> found = new ArrayList<>();
          try (ResultSet rows = bound.executeQuery()) {
            while (rows.next()) {
              found.add(reader.read(rows));
            }
          }
          return found;
        });
  }

  <T> Optional<T> first(Row<T> reader, String query, Object... values) throws SQLException {
    return with(
        query,
        values,
        bound -> {
          try (ResultSet rows = bound.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
          }
        });
  }

  long number(String query, Object... values) throws SQLException {
    return first(row -> row.getLong(1), query, values).orElse(0L);
  }

  String text(String query) throws SQLException {
    return first(row -> row.getString(1), query).orElse("");
  }

  private <T> T with(String sql, Object[] values, Use<T> use) throws SQLException {
    try {
      return use.apply(bind(sql, values));
    } catch (SQLException failure) {
      // The driver does not let a statement that failed run again.
      discard(prepared.remove(sql));
      throw failure;
    }
  }

  private PreparedStatement bind(String sql, Object[] values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private static void discard(PreparedStatement failed) {
    try {
      if (failed != null) {
        failed.close();
      }
    } catch (SQLException alreadyTold) {
      // Closing tells the statement's own failure once more.
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
