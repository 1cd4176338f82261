package io.millrace.config;

/**
 * One value in force.
 *
 * @param path dotted keys
 * @param value as text; {@code ***} for a secret
 * @param origin where it came from
 */
public record ConfigEntry(String path, String value, Origin origin) {
  /** Where a value came from; later ones win over earlier ones. */
  public enum Origin {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    COMMAND_LINE
  }
}
