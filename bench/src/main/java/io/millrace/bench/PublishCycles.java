package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.awaitility.Awaitility;

/**
 * What is left in a server of publishers that came, sent a few seconds, were watched for a moment
 * and went: always the same stream, each time a new one, with a wrong key, and with a ladder.
 * Measured after some of each kind, and again after many more, when the last broadcast is gone.
 */
public final class PublishCycles {
  private static final double HEAP_GOAL_MB = 1;
  private static final double DIRECT_GOAL_MB = 1;
  private static final double HANDLES_GOAL = 4;
  private static final double TRANSCODERS_GOAL = 0;
  private static final double THREADS_GOAL = 2;
  private static final double RESIDENT_GOAL_MB = 64;

  /** What must be back at nothing before anything is measured. */
  private static final List<String> GAUGES =
      List.of(
          "millrace_media_broadcasts",
          "millrace_packager_broadcasts",
          "millrace_ingest_connections",
          "millrace_edge_viewers");

  private static final double MIB = 1 << 20;

  private static final Duration CLIP = Duration.ofSeconds(2);

  /** Pictures larger than the smallest rung, and long enough that its first segment ends. */
  private static final Duration LADDER_CLIP = Duration.ofSeconds(6);

  private static final String LADDER_STREAM = "ladder";

  private static final Duration TRANSCODER_DEADLINE = Duration.ofMinutes(1);

  /**
   * A broadcast lasts half a second and its longest playlist, which was up to 15 s where cycles
   * went on in the same broadcast. A busy machine takes its time on top of that.
   */
  private static final Duration QUIET = Duration.ofMinutes(3);

  /** Warming up ends after so many rounds at the latest. */
  private static final int MOST_ROUNDS = 5;

  /**
   * Ended broadcasts go after their playlist's length, so that is short; the edge's memory is full
   * before anything is measured.
   */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "MILLRACE_INGEST_END_GRACE", "10ms",
          "MILLRACE_INGEST_LOSS_GRACE", "10ms",
          "MILLRACE_PACKAGER_KEEP_ENDED", "500ms",
          "MILLRACE_PACKAGER_WINDOW", "6s",
          "MILLRACE_EDGE_MEMORY", "4MiB",
          "MILLRACE_EDGE_VIEWER_TIMEOUT", "1s");

  private final MillraceProcess server;
  private final List<FlvClip.Tag> media;
  private final FlvClip ladderClip;

  private enum Kind {
    SAME_STREAM("of one stream"),
    NEW_STREAMS("of new streams"),
    REFUSED("refused"),
    LADDER("with a ladder");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * How many of each kind.
   *
   * @param passedThrough of each kind without a transcoder
   * @param withLadder of those with one
   */
  public record Cycles(int passedThrough, int withLadder) {
    private int of(Kind kind) {
      return kind == Kind.LADDER ? withLadder : passedThrough;
    }

    private Cycles plus(Cycles more) {
      return new Cycles(passedThrough + more.passedThrough, withLadder + more.withLadder);
    }
  }

  private PublishCycles(MillraceProcess server, List<FlvClip.Tag> media, FlvClip ladderClip) {
    this.server = server;
    this.media = media;
    this.ladderClip = ladderClip;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Form.print(
        Form.isShort(args)
            ? measure(new Cycles(200, 6), new Cycles(100, 6))
            : measure(new Cycles(300, 9), new Cycles(1000, 50)));
  }

  /**
   * Measures a server of its own.
   *
   * @param warmUp before the first look
   * @param cycles after it
   */
  public static List<Row> measure(Cycles warmUp, Cycles cycles)
      throws IOException, InterruptedException {
    Path data = Form.newFolder();
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), SETTINGS)) {
      Streams.create(server, LADDER_STREAM, "copy", "240p");
      PublishCycles publishers =
          new PublishCycles(
              server,
              FlvClip.encoded("426x240", CLIP).tags(),
              FlvClip.encoded("640x360", LADDER_CLIP));
      Cycles before = publishers.warmUp(warmUp);
      publishers.awaitQuiet();
      List<LeftBehind> looks = new ArrayList<>(List.of(LeftBehind.of(server)));
      for (Kind kind : Kind.values()) {
        publishers.run(kind, before.of(kind), cycles.of(kind));
        publishers.awaitQuiet();
        looks.add(LeftBehind.of(server));
      }
      return rows(looks, cycles);
    } finally {
      Form.delete(data);
    }
  }

  /**
   * Runs cycles of each kind until pools of threads have grown to their size, however busy the
   * machine is.
   *
   * @return how many of each kind it took
   */
  private Cycles warmUp(Cycles cycles) {
    Cycles run = new Cycles(0, 0);
    double threads;
    do {
      threads = server.counter("jvm_threads_current");
      for (Kind kind : Kind.values()) {
        run(kind, run.of(kind), cycles.of(kind));
      }
      run = run.plus(cycles);
    } while (server.counter("jvm_threads_current") > threads
        && run.passedThrough < MOST_ROUNDS * cycles.passedThrough);
    return run;
  }

  private static List<Row> rows(List<LeftBehind> looks, Cycles cycles) {
    Row heap = row("heap", looks, cycles, look -> look.heapBytes() / MIB, HEAP_GOAL_MB, "MB");
    String grown = looks.getLast().grown(looks.getFirst());
    return List.of(
        heap.with("; most: " + grown),
        row("direct memory", looks, cycles, look -> look.directBytes() / MIB, DIRECT_GOAL_MB, "MB"),
        row("file handles", looks, cycles, LeftBehind::handles, HANDLES_GOAL, ""),
        row("transcoders", looks, cycles, LeftBehind::transcoders, TRANSCODERS_GOAL, ""),
        row("threads", looks, cycles, LeftBehind::threads, THREADS_GOAL, ""),
        row(
            "resident memory",
            looks,
            cycles,
            look -> look.residentBytes() / MIB,
            RESIDENT_GOAL_MB,
            "MB"));
  }

  /** How much more there is in the end than there was in the beginning. */
  private static Row row(
      String what,
      List<LeftBehind> looks,
      Cycles cycles,
      ToDoubleFunction<LeftBehind> figure,
      double goal,
      String unit) {
    double[] figures = looks.stream().mapToDouble(figure).toArray();
    List<String> later = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      later.add(
          String.format(
              Locale.ROOT, "%d %s %.2f", cycles.of(kind), kind.words, figures[later.size() + 1]));
    }
    String how =
        String.format(Locale.ROOT, "%.2f at first; after ", figures[0]) + String.join(", ", later);
    return Row.atMost(
        "publish cycles, " + what + " left behind",
        figures[figures.length - 1] - figures[0],
        goal,
        unit,
        how);
  }

  private void run(Kind kind, int from, int count) {
    for (int i = from; i < from + count; i++) {
      String stream = kind == Kind.NEW_STREAMS ? "cycles-" + i : "cycles";
      switch (kind) {
        case REFUSED -> refused("refused-" + i);
        case LADDER -> publishWithLadder(i);
        default -> {
          publish(stream, i);
          watch(stream);
        }
      }
    }
  }

  /** Leaves in one of three ways. */
  private void publish(String stream, int way) {
    String name = stream + "?key=" + MillraceProcess.PUBLISH_KEY;
    try (FakeEncoder encoder = FakeEncoder.open(server.ports().rtmp(), Dialect.OBS)) {
      encoder.publish("live", name);
      encoder.media(media, 0);
      leave(encoder, name, way);
    }
  }

  private static void leave(FakeEncoder encoder, String name, int way) {
    switch (way % 3) {
      case 0 -> encoder.reset();
      case 1 -> encoder.unpublish(name);
      default -> {
        // Closes without a word.
      }
    }
  }

  /** Leaves at once, when the transcoder has started, or when what it made is listed. */
  private void publishWithLadder(int way) {
    if (way % 3 == 0) {
      TimedEncoder encoder = TimedEncoder.publish(server.ports().rtmp(), LADDER_STREAM, ladderClip);
      try (encoder) {
        awaitTranscoder("listed", () -> Streams.variants(server, LADDER_STREAM) == 2);
      }
    } else {
      String name = LADDER_STREAM + "?key=" + MillraceProcess.PUBLISH_KEY;
      try (FakeEncoder encoder = FakeEncoder.open(server.ports().rtmp(), Dialect.OBS)) {
        encoder.publish("live", name);
        encoder.media(ladderClip.tags(), 0);
        if (way % 3 == 1) {
          awaitTranscoder("started", () -> !server.transcoders().isEmpty());
        }
        leave(encoder, name, way / 3);
      }
    }
    awaitTranscoder("gone", () -> server.transcoders().isEmpty());
  }

  private static void awaitTranscoder(String what, Callable<Boolean> until) {
    Awaitility.await("the transcoder " + what).atMost(TRANSCODER_DEADLINE).until(until);
  }

  private void refused(String stream) {
    try (FakeEncoder encoder = FakeEncoder.open(server.ports().rtmp(), Dialect.OBS)) {
      encoder.publish("live", stream + "?key=wrong");
      throw new IllegalStateException("a wrong key was taken");
    } catch (IllegalStateException refusal) {
      if (!String.valueOf(refusal.getMessage()).contains("key is not valid")) {
        throw refusal;
      }
    }
  }

  /** Asks for what a player would; where there is nothing yet, that is the answer. */
  private void watch(String stream) {
    FirstRendition.of(server, stream)
        .filter(rendition -> !rendition.playlist().segments().isEmpty())
        .ifPresent(
            rendition ->
                server.fetch(
                    rendition.address().resolve(rendition.playlist().segments().getFirst().uri())));
  }

  /** Waits until every broadcast is gone, and every connection of a publisher. */
  private void awaitQuiet() {
    Awaitility.await()
        .atMost(QUIET)
        // Longer than the packager's turn, in which it counts.
        .during(Duration.ofMillis(600))
        .until(this::stillThere, Map::isEmpty);
  }

  private Map<String, Double> stillThere() {
    Map<String, Double> there = new TreeMap<>();
    for (String gauge : GAUGES) {
      double count = server.counter(gauge);
      if (count != 0) {
        there.put(gauge, count);
      }
    }
    if (!server.transcoders().isEmpty()) {
      there.put("transcoders", (double) server.transcoders().size());
    }
    return there;
  }
}
