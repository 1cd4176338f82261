package io.millrace.bench;

import io.millrace.bench.crowd.Crowd;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.FlvClip;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * Many streams in low latency, passed through, each with one viewer that is held for each part. A
 * part is late when its viewer has it listed later than a part's length after the picture was sent
 * with which it is known to be complete: then the next one should have come already. And what a
 * stream takes of the memory, with a window of two minutes.
 */
public final class PunctualParts {
  private static final int PART_MILLIS = 334;

  /** What two minutes of the real clip take, and half of it again. */
  private static final double MEMORY_GOAL_MB = 24;

  private static final Duration DEADLINE = Duration.ofMinutes(1);

  /** Encoders begin at different times, so that their parts do not fall together. */
  private static final long APART_NANOS = 37_000_000;

  private static final double MIB = 1 << 20;

  private static final Map<String, String> LOW_LATENCY =
      Map.of("MILLRACE_PACKAGER_LOW_LATENCY", "true", "MILLRACE_PACKAGER_WINDOW", "2m");

  private PunctualParts() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Form.print(
        Form.isShort(args)
            ? measure(5, Duration.ofSeconds(3), Duration.ofSeconds(5))
            : measure(50, Duration.ofSeconds(90), Duration.ofSeconds(60)));
  }

  /**
   * Measures a server of its own.
   *
   * @param streams how many
   * @param warmUp before anything is counted
   */
  public static List<Row> measure(int streams, Duration warmUp, Duration time)
      throws IOException, InterruptedException {
    Path folder = Form.newFolder();
    FlvClip clip = FlvClip.encoded("854x480", Duration.ofSeconds(24));
    try (MillraceProcess server =
        MillraceProcess.serve(folder.resolve("data"), Ports.free(), LOW_LATENCY)) {
      LeftBehind before = LeftBehind.of(server);
      List<TimedEncoder> encoders = new ArrayList<>();
      try {
        for (int i = 0; i < streams; i++) {
          encoders.add(TimedEncoder.publish(server.ports().rtmp(), "part-" + i, clip));
          LockSupport.parkNanos(APART_NANOS);
        }
        return measure(server, encoders, warmUp, time, before);
      } finally {
        encoders.forEach(TimedEncoder::close);
      }
    } finally {
      Form.delete(folder);
    }
  }

  private static List<Row> measure(
      MillraceProcess server,
      List<TimedEncoder> encoders,
      Duration warmUp,
      Duration time,
      LeftBehind before)
      throws IOException, InterruptedException {
    int streams = encoders.size();
    List<HeldPlaylist> playlists = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      playlists.add(playlist(server, "part-" + i, encoders.get(i)));
    }
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.ports().http());
    try (Crowd crowd =
        new Crowd(address, streams, Crowd.SOME_AT_ONCE, number -> playlists.get(number).viewer())) {
      Awaitility.await("viewers").atMost(DEADLINE).until(() -> crowd.subscribed() == streams);
      crowd.sayNextOfAll();
      Thread.sleep(warmUp);
      crowd.count();
      double cpu = ProcessCost.cpuSeconds(server.processes());
      Thread.sleep(time);
      cpu = ProcessCost.cpuSeconds(server.processes()) - cpu;
      Histogram micros = crowd.counted();
      // Or it throws what went wrong.
      crowd.subscribed();
      return rows(streams, micros, cpu / time.toSeconds(), before, LeftBehind.of(server));
    }
  }

  private static HeldPlaylist playlist(
      MillraceProcess server, String stream, TimedEncoder encoder) {
    Awaitility.await("a playlist")
        .atMost(DEADLINE)
        .until(() -> FirstRendition.of(server, stream).isPresent());
    FirstRendition first = FirstRendition.of(server, stream).orElseThrow();
    return new HeldPlaylist(first.address().getRawPath(), first.playlist(), encoder::sentAtNanos);
  }

  private static List<Row> rows(
      int streams, Histogram micros, double cores, LeftBehind before, LeftBehind after) {
    long limit = TimeUnit.MILLISECONDS.toMicros(PART_MILLIS);
    String parts =
        String.format(
            Locale.ROOT,
            "listed for their viewer later than %d ms after they were complete, of %d; median %.1f"
                + " ms, 99 %% %.1f ms, most %.1f ms; the server took %.2f of a core",
            PART_MILLIS,
            micros.getTotalCount(),
            micros.getValueAtPercentile(50) / 1000.0,
            micros.getValueAtPercentile(99) / 1000.0,
            micros.getMaxValue() / 1000.0,
            cores);
    double heap = (after.heapBytes() - before.heapBytes()) / streams / MIB;
    double direct = (after.directBytes() - before.directBytes()) / streams / MIB;
    return List.of(
        Row.atMost(
            streams + " streams in low latency, parts late",
            (double) micros.getCountBetweenValues(limit, Math.max(limit, micros.getMaxValue())),
            0,
            "",
            parts),
        Row.atMost(
            "memory of one of them, window of 2 min",
            heap + direct,
            MEMORY_GOAL_MB,
            "MB",
            String.format(
                Locale.ROOT,
                "after a full collection, against no stream: heap %.2f, direct %.2f MB",
                heap,
                direct)));
  }
}
