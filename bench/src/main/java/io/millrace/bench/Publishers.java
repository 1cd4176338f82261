package io.millrace.bench;

import io.millrace.testkit.Clips;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;

/**
 * What taking and packaging many publishers of the real clip costs, against nginx with its RTMP
 * module and HLS on, in turns in the same run. Both write their segments to the same disk; Millrace
 * also confirms each one and keeps the broadcast's state.
 */
public final class Publishers {
  private static final double CPU_RATIO_GOAL = 1.0;

  /** The clip's longest group of pictures, and the target duration that goes with it, and a bit. */
  private static final double LATE_SECONDS = 13;

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private Publishers() {}

  public static void main(String[] args) throws Exception {
    boolean shortForm = Form.isShort(args);
    int count = args.length > 0 && args[0].matches("\\d+") ? Integer.parseInt(args[0]) : 100;
    Form.print(
        measure(
            shortForm ? 10 : count,
            Duration.ofSeconds(shortForm ? 16 : 30),
            Duration.ofSeconds(shortForm ? 4 : 30),
            shortForm ? 1 : 3));
  }

  /** One server's figures for one run. */
  private record Run(double cpuMillisPerStream, double megabytes, int late, int lost, int held) {}

  /** What is running under load, and how far its playlists are. */
  private record Peer(
      Supplier<List<ProcessHandle>> processes,
      IntFunction<URI> address,
      IntToDoubleFunction listedSeconds) {}

  /**
   * Measures both in turn so many times; says so and gives no row where nginx's module is missing.
   *
   * @param count publishers
   * @param warmUp before anything is counted
   * @param observe how long the processor's time is counted
   */
  public static List<Row> measure(int count, Duration warmUp, Duration observe, int times)
      throws IOException, InterruptedException, ExecutionException {
    if (Nginx.executable().isEmpty() || Nginx.rtmpModule().isEmpty()) {
      System.err.println("SKIPPED: nginx's RTMP module is not installed (libnginx-mod-rtmp)");
      return List.of();
    }
    List<Run> ours = new ArrayList<>();
    List<Run> theirs = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      ours.add(millrace(count, warmUp, observe));
      theirs.add(nginx(count, warmUp, observe));
    }
    return rows(count, observe, ours, theirs);
  }

  private static List<Row> rows(int count, Duration observe, List<Run> ours, List<Run> theirs) {
    double[] ratios = new double[ours.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours.get(i).cpuMillisPerStream / theirs.get(i).cpuMillisPerStream;
    }
    Sample ratio = new Sample(ratios);
    String how =
        String.format(
            Locale.ROOT,
            "%d publishers of the real clip, %d s; %.2f against %.2f ms/s a stream; %s",
            count,
            observe.toSeconds(),
            median(ours, Run::cpuMillisPerStream),
            median(theirs, Run::cpuMillisPerStream),
            ratio.spread("×"));
    String memory =
        String.format(
            Locale.ROOT,
            "proportional set size with %d publishers; nginx %.0f MB",
            count,
            median(theirs, Run::megabytes));
    String late =
        String.format(
            Locale.ROOT,
            "playlists more than %.0f s behind, publishers lost; nginx %d and %d; "
                + "samples held back by a full socket: %d and %d",
            LATE_SECONDS,
            theirs.stream().mapToInt(Run::late).sum(),
            theirs.stream().mapToInt(Run::lost).sum(),
            ours.stream().mapToInt(Run::held).sum(),
            theirs.stream().mapToInt(Run::held).sum());
    int troubled = ours.stream().mapToInt(run -> run.late + run.lost).sum();
    return List.of(
        Row.atMost(
            "publishers, processor per stream against nginx-rtmp",
            ratio.median(),
            CPU_RATIO_GOAL,
            "×",
            how),
        Row.atMost("publishers, memory", median(ours, Run::megabytes), 1024, "MB", memory),
        Row.atMost("publishers, streams late or lost", troubled, 0, "", late));
  }

  private static double median(List<Run> runs, java.util.function.ToDoubleFunction<Run> figure) {
    return new Sample(runs.stream().mapToDouble(figure).toArray()).median();
  }

  private static Run millrace(int count, Duration warmUp, Duration observe)
      throws IOException, InterruptedException, ExecutionException {
    Path folder = Form.newFolder();
    try (MillraceProcess server =
        MillraceProcess.start(
            folder.resolve("data"),
            Ports.free(),
            Map.of("MILLRACE_PACKAGER_WINDOW", WINDOW.toSeconds() + "s"),
            List.of("serve", "--role", "origin,edge"))) {
      server.awaitReady();
      return load(
          new Peer(
              server::processes,
              i -> URI.create(server.rtmp("s" + i)),
              i -> listedSeconds(server, "s" + i)),
          count,
          warmUp,
          observe);
    } finally {
      Form.delete(folder);
    }
  }

  private static Run nginx(int count, Duration warmUp, Duration observe)
      throws IOException, InterruptedException, ExecutionException {
    Path folder = Form.newFolder();
    int port = Ports.free().rtmp();
    try (Nginx peer = Nginx.packaging(folder, port, WINDOW)) {
      peer.awaitAnswer();
      return load(
          new Peer(
              peer::processes,
              i -> URI.create("rtmp://127.0.0.1:" + port + "/live/s" + i),
              i -> seconds(read(folder.resolve("hls/s" + i + ".m3u8")))),
          count,
          warmUp,
          observe);
    } finally {
      Form.delete(folder);
    }
  }

  private static Run load(Peer peer, int count, Duration warmUp, Duration observe)
      throws IOException, InterruptedException, ExecutionException {
    try (ClipPublishers publishers = new ClipPublishers(Clips.bigBuckBunny())) {
      publishers.start(count, peer.address);
      Thread.sleep(warmUp);
      List<ProcessHandle> processes = peer.processes.get();
      double before = ProcessCost.cpuSeconds(processes);
      long began = System.nanoTime();
      Thread.sleep(observe);
      double seconds = (System.nanoTime() - began) / 1e9;
      double cpu = ProcessCost.cpuSeconds(processes) - before;
      double megabytes = ProcessCost.pssMegabytes(processes);
      int late = 0;
      for (int i = 0; i < count; i++) {
        double published = publishers.publishedSeconds(i);
        if (published - peer.listedSeconds.applyAsDouble(i) > LATE_SECONDS) {
          late++;
        }
      }
      return new Run(
          cpu * 1000 / seconds / count, megabytes, late, publishers.lost(), publishers.held());
    }
  }

  private static double listedSeconds(MillraceProcess server, String stream) {
    return FirstRendition.of(server, stream).map(FirstRendition::seconds).orElse(0.0);
  }

  private static double seconds(String playlist) {
    return !playlist.isEmpty() && PlaylistReader.read(playlist) instanceof MediaPlaylist list
        ? FirstRendition.seconds(list)
        : 0;
  }

  private static String read(Path playlist) {
    try {
      return Files.readString(playlist);
    } catch (IOException e) {
      return "";
    }
  }
}
