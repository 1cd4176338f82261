package io.millrace.transcoding;

import io.millrace.children.ChildCommand;
import io.millrace.children.ChildProcess;
import io.millrace.children.Signal;
import io.millrace.media.MalformedMediaException;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.FrameReader;
import io.millrace.transcoding.protocol.FrameWriter;
import io.millrace.transcoding.protocol.ProtocolException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a transcoder: its process, and the Unix socket that frames go over. Confined to the
 * stream's home context, where its listener is called; what blocks is done on threads of its own.
 */
final class Child implements PictureRun {
  /** What a run tells, on the home context; nothing after {@link #ended}. */
  interface Listener {
    /** The next frame. */
    void frame(Frame frame);

    /** It is over, whatever had been begun. */
    void ended(String reason);
  }

  /**
   * What every run of a stream's has in common.
   *
   * @param home where the program unpacks what it needs
   * @param encoders that are wanted
   */
  record Place(
      Vertx vertx,
      Context context,
      TranscoderProgram program,
      Path home,
      String stream,
      Path socket,
      Optional<Path> pidFile,
      List<String> encoders) {}

  private static final Logger LOGGER = LoggerFactory.getLogger(Child.class);

  private final Place place;
  private final Listener listener;
  private final ChildOutput output;
  private final FrameReader reader = new FrameReader();

  private @Nullable NetServer server;
  private @Nullable NetSocket socket;
  private @Nullable ChildProcess process;
  private boolean paused;
  private boolean stopping;
  private Duration stopGrace = Duration.ZERO;
  private boolean over;

  private Child(Place place, Listener listener) {
    this.place = place;
    this.listener = listener;
    this.output = new ChildOutput(place.stream());
  }

  /** Begins a run; whatever becomes of it, the listener hears. On the home context. */
  static Child start(Place place, Listener listener) {
    Child child = new Child(place, listener);
    child.onThread(
        () -> {
          Files.createDirectories(place.home());
          Files.deleteIfExists(place.socket());
          child.onContext(child::listen);
        });
    return child;
  }

  private void listen() {
    if (stopping) {
      end("it was stopped");
      return;
    }
    NetServer listening = place.vertx().createNetServer();
    server = listening;
    listening
        .connectHandler(this::connected)
        .listen(SocketAddress.domainSocketAddress(place.socket().toString()))
        .onSuccess(_ -> onThread(this::launch))
        .onFailure(e -> end("no socket could be opened at " + place.socket() + ": " + e));
  }

  private void launch() throws IOException {
    ChildProcess started =
        ChildProcess.start(
            new ChildCommand(
                "transcoder",
                place.program().command(place.home(), place.socket(), place.encoders()),
                place.home(),
                // Each of its threads would have an arena of the C library's heap.
                Map.of("MALLOC_ARENA_MAX", "2"),
                List.of(Signal.TERM),
                place.pidFile(),
                output::line));
    var _ = started.exited().thenAccept(status -> onContext(() -> end(output.reason(status))));
    onContext(
        () -> {
          process = started;
          if (stopping) {
            stopProcess(started);
          }
        });
  }

  private void connected(NetSocket incoming) {
    if (socket != null || over) {
      incoming.close();
      return;
    }
    socket = incoming;
    if (paused) {
      incoming.pause();
    }
    incoming.exceptionHandler(e -> LOGGER.debug("connection of a transcoder", e));
    incoming.handler(
        buffer -> {
          try {
            reader.read(ByteBuffer.wrap(buffer.getBytes()), this::received);
          } catch (ProtocolException | MalformedMediaException | IllegalArgumentException e) {
            LOGGER
                .atError()
                .addKeyValue("stream", place.stream())
                .addKeyValue("problem", e.getMessage())
                .log("a transcoder does not keep to the protocol, ending it");
            incoming.handler(null);
            stop();
          }
        });
  }

  private void received(Frame frame) {
    if (!over && !stopping) {
      listener.frame(frame);
    }
  }

  /** Sends a frame; one that cannot be delivered any more is forgotten. On the home context. */
  @Override
  public void send(Frame frame) {
    if (socket != null) {
      socket.write(WireMedia.buffer(FrameWriter.write(frame)));
    }
  }

  /** What it sends waits in the connection, and then so does it; a little still comes. */
  void pause() {
    paused = true;
    if (socket != null) {
      socket.pause();
    }
  }

  /** What it sends is taken again. */
  void resume() {
    paused = false;
    if (socket != null) {
      socket.resume();
    }
  }

  /** The process's id; negative while there is none. */
  @Override
  public long pid() {
    ChildProcess running = process;
    return running != null && running.isAlive() ? running.pid() : -1;
  }

  /** Ends it, however it does; the listener hears when it has. On the home context. */
  void stop() {
    stop(Duration.ZERO);
  }

  /** Ends it, which may have so long for it; by itself it ends with its connection. */
  @Override
  public void stop(Duration grace) {
    if (!stopping) {
      stopping = true;
      stopGrace = grace;
      if (socket != null) {
        socket.close();
      }
      if (process != null) {
        stopProcess(process);
      }
    }
  }

  private void stopProcess(ChildProcess running) {
    Duration grace = stopGrace;
    onThread(() -> running.stop(grace));
  }

  private void end(String reason) {
    if (over) {
      return;
    }
    over = true;
    if (server != null) {
      server.close();
    }
    onThread(() -> Files.deleteIfExists(place.socket()));
    listener.ended(reason);
  }

  /** What may fail. */
  private interface Blocking {
    void run() throws IOException;
  }

  private void onThread(Blocking work) {
    Thread.ofVirtual()
        .name("transcoder-child")
        .start(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                onContext(() -> end("it could not be started or ended: " + e.getMessage()));
              }
            });
  }

  private void onContext(Runnable work) {
    place.context().runOnContext(_ -> work.run());
  }
}
