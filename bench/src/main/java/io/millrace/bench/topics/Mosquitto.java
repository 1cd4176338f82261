package io.millrace.bench.topics;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The named peer: Debian's Mosquitto ({@code apt-get install mosquitto}), on loopback. */
final class Mosquitto implements AutoCloseable {
  private static final String TOPIC = "bench/fan-out";

  private final Program program;
  private final int port;

  private Mosquitto(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /** Where it is installed; empty where it is not. */
  static Optional<String> executable() {
    return Tools.find("mosquitto")
        .or(() -> Optional.of(Path.of("/usr/sbin/mosquitto")).filter(Files::isExecutable))
        .map(Path::toString);
  }

  /**
   * Starts it with its defaults: everybody may do everything, nothing is kept.
   *
   * @throws IOException when its settings can't be written
   */
  static Mosquitto start(Path folder, int port) throws IOException {
    Path file = folder.resolve("mosquitto.conf");
    Files.writeString(
        file,
        """
        listener %d 127.0.0.1
        allow_anonymous true
        persistence false
        log_dest stderr
        user root
        log_type error
        """
            .formatted(port));
    Mosquitto mosquitto =
        new Mosquitto(
            Program.start(
                List.of(executable().orElseThrow(), "-c", file.toString()), Map.of(), folder),
            port);
    Awaitility.await("Mosquitto")
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(mosquitto::answers);
    return mosquitto;
  }

  private boolean answers() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  Target target() {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new Target(
        "Mosquitto",
        address,
        Optional.empty(),
        TOPIC,
        address,
        number -> new MqttConversation("bench-" + number, Optional.empty(), TOPIC),
        List.of(ProcessHandle.of(program.pid()).orElseThrow()));
  }

  @Override
  public void close() {
    program.stop(Duration.ofSeconds(10));
  }
}
