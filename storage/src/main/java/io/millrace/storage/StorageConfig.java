package io.millrace.storage;

import io.millrace.config.ConfigSection;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where objects are kept: section {@code storage}.
 *
 * @param kind {@code storage.kind}, {@code directory} by default
 * @param directory {@code storage.directory}, where the objects of a directory store are
 * @param s3 {@code storage.s3}, where {@code kind} says so
 */
public record StorageConfig(Kind kind, Path directory, Optional<S3Config> s3) {
  /** What stands behind the store. */
  public enum Kind {
    /** A directory of this machine. */
    DIRECTORY,
    /** A bucket of a store that speaks S3. */
    S3
  }

  /** A directory store. */
  public static StorageConfig directory(Path directory) {
    return new StorageConfig(Kind.DIRECTORY, directory, Optional.empty());
  }

  /**
   * Reads the section.
   *
   * @param storage the section {@code storage}
   * @param data the data directory: {@code objects} and {@code spool} are in there by default
   */
  public static StorageConfig read(ConfigSection storage, Path data) {
    Kind kind = storage.choice("kind", Kind.DIRECTORY);
    Path directory = storage.path("directory").orElse(data.resolve("objects"));
    boolean isS3 = kind == Kind.S3;
    S3Config s3 = S3Config.read(storage.section("s3"), data.resolve("spool"), isS3);
    return new StorageConfig(kind, directory, isS3 ? Optional.of(s3) : Optional.empty());
  }
}
