package io.millrace.testkit.rtmp;

import io.millrace.testkit.Seeds;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An encoder with a socket: says what its {@link Dialect} says, or whatever a test puts into its
 * mouth, and hears the server's answers on a thread of its own. Its methods block; used by one
 * thread at a time. What it waits for must come within ten seconds.
 */
public final class FakeEncoder implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A command of the server. */
  public record Answer(String name, @Nullable Object transaction, List<@Nullable Object> values) {
    /** A text of the information object of {@code onStatus} or {@code _result}. */
    public String info(String property) {
      for (int i = values.size() - 1; i >= 0; i--) {
        if (values.get(i) instanceof Map<?, ?> info && info.containsKey(property)) {
          return String.valueOf(info.get(property));
        }
      }
      return "";
    }
  }

  private final Socket socket;
  private final Dialect dialect;
  private final ChunkWriter writer;
  private final Bytes out = new Bytes();
  private final DataInputStream in;
  private final List<Message> received = new ArrayList<>();
  private final String url;
  private boolean over;
  private int heard;
  private long sentBytes;

  private FakeEncoder(Socket socket, Dialect dialect, String url) throws IOException {
    this.socket = socket;
    this.dialect = dialect;
    this.writer = new ChunkWriter(dialect.form());
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.url = url;
    socket.setTcpNoDelay(true);
  }

  /** An encoder whose handshake is done. */
  public static FakeEncoder open(int port, Dialect dialect) {
    return open(() -> new Socket(InetAddress.getLoopbackAddress(), port), dialect);
  }

  /** Opens a socket. */
  @FunctionalInterface
  public interface Opening {
    Socket open() throws IOException;
  }

  /** An encoder on a socket of another kind, its handshake done. */
  public static FakeEncoder open(Opening opening, Dialect dialect) {
    try {
      Socket socket = opening.open();
      String url = "rtmp://127.0.0.1:" + socket.getPort() + "/";
      FakeEncoder encoder = new FakeEncoder(socket, dialect, url);
      ClientHandshake handshake = new ClientHandshake(dialect.handshake(), Seeds.random(1));
      encoder.raw(handshake.first());
      byte[] answer = new byte[1 + 2 * ClientHandshake.LENGTH];
      encoder.in.readFully(answer);
      encoder.out.add(handshake.second(answer));
      Thread.ofVirtual().start(encoder::listen);
      return encoder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connects and publishes as the dialect does; returns when the server has let it in. */
  public FakeEncoder publish(String app, String name) {
    forget();
    dialect.publish(this, app, name);
    return this;
  }

  /** Ends the publication as the dialect does, and waits for the server's word. */
  public FakeEncoder unpublish(String name) {
    forget();
    dialect.unpublish(this, name);
    awaitAnswer(answer -> answer.info("code").equals("NetStream.Unpublish.Success"), "unpublish");
    return this;
  }

  /** Sends {@code connect} as the dialect does. */
  public FakeEncoder connect(String app) {
    return command(0, "connect", 1, dialect.connectObject(app, url + app));
  }

  /** Sends a command. */
  public FakeEncoder command(
      int streamId, String name, double transaction, @Nullable Object... values) {
    if (dialect.speaksAmf3()) {
      byte[] payload = Amf.flashCommand(name, transaction, values);
      return send(new Message(3, Message.COMMAND_AMF3, streamId, 0, payload));
    }
    byte[] start = Amf.amf0(name, transaction);
    byte[] payload = new Bytes().add(start).add(Amf.amf0(values)).toArray();
    return send(new Message(3, Message.COMMAND, streamId, 0, payload));
  }

  /** Tells the server to acknowledge every so many bytes. */
  public FakeEncoder window(int bytes) {
    return send(Message.control(Message.WINDOW_ACK_SIZE, new Bytes().u32(bytes).toArray()));
  }

  /** Changes the size of chunks, and says so. */
  public FakeEncoder chunkSize(int size) {
    writer.chunkSize(size, out);
    return flush();
  }

  /** Sends media on stream 1, in the order given, moved in time. */
  public FakeEncoder media(List<FlvClip.Tag> tags, long offsetMillis) {
    for (FlvClip.Tag tag : tags) {
      writer.write(message(tag, offsetMillis), out);
      if (out.length() > 1 << 16) {
        flush();
      }
    }
    return flush();
  }

  /** A tag as the dialect would send it. */
  public Message message(FlvClip.Tag tag, long offsetMillis) {
    long timestamp = (tag.timestamp() + offsetMillis) & 0xFFFFFFFFL;
    return new Message(dialect.chunkStream(tag.type()), tag.type(), 1, timestamp, tag.payload());
  }

  public FakeEncoder send(Message message) {
    writer.write(message, out);
    return flush();
  }

  /**
   * Sends messages of different chunk streams, a chunk of each in turn.
   *
   * @param sizes a new size of chunks after each turn; 0 leaves it
   */
  public FakeEncoder interleave(List<Message> messages, IntSupplier sizes) {
    writer.interleave(messages, sizes, out);
    return flush();
  }

  /** Writes chunks by hand: the writer's state goes on from here. */
  public ChunkWriter writer() {
    return writer;
  }

  /** Sends bytes as they are. */
  public FakeEncoder raw(byte[] bytes) {
    out.add(bytes);
    return flush();
  }

  private FakeEncoder flush() {
    byte[] bytes = out.take();
    try {
      socket.getOutputStream().write(bytes);
      sentBytes += bytes.length;
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every byte that has been sent, the handshake with them. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Waits for the success of a command. */
  public FakeEncoder awaitResult(double transaction) {
    Double number = transaction;
    Answer answer =
        awaitAnswer(
            one -> one.name().startsWith("_") && number.equals(one.transaction()),
            "the result of " + transaction);
    if (!answer.name().equals("_result")) {
      throw new IllegalStateException("the server refuses: " + answer);
    }
    return this;
  }

  /**
   * Waits until the server lets the publication begin; the end of one before is told at leisure.
   */
  public FakeEncoder awaitStatus() {
    Answer answer =
        awaitAnswer(
            one ->
                one.name().equals("onStatus")
                    && !"NetStream.Unpublish.Success".equals(one.info("code")),
            "the beginning of the publication");
    if (!answer.info("code").equals("NetStream.Publish.Start")) {
      throw new IllegalStateException(answer.info("description"));
    }
    return this;
  }

  /** Waits for a command of the server; the first one of that name counts. */
  public Answer awaitCommand(String name) {
    return awaitAnswer(answer -> answer.name().equals(name), name);
  }

  /** Waits for an answer. */
  public Answer awaitAnswer(Predicate<Answer> wanted, String what) {
    return await(() -> answers().stream().filter(wanted).findFirst(), what);
  }

  /** Waits until the server has closed the connection. */
  public FakeEncoder awaitClosed() {
    await(() -> over ? Optional.of(true) : Optional.empty(), "the end");
    return this;
  }

  /** Whether the server has closed the connection. */
  public synchronized boolean isOver() {
    return over;
  }

  /** From here on only what comes now counts as an answer. */
  public synchronized void forget() {
    heard = received.size();
  }

  /** The server's commands since the last {@link #forget}. */
  public synchronized List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    for (Message message : received.subList(heard, received.size())) {
      if (message.type() == Message.COMMAND) {
        List<@Nullable Object> values = Amf.read(message.payload());
        answers.add(
            new Answer(
                String.valueOf(values.getFirst()),
                values.get(1),
                values.subList(2, values.size())));
      }
    }
    return answers;
  }

  /** The server's messages so far. */
  public synchronized List<Message> messages() {
    return List.copyOf(received);
  }

  /** Waits for what a supplier finds in what has been heard. */
  public synchronized <T> T await(Supplier<Optional<T>> finding, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> found = finding.get();
      if (found.isPresent()) {
        return found.get();
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || over) {
        throw new IllegalStateException(
            (over ? "the server closed before " : "no sign in time of ")
                + what
                + "; heard "
                + answers());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void listen() {
    ChunkAssembler chunks = new ChunkAssembler(in);
    try {
      while (true) {
        Message message = chunks.next();
        synchronized (this) {
          received.add(message);
          notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (this) {
        over = true;
        notifyAll();
      }
    }
  }

  /** Cuts the connection with a reset, as a crash of the network does. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the socket without a word. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
