package io.millrace.bench;

import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.walk.HlsWalker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * How many segments the edge gives to viewers on loopback, against nginx with the same files in the
 * same run. Both share the machine with the viewers.
 */
public final class Viewers {
  private static final double RATIO_GOAL = 0.5;
  private static final int SEGMENTS = 3;

  /**
   * What is viewed is pushed at once: at its natural speed it would be there after half a minute.
   */
  private static final Duration CLIP = Duration.ofSeconds(30);

  /** So that the measured segments stay listed for the whole run. */
  private static final Map<String, String> LONG_WINDOW = Map.of("MILLRACE_PACKAGER_WINDOW", "10m");

  private Viewers() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean shortForm = Form.isShort(args);
    Form.print(
        measure(shortForm ? 20 : 200, Duration.ofSeconds(shortForm ? 2 : 15), shortForm ? 1 : 3));
  }

  /** Measures both in turn so many times; says so and gives no row where nginx is missing. */
  public static List<Row> measure(int viewers, Duration time, int times)
      throws IOException, InterruptedException {
    if (Nginx.executable().isEmpty()) {
      System.err.println("SKIPPED: nginx is not installed (apt-get install nginx-light)");
      return List.of();
    }
    Path folder = Form.newFolder();
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), LONG_WINDOW);
        FfmpegPublisher publisher = FfmpegPublisher.loopingFrom(CLIP, server.rtmp("viewed"))) {
      List<URI> segments = newestSegments(server);
      if (!publisher.program().isAlive()) {
        throw new AssertionError(publisher.words());
      }
      return compare(folder.resolve("files"), segments, viewers, time, times);
    } finally {
      Form.delete(folder);
    }
  }

  private static List<Row> compare(
      Path files, List<URI> segments, int viewers, Duration time, int times)
      throws IOException, InterruptedException {
    int port = Ports.free().http();
    List<URI> copies = copy(segments, Files.createDirectories(files), port);
    double[] ours = new double[times];
    double[] ratios = new double[times];
    try (Nginx peer = Nginx.serving(files, port)) {
      peer.awaitAnswer();
      // Not counted: until the hot path is compiled.
      HttpLoad.run(segments, viewers, time);
      for (int i = 0; i < times; i++) {
        HttpLoad.Result edge = HttpLoad.run(segments, viewers, time);
        HttpLoad.Result other = HttpLoad.run(copies, viewers, time);
        ours[i] = edge.megabytesPerSecond();
        ratios[i] = edge.requestsPerSecond() / other.requestsPerSecond();
      }
    }
    Sample ratio = new Sample(ratios);
    String how =
        String.format(
            Locale.ROOT,
            "%d viewers, edge %.0f MB/s after a run to warm up; %s",
            viewers,
            new Sample(ours).median(),
            ratio.spread("×"));
    return List.of(
        Row.atLeast(
            "segments from the edge, requests per second against nginx",
            ratio.median(),
            RATIO_GOAL,
            "×",
            how));
  }

  private static List<URI> newestSegments(MillraceProcess server) {
    Awaitility.await("a stream")
        .atMost(Duration.ofSeconds(30))
        .until(() -> server.fetch(server.playlist("viewed")).orElseThrow().status() == 200);
    try (HlsWalker walker = HlsWalker.follow(server.playlist("viewed"))) {
      var walk = walker.walks().getFirst();
      Awaitility.await("segments")
          .atMost(Duration.ofMinutes(1))
          .until(() -> walk.started() && walk.latest().segments().size() >= SEGMENTS);
      MediaPlaylist latest = walk.latest();
      return latest.segments().stream()
          .skip(latest.segments().size() - (long) SEGMENTS)
          .map(segment -> walk.uri().resolve(segment.uri()))
          .toList();
    }
  }

  private static List<URI> copy(List<URI> segments, Path files, int port)
      throws IOException, InterruptedException {
    List<URI> copies = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (URI segment : segments) {
        String name = copies.size() + ".m4s";
        http.send(
            HttpRequest.newBuilder(segment).build(),
            HttpResponse.BodyHandlers.ofFile(files.resolve(name)));
        copies.add(URI.create("http://127.0.0.1:" + port + "/" + name));
      }
    }
    return copies;
  }
}
