package io.millrace.broker.kafka;

import io.millrace.access.RandomToken;
import io.millrace.children.LeftOvers;
import io.millrace.children.ProcessIdentity;
import io.millrace.children.Signal;
import io.millrace.config.FileFailure;
import io.millrace.config.Secret;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded Kafka's files, {@code {data}/kafka}: {@code log} its log directory, {@code password}
 * its only user's, {@code settings} of the run. What holds the password only its owner can read.
 */
final class KafkaHome {
  static final String USER = "millrace";

  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaHome.class);

  private final Path path;

  KafkaHome(Path data) {
    this.path = data.resolve("kafka");
  }

  Path path() {
    return path;
  }

  /** The child works in it, so that it is found there whatever any pid file says. */
  Path log() {
    return path.resolve("log");
  }

  /** Makes what is missing. */
  void make() throws IOException {
    try {
      Files.createDirectories(log());
    } catch (IOException e) {
      throw new KafkaUnavailableException(
          ChildEnd.LOG_DIRECTORY, FileFailure.ofMaking(log(), e), e);
    }
    if (!Files.exists(path.resolve("password"))) {
      writePrivately("password", RandomToken.generate("") + "\n");
    }
  }

  Secret password() throws IOException {
    return new Secret(Files.readString(path.resolve("password")).strip());
  }

  /**
   * @param port 0 is any free one
   * @param outside for Kafka's own clients
   */
  Path writeSettings(Path directory, int port, Optional<KafkaListener> outside) throws IOException {
    Properties settings = new Properties();
    settings.setProperty("directory", directory.toString());
    settings.setProperty("port", String.valueOf(port));
    settings.setProperty("user", USER);
    settings.setProperty("password", password().reveal());
    if (outside.isPresent()) {
      outside.get().write(settings);
    }
    StringWriter text = new StringWriter();
    settings.store(text, null);
    return writePrivately("settings", text.toString());
  }

  /** Ends every JVM that works in the log directory. */
  void endLeftOvers() throws IOException {
    for (ProcessIdentity leftOver : LeftOvers.running("java", log())) {
      LOGGER.atWarn().addKeyValue("pid", leftOver.pid()).log("ending a Kafka left running");
      LeftOvers.end(leftOver, List.of(Signal.TERM));
    }
  }

  /** The file appears complete or not at all. */
  private Path writePrivately(String name, String text) throws IOException {
    Path file = path.resolve(name);
    Path making = path.resolve(name + ".new");
    Files.deleteIfExists(making);
    Files.createFile(
        making, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(making, text);
    return Files.move(
        making, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
