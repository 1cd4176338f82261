package io.millrace.catalog;

import io.millrace.config.ConfigSection;
import java.nio.file.Path;

/**
 * What may be uploaded: of the section {@code recording}.
 *
 * @param maxUploadBytes {@code recording.maxUploadBytes}, what one file may have
 * @param directory where files are until they are recordings
 */
public record ImportConfig(long maxUploadBytes, Path directory) {
  private static final long GIGABYTE = 1_000_000_000L;
  private static final long LEAST_BYTES = 1L << 20;
  private static final long MOST_BYTES = 1L << 44;

  /**
   * Reads the section.
   *
   * @param recording the section {@code recording}
   * @param data the node's data directory
   */
  public static ImportConfig read(ConfigSection recording, Path data) {
    return new ImportConfig(
        recording.bytes("maxUploadBytes", 10 * GIGABYTE, LEAST_BYTES, MOST_BYTES),
        data.resolve("uploads"));
  }
}
