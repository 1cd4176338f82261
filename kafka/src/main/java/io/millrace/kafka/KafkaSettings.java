package io.millrace.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the server tells this program, in a properties file that only its owner can read:
 *
 * <pre>
 *   directory                the log directory
 *   port                     where to listen on loopback; 0 is any free one
 *   user, password           who may do everything through that listener
 *   outside.host, .port, .advertised, .certificates, .key, .user.NAME    an {@link OutsideListener}
 * </pre>
 *
 * @param password letters and digits
 */
record KafkaSettings(
    Path directory, int port, String user, String password, Optional<OutsideListener> outside) {
  private static final String OUTSIDE_USER = "outside.user.";

  static KafkaSettings read(Path file) throws KafkaFailure {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new KafkaFailure(ExitStatus.SETTINGS, "the settings cannot be read: " + e, e);
    }
    return read(properties);
  }

  static KafkaSettings read(Properties properties) throws KafkaFailure {
    return new KafkaSettings(
        Path.of(required(properties, "directory")),
        port(properties, "port"),
        plain("user", required(properties, "user")),
        plain("password", required(properties, "password")),
        outside(properties));
  }

  private static Optional<OutsideListener> outside(Properties properties) throws KafkaFailure {
    if (properties.getProperty("outside.host") == null) {
      return Optional.empty();
    }
    Map<String, String> users = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(OUTSIDE_USER)) {
        users.put(
            plain(name, name.substring(OUTSIDE_USER.length())),
            plain(name, required(properties, name)));
      }
    }
    return Optional.of(
        new OutsideListener(
            required(properties, "outside.host"),
            port(properties, "outside.port"),
            required(properties, "outside.advertised"),
            Path.of(required(properties, "outside.certificates")),
            Path.of(required(properties, "outside.key")),
            users));
  }

  private static String required(Properties properties, String name) throws KafkaFailure {
    String value = properties.getProperty(name);
    if (value == null || value.isBlank()) {
      throw new KafkaFailure(ExitStatus.SETTINGS, "the setting '" + name + "' is missing", null);
    }
    return value;
  }

  private static int port(Properties properties, String name) throws KafkaFailure {
    String value = required(properties, name);
    if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65535) {
      throw new KafkaFailure(
          ExitStatus.SETTINGS, "'" + name + "': '" + value + "' is no port", null);
    }
    return Integer.parseInt(value);
  }

  /** JAAS has quotation marks and escapes of its own, so what would need them is refused. */
  private static String plain(String name, String value) throws KafkaFailure {
    if (!value.matches("[\\w.~@+-]{1,256}")) {
      throw new KafkaFailure(
          ExitStatus.SETTINGS,
          "'" + name + "' may hold letters, digits and _ . ~ @ + - only, 256 at most",
          null);
    }
    return value;
  }
}
