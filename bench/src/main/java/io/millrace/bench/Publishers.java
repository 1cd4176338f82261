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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;

/**
 * What taking and packaging many publishers of the real clip costs, against nginx with its RTMP
 * module and HLS on. Both run beside each other, each with as many publishers of its own, and are
 * counted over the same seconds, so that what else the machine does is the same for both. Both
 * write their segments to the same disk; Millrace also confirms each one and keeps the broadcast's
 * state.
 */
public final class Publishers {
  private static final double CPU_RATIO_GOAL = 1.0;

  /** The clip's longest group of pictures, and the target duration that goes with it, and a bit. */
  private static final double LATE_SECONDS = 13;

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private Publishers() {}

  public static void main(String[] args) throws Exception {
    boolean shortForm = Form.isShort(args);
    int count = number(args, 0, 100);
    int warmUpSeconds = number(args, 1, 140);
    Form.print(
        measure(
            shortForm ? 10 : count,
            Duration.ofSeconds(shortForm ? 16 : warmUpSeconds),
            Duration.ofSeconds(shortForm ? 4 : 30),
            shortForm ? 1 : 3,
            Arrays.asList(args).contains("ts") ? "ts" : "cmaf"));
  }

  private static int number(String[] args, int at, int otherwise) {
    return args.length > at && args[at].matches("\\d+") ? Integer.parseInt(args[at]) : otherwise;
  }

  /** One server's figures for one span of time. */
  private record Run(double cpuMillisPerStream, double megabytes, int late, int lost, int held) {}

  /** What is running under load, how far its playlists are, and what loads it. */
  private record Peer(
      Supplier<List<ProcessHandle>> processes,
      IntToDoubleFunction listedSeconds,
      ClipPublishers publishers) {}

  /**
   * Measures both at the same time, so many times without a break; says so and gives no row where
   * nginx's module is missing.
   *
   * @param count publishers of each
   * @param warmUp before anything is counted
   * @param observe how long the processor's time is counted, each time
   * @param container what Millrace writes; nginx writes MPEG-TS
   */
  public static List<Row> measure(
      int count, Duration warmUp, Duration observe, int times, String container)
      throws IOException, InterruptedException, ExecutionException {
    if (Nginx.executable().isEmpty() || Nginx.rtmpModule().isEmpty()) {
      System.err.println("SKIPPED: nginx's RTMP module is not installed (libnginx-mod-rtmp)");
      return List.of();
    }
    Path ourFolder = Form.newFolder();
    Path theirFolder = Form.newFolder();
    int port = Ports.free().rtmp();
    try (MillraceProcess server =
            MillraceProcess.start(
                ourFolder.resolve("data"),
                Ports.free(),
                Map.of(
                    "MILLRACE_PACKAGER_WINDOW",
                    WINDOW.toSeconds() + "s",
                    "MILLRACE_PACKAGER_CONTAINER",
                    container),
                List.of("serve", "--role", "origin,edge"));
        Nginx nginx = Nginx.packaging(theirFolder, port, WINDOW);
        ClipPublishers toUs = new ClipPublishers(Clips.bigBuckBunny());
        ClipPublishers toThem = new ClipPublishers(Clips.bigBuckBunny())) {
      server.awaitReady();
      nginx.awaitAnswer();
      toUs.start(count, i -> URI.create(server.rtmp("s" + i)));
      toThem.start(count, i -> URI.create("rtmp://127.0.0.1:" + port + "/live/s" + i));
      Peer us = new Peer(server::processes, i -> listedSeconds(server, "s" + i), toUs);
      Peer them =
          new Peer(
              nginx::processes,
              i -> seconds(read(theirFolder.resolve("hls/s" + i + ".m3u8"))),
              toThem);
      Thread.sleep(warmUp);
      List<Run> ours = new ArrayList<>();
      List<Run> theirs = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        observe(us, them, count, observe, ours, theirs);
      }
      return rows(count, container, warmUp, observe, ours, theirs);
    } finally {
      Form.delete(ourFolder);
      Form.delete(theirFolder);
    }
  }

  private static void observe(
      Peer us, Peer them, int count, Duration observe, List<Run> ours, List<Run> theirs)
      throws InterruptedException {
    Counted one = new Counted(us.processes.get());
    Counted other = new Counted(them.processes.get());
    Thread.sleep(observe);
    double ourCpu = one.millisPerSecond();
    double theirCpu = other.millisPerSecond();
    ours.add(run(us, ourCpu / count, count));
    theirs.add(run(them, theirCpu / count, count));
  }

  /** Processor time from now on. */
  private static final class Counted {
    private final List<ProcessHandle> processes;
    private final double before;
    private final long began = System.nanoTime();

    Counted(List<ProcessHandle> processes) {
      this.processes = processes;
      this.before = ProcessCost.cpuSeconds(processes);
    }

    double millisPerSecond() {
      double cpu = ProcessCost.cpuSeconds(processes) - before;
      return cpu * 1000 / ((System.nanoTime() - began) / 1e9);
    }
  }

  private static Run run(Peer peer, double cpuMillisPerStream, int count) {
    int late = 0;
    for (int i = 0; i < count; i++) {
      double published = peer.publishers.publishedSeconds(i);
      if (published - peer.listedSeconds.applyAsDouble(i) > LATE_SECONDS) {
        late++;
      }
    }
    return new Run(
        cpuMillisPerStream,
        ProcessCost.pssMegabytes(peer.processes.get()),
        late,
        peer.publishers.lost(),
        peer.publishers.held());
  }

  private static List<Row> rows(
      int count,
      String container,
      Duration warmUp,
      Duration observe,
      List<Run> ours,
      List<Run> theirs) {
    double[] ratios = new double[ours.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours.get(i).cpuMillisPerStream / theirs.get(i).cpuMillisPerStream;
    }
    Sample ratio = new Sample(ratios);
    String how =
        String.format(
            Locale.ROOT,
            "%d publishers of the real clip each, %s, %d s to warm up, %d s at a time; "
                + "%.2f against %.2f ms/s a stream; %s",
            count,
            container,
            warmUp.toSeconds(),
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
            theirs.getLast().lost,
            ours.getLast().held,
            theirs.getLast().held);
    int troubled = ours.stream().mapToInt(Run::late).sum() + ours.getLast().lost;
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
