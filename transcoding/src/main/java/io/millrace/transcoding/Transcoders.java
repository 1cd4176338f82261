package io.millrace.transcoding;

import io.millrace.children.DataDirectory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The transcoders of this node, one child process for each broadcast that has a ladder: a source
 * that makes a decoder crash takes no other with it. Thread-safe.
 */
public final class Transcoders {
  /** What the kernel takes for the path of a Unix socket, and the zero behind it. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private final Vertx vertx;
  private final TranscoderProgram program;
  private final TranscodingConfig config;
  private final DataDirectory data;
  private final Path sockets;
  private final InstantSource clock;
  private final TranscodingMetrics metrics;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Transcoding, String> running = new ConcurrentHashMap<>();

  /**
   * @param data where the program unpacks its libraries; left-over children are ended by it
   * @throws IOException when no socket can be made anywhere
   */
  public Transcoders(
      Vertx vertx,
      TranscoderProgram program,
      TranscodingConfig config,
      DataDirectory data,
      InstantSource clock,
      PrometheusRegistry registry)
      throws IOException {
    this.vertx = vertx;
    this.program = program;
    this.config = config;
    this.data = data;
    this.clock = clock;
    this.metrics = new TranscodingMetrics(registry);
    this.sockets = socketDirectory(data);
  }

  /** The data directory's own, unless its path is too long for the kernel. */
  private static Path socketDirectory(DataDirectory data) throws IOException {
    Path own = data.path().resolve("run");
    int longest = socket(own, Long.MAX_VALUE).toString().getBytes(StandardCharsets.UTF_8).length;
    if (longest <= LONGEST_SOCKET_PATH) {
      return Files.createDirectories(own);
    }
    return Files.createTempDirectory("millrace-");
  }

  private static Path socket(Path directory, long number) {
    return directory.resolve("transcoder-" + number + ".sock");
  }

  /**
   * Begins the transcoding of a broadcast. On the stream's home context, on which the listener is
   * called too.
   *
   * @param stream for people
   */
  public Transcoding start(
      String stream, Context home, TranscodingWish wish, RungListener listener) {
    long number = numbers.incrementAndGet();
    Child.Place place = place(home, stream, number, config.encoders());
    Transcoding started = new Transcoding(this, stream, wish, listener, place);
    running.put(started, stream);
    return started;
  }

  /**
   * Reads a file. On the context on which the listener is called too.
   *
   * @param name for people
   */
  public FileReading read(String name, Path file, Context context, FileListener listener) {
    Child.Place place = place(context, name, numbers.incrementAndGet(), List.of());
    return FileReading.start(place, file, config.hangTimeout(), listener);
  }

  /** Makes single pictures for all streams, in a process of its own; called once. */
  public StillMaker stills() {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    return new StillMaker(
        vertx,
        context,
        listener -> Child.start(place(context, "all", 0, List.of()), listener),
        metrics,
        config.hangTimeout());
  }

  private Child.Place place(Context home, String stream, long number, List<String> encoders) {
    return new Child.Place(
        vertx,
        home,
        program,
        data.path().resolve("transcoder"),
        stream,
        socket(sockets, number),
        Optional.of(data.pidFile("transcoder-" + number)),
        encoders);
  }

  /** What the transcoder of a stream is doing, where there is one. */
  public Optional<TranscoderState> state(String stream) {
    return running.entrySet().stream()
        .filter(entry -> entry.getValue().equals(stream))
        .map(entry -> entry.getKey().state())
        .findFirst();
  }

  /** What each transcoder is doing that somebody should know of, by its stream. */
  public Map<String, TranscoderState> troubles() {
    return running.entrySet().stream()
        .filter(entry -> entry.getKey().state().isTrouble())
        .collect(
            Collectors.toMap(
                Map.Entry::getValue, entry -> entry.getKey().state(), (one, _) -> one));
  }

  void ended(Transcoding transcoding) {
    running.remove(transcoding);
  }

  TranscodingConfig config() {
    return config;
  }

  TranscodingMetrics metrics() {
    return metrics;
  }

  InstantSource clock() {
    return clock;
  }
}
