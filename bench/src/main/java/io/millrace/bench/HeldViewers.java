package io.millrace.bench;

import io.millrace.bench.crowd.Crowd;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.FlvClip;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * Viewers that wait at the server for the next part of one low-latency playlist: from the moment
 * the encoder sends the picture with which a part is known to be complete to the last byte of the
 * answer that lists it, at each viewer. Beside them nginx, whom as many kept connections ask at the
 * same moment for a file as large as such an answer.
 */
public final class HeldViewers {
  private static final double GOAL_MILLIS = 20;

  /** The goal in milliseconds is for so many. */
  private static final int MOST_IN_TIME = 1_000;

  private static final double GOAL_RATIO = 1.3;
  private static final int BURSTS = 20;
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  /** So that the first segment, whose date is the first picture's, is listed when all are there. */
  private static final Map<String, String> LOW_LATENCY =
      Map.of("MILLRACE_PACKAGER_LOW_LATENCY", "true", "MILLRACE_PACKAGER_WINDOW", "5m");

  private HeldViewers() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    if (Form.isShort(args)) {
      rows.addAll(measure(100, Duration.ofSeconds(3), Duration.ofSeconds(5)));
    } else {
      rows.addAll(measure(1_000, Duration.ofSeconds(200), Duration.ofSeconds(60)));
      rows.addAll(measure(10_000, Duration.ofSeconds(40), Duration.ofSeconds(60)));
    }
    Form.print(rows);
  }

  /** What was seen of so many viewers. */
  private record Held(Histogram micros, Sample last, double cpuMicros, int answerBytes) {}

  /** So many viewers, who are counted for so long after they have warmed the program up. */
  public static List<Row> measure(int viewers, Duration warmUp, Duration time)
      throws IOException, InterruptedException {
    Path folder = Form.newFolder();
    try {
      Held held = held(folder.resolve("data"), viewers, warmUp, time);
      List<Row> rows = new ArrayList<>();
      if (viewers <= MOST_IN_TIME) {
        rows.add(inTime(viewers, held));
      }
      rows.addAll(besideNginx(folder, viewers, held));
      return rows;
    } finally {
      Form.delete(folder);
    }
  }

  private static Row inTime(int viewers, Held held) {
    Histogram micros = held.micros;
    return Row.atMost(
        viewers + " viewers held on one playlist, from the part complete to their last byte",
        micros.getValueAtPercentile(99) / 1000.0,
        GOAL_MILLIS,
        "ms",
        String.format(
            Locale.ROOT,
            "99 %% of %d answers of %d bytes; median %.1f ms, most %.1f ms",
            micros.getTotalCount(),
            held.answerBytes,
            micros.getValueAtPercentile(50) / 1000.0,
            micros.getMaxValue() / 1000.0));
  }

  private static Held held(Path data, int viewers, Duration warmUp, Duration time)
      throws IOException, InterruptedException {
    FlvClip clip = FlvClip.encoded("854x480", Duration.ofSeconds(24));
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), LOW_LATENCY);
        TimedEncoder encoder = TimedEncoder.publish(server.ports().rtmp(), "held", clip)) {
      Awaitility.await("a playlist")
          .atMost(DEADLINE)
          .until(() -> FirstRendition.of(server, "held").isPresent());
      FirstRendition first = FirstRendition.of(server, "held").orElseThrow();
      HeldPlaylist playlist =
          new HeldPlaylist(first.address().getRawPath(), first.playlist(), encoder::sentAtNanos);
      Histogram micros;
      double cpu;
      try (Crowd crowd =
          new Crowd(
              loopback(server.ports().http()),
              viewers,
              Crowd.SOME_AT_ONCE,
              number -> playlist.viewer())) {
        Awaitility.await("viewers").atMost(DEADLINE).until(() -> crowd.subscribed() == viewers);
        crowd.sayNextOfAll();
        Thread.sleep(warmUp);
        crowd.count();
        double before = ProcessCost.cpuSeconds(server.processes());
        Thread.sleep(time);
        cpu = ProcessCost.cpuSeconds(server.processes()) - before;
        micros = crowd.counted();
        // Or it throws what went wrong.
        crowd.subscribed();
      }
      return new Held(
          micros,
          new Sample(playlist.lastMillis(viewers)),
          cpu * 1e6 / micros.getTotalCount(),
          playlist.answerBytes());
    }
  }

  private static List<Row> besideNginx(Path folder, int viewers, Held held) throws IOException {
    if (Nginx.executable().isEmpty()) {
      System.err.println("SKIPPED: nginx is not installed (apt-get install nginx-light)");
      return List.of();
    }
    Path files = Files.createDirectories(folder.resolve("files"));
    Files.write(files.resolve("list.m3u8"), new byte[held.answerBytes]);
    int port = Ports.free().http();
    try (Nginx peer = Nginx.serving(files, port)) {
      peer.awaitAnswer();
      Sample burst = new Sample(Burst.run(loopback(port), "/list.m3u8", viewers, BURSTS));
      return List.of(
          Row.atMost(
              viewers + " viewers held, the last one's last byte against a burst at nginx",
              held.last.median() / burst.median(),
              GOAL_RATIO,
              "×",
              String.format(
                  Locale.ROOT,
                  "%s; the server took %.0f µs of a core for each answer, with all it did for the"
                      + " stream; %d requests at once for as many bytes: %.1f ms to the last, %s",
                  held.last.spread("ms"),
                  held.cpuMicros,
                  viewers,
                  burst.median(),
                  burst.spread("ms"))));
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
