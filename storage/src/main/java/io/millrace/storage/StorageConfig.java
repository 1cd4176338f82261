package io.millrace.storage;

import io.millrace.config.ConfigSection;
import java.nio.file.Path;

/**
 * Where objects are kept: section {@code storage}.
 *
 * @param kind {@code storage.kind}, {@code directory} by default
 * @param directory {@code storage.directory}, where the objects of a directory store are
 */
public record StorageConfig(Kind kind, Path directory) {
  /** What stands behind the store. */
  public enum Kind {
    /** A directory of this machine. */
    DIRECTORY
  }

  /**
   * Reads the section.
   *
   * @param storage the section {@code storage}
   * @param defaultDirectory {@code objects} in the data directory
   */
  public static StorageConfig read(ConfigSection storage, Path defaultDirectory) {
    return new StorageConfig(
        storage.choice("kind", Kind.DIRECTORY), storage.path("directory").orElse(defaultDirectory));
  }
}
