package io.millrace.broker.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much room there is where the embedded Kafka writes. Kafka ends when a write fails,
 * and then nobody can read either, so nothing more is to be given to it before that. Thread-safe.
 */
final class DiskRoom implements AutoCloseable {
  /** With less than this nothing more is published, in bytes; Kafka starts with half of it. */
  static final long LEAST = 64L << 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(DiskRoom.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Path path;
  private final long least;
  private final Thread watching;
  private volatile boolean isFull;

  DiskRoom(Path path) {
    this(path, LEAST);
  }

  /**
   * @param least bytes that have to be there
   */
  DiskRoom(Path path, long least) {
    this.path = path;
    this.least = least;
    look();
    this.watching = Thread.ofVirtual().name("kafka-disk").start(this::watch);
  }

  /** What a publisher is told; empty while there is room. */
  Optional<String> problem() {
    return isFull
        ? Optional.of(
            "the log's disk is full: less than "
                + (least >> 20)
                + " MiB are left; publish again when there is room")
        : Optional.empty();
  }

  @Override
  public void close() {
    watching.interrupt();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    boolean before = isFull;
    try {
      isFull = Files.getFileStore(path).getUsableSpace() < least;
    } catch (IOException e) {
      // Kafka itself says what is wrong with its directory.
      isFull = false;
    }
    if (isFull && !before) {
      LOGGER
          .atError()
          .addKeyValue("path", path)
          .log("the log's disk is full, nothing is published");
    } else if (before && !isFull) {
      LOGGER.atInfo().addKeyValue("path", path).log("the log's disk has room again");
    }
  }
}
