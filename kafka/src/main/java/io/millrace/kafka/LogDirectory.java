package io.millrace.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** Where the topics and the node's own records are. */
final class LogDirectory {
  /** With less the node is not started: it would fail while it writes its first records. */
  private static final long LEAST_SPACE = 32L << 20;

  /** With less, what failed has failed for want of it: Kafka writes whatever still fits. */
  private static final long NO_SPACE = 4L << 20;

  private final Path path;

  LogDirectory(Path path) {
    this.path = path;
  }

  /** Makes and formats it where it is new. */
  void prepare() throws KafkaFailure {
    try {
      Files.createDirectories(path);
      if (!Files.isWritable(path)) {
        throw new KafkaFailure(ExitStatus.LOG_DIRECTORY, path + " cannot be written", null);
      }
      if (space() < LEAST_SPACE) {
        throw new KafkaFailure(
            ExitStatus.DISK_FULL,
            "there is no space left for %s: %d MiB, at least %d are needed"
                .formatted(path, space() >> 20, LEAST_SPACE >> 20),
            null);
      }
    } catch (IOException e) {
      throw new KafkaFailure(ExitStatus.LOG_DIRECTORY, path + " cannot be used: " + e, e);
    }
    if (!Files.exists(path.resolve("meta.properties"))) {
      format();
    }
  }

  /** Why something that was written to it has failed. */
  ExitStatus judge() {
    try {
      return space() < NO_SPACE
          ? ExitStatus.DISK_FULL
          : Files.isWritable(path) ? ExitStatus.FAULT : ExitStatus.LOG_DIRECTORY;
    } catch (IOException e) {
      return ExitStatus.LOG_DIRECTORY;
    }
  }

  private long space() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  private void format() throws KafkaFailure {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerProperties.NODE_ID)
          .addDirectory(path.toString())
          .setMetadataLogDirectory(path.toString())
          .setControllerListenerName(BrokerProperties.CONTROLLER)
          // The voter is named by its address, which differs at each start.
          .setHasDynamicQuorum(false)
          .setPrintStream(nowhere)
          .run();
    } catch (Exception e) {
      ExitStatus why = judge();
      throw new KafkaFailure(
          why == ExitStatus.FAULT ? ExitStatus.LOG_DIRECTORY : why,
          path + " cannot be formatted: " + e,
          e);
    }
  }
}
