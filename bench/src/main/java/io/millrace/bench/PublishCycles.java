package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.awaitility.Awaitility;

/**
 * What is left in a server of publishers that came, sent a few seconds, were watched for a moment
 * and went: always the same stream, each time a new one, and with a wrong key. Measured after some
 * of each kind, and again after many more, when the last broadcast is gone.
 */
public final class PublishCycles {
  private static final double HEAP_GOAL_MB = 1;
  private static final double DIRECT_GOAL_MB = 1;
  private static final double HANDLES_GOAL = 4;
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

  private enum Kind {
    SAME_STREAM,
    NEW_STREAMS,
    REFUSED
  }

  private PublishCycles(MillraceProcess server, List<FlvClip.Tag> media) {
    this.server = server;
    this.media = media;
  }

  public static void main(String[] args) {
    Form.print(Form.isShort(args) ? measure(200, 100) : measure(300, 1000));
  }

  /**
   * Measures a server of its own.
   *
   * @param warmUp cycles of each kind before the first look
   * @param cycles of each kind after it
   */
  public static List<Row> measure(int warmUp, int cycles) {
    Path data = Form.newFolder();
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), SETTINGS)) {
      PublishCycles publishers = new PublishCycles(server, FlvClip.encoded("426x240", CLIP).tags());
      int before = publishers.warmUp(warmUp);
      publishers.awaitQuiet();
      List<LeftBehind> looks = new ArrayList<>(List.of(LeftBehind.of(server)));
      for (Kind kind : Kind.values()) {
        publishers.run(kind, before, cycles);
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
  private int warmUp(int cycles) {
    int run = 0;
    double threads;
    do {
      threads = server.counter("jvm_threads_current");
      for (Kind kind : Kind.values()) {
        run(kind, run, cycles);
      }
      run += cycles;
    } while (server.counter("jvm_threads_current") > threads && run < MOST_ROUNDS * cycles);
    return run;
  }

  private static List<Row> rows(List<LeftBehind> looks, int cycles) {
    String grown = looks.getLast().grown(looks.getFirst());
    return List.of(
        row(
            "heap",
            looks,
            cycles,
            look -> look.heapBytes() / MIB,
            HEAP_GOAL_MB,
            "MB",
            "; most: " + grown),
        row(
            "direct memory",
            looks,
            cycles,
            look -> look.directBytes() / MIB,
            DIRECT_GOAL_MB,
            "MB",
            ""),
        row("file handles", looks, cycles, LeftBehind::handles, HANDLES_GOAL, "", ""),
        row("threads", looks, cycles, LeftBehind::threads, THREADS_GOAL, "", ""),
        row(
            "resident memory",
            looks,
            cycles,
            look -> look.residentBytes() / MIB,
            RESIDENT_GOAL_MB,
            "MB",
            ""));
  }

  /** How much more there is in the end than there was in the beginning. */
  private static Row row(
      String what,
      List<LeftBehind> looks,
      int cycles,
      ToDoubleFunction<LeftBehind> figure,
      double goal,
      String unit,
      String more) {
    double[] figures = looks.stream().mapToDouble(figure).toArray();
    String how =
        String.format(
            Locale.ROOT,
            "%.2f at first; after %d of one stream %.2f, of new streams %.2f, refused %.2f%s",
            figures[0],
            cycles,
            figures[1],
            figures[2],
            figures[3],
            more);
    return Row.atMost(
        "publish cycles, " + what + " left behind", figures[3] - figures[0], goal, unit, how);
  }

  private void run(Kind kind, int from, int count) {
    for (int i = from; i < from + count; i++) {
      String stream = kind == Kind.NEW_STREAMS ? "cycles-" + i : "cycles";
      if (kind == Kind.REFUSED) {
        refused("refused-" + i);
      } else {
        publish(stream, i);
        watch(stream);
      }
    }
  }

  /** Leaves in one of three ways. */
  private void publish(String stream, int way) {
    String name = stream + "?key=" + MillraceProcess.PUBLISH_KEY;
    try (FakeEncoder encoder = FakeEncoder.open(server.ports().rtmp(), Dialect.OBS)) {
      encoder.publish("live", name);
      encoder.media(media, 0);
      switch (way % 3) {
        case 0 -> encoder.reset();
        case 1 -> encoder.unpublish(name);
        default -> {
          // Closes without a word.
        }
      }
    }
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
    return there;
  }
}
