package io.millrace.bench.topics;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A peer: Debian's {@code nats-server} with JetStream in files, on loopback. */
final class Nats implements AutoCloseable {
  private static final String STREAM = "BENCH";
  private static final String INBOX = "inbox";

  private final Program program;
  private final int port;

  private Nats(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /** Where it is installed; empty where it is not. */
  static Optional<String> executable() {
    return Tools.find("nats-server")
        .or(() -> Optional.of(Path.of("/usr/sbin/nats-server")).filter(Files::isExecutable))
        .map(Path::toString);
  }

  /** Starts it with its defaults, and makes a stream of everything below {@code bench}. */
  static Nats start(Path folder, int port) throws IOException {
    Path store = Files.createDirectories(folder.resolve("nats"));
    Nats nats =
        new Nats(
            Program.start(
                List.of(
                    executable().orElseThrow(),
                    "-a",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port),
                    "-js",
                    "-sd",
                    store.toString()),
                Map.of(),
                folder),
            port);
    Awaitility.await("NATS")
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> {
              try (Connection connection = nats.connect()) {
                return connection.makeStream();
              }
            });
    return nats;
  }

  Connection connect() throws IOException {
    return new Connection(port);
  }

  List<ProcessHandle> processes() {
    return List.of(ProcessHandle.of(program.pid()).orElseThrow());
  }

  @Override
  public void close() {
    program.stop(Duration.ofSeconds(10));
  }

  /** A client that speaks as much of the protocol as it needs. */
  static final class Connection implements Batches {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** Of this connection: all of a stream's acknowledgements go to whom they are for. */
    private final String inbox;

    private byte[] message = new byte[0];

    private Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      inbox = INBOX + socket.getLocalPort();
      line();
      say("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB " + inbox + " 1\r\n");
    }

    private boolean makeStream() throws IOException {
      String settings =
          new JsonObject()
              .put("name", STREAM)
              .put("subjects", new JsonArray().add("bench.>"))
              .put("storage", "file")
              .encode();
      message =
          publication("$JS.API.STREAM.CREATE." + STREAM, settings.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(message);
      return answer().contains("\"config\"");
    }

    /** Publishes to a subject from now on. */
    Connection to(String subject, byte[] payload) {
      message = publication(subject, payload);
      return this;
    }

    private byte[] publication(String subject, byte[] payload) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      String head = "PUB " + subject + " " + inbox + " " + payload.length + "\r\n";
      bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(payload);
      bytes.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
      return bytes.toByteArray();
    }

    @Override
    public void publish(int size) throws IOException {
      ByteArrayOutputStream batch = new ByteArrayOutputStream(size * message.length);
      for (int i = 0; i < size; i++) {
        batch.writeBytes(message);
      }
      batch.writeTo(socket.getOutputStream());
      for (int i = 0; i < size; i++) {
        if (!answer().contains("\"seq\"")) {
          throw new IOException("a message was not taken");
        }
      }
    }

    private String answer() throws IOException {
      for (String line = line(); ; line = line()) {
        if (line.startsWith("MSG ")) {
          int length = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
          String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
          line();
          return text;
        }
        if (line.equals("PING")) {
          say("PONG\r\n");
        } else if (line.startsWith("-ERR")) {
          throw new IOException(line);
        }
      }
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("the server has closed the connection");
        }
        line.write(b);
      }
      return line.toString(StandardCharsets.UTF_8).strip();
    }

    private void say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
