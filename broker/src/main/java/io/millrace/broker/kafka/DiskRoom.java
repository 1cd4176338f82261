package io.millrace.broker.kafka;

import java.io.File;
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

  /** A fast disk takes 64 MiB in this time. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final File directory;
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
    this.directory = path.toFile();
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
    // Of a directory that is not there Kafka itself says what is wrong.
    isFull = directory.getUsableSpace() < least && directory.exists();
    if (isFull && !before) {
      LOGGER
          .atError()
          .addKeyValue("path", directory)
          .log("the log's disk is full, nothing is published");
    } else if (before && !isFull) {
      LOGGER.atInfo().addKeyValue("path", directory).log("the log's disk has room again");
    }
  }
}
