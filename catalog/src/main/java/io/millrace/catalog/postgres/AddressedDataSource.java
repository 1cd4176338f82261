package io.millrace.catalog.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections to where a database is now, which may change while the server runs. Thread-safe. */
final class AddressedDataSource implements DataSource {
  private final Supplier<DatabaseAddress> address;
  private final Function<DatabaseAddress, Properties> properties;

  /**
   * @param properties of a connection to an address
   */
  AddressedDataSource(
      Supplier<DatabaseAddress> address, Function<DatabaseAddress, Properties> properties) {
    this.address = address;
    this.properties = properties;
  }

  @Override
  public Connection getConnection() throws SQLException {
    DatabaseAddress now = address.get();
    return DriverManager.getConnection(now.jdbcUrl(), properties.apply(now));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the address says who connects");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // Nothing is written.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // The properties have one.
  }

  /** How long a pool that closes waits for a connection that is just being made, in seconds. */
  @Override
  public int getLoginTimeout() {
    return 1;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logs by slf4j");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
