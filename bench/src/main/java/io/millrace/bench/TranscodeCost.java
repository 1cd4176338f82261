package io.millrace.bench;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * What the transcoder takes for a ladder of three rungs under a live stream of 1080 lines, against
 * FFmpeg's command line that makes the same of the same stream at the same pace: the same library,
 * the same options of x264. In turns, since both need most of a core.
 */
public final class TranscodeCost {
  private static final double GOAL = 1.05;
  private static final String STREAM = "transcoded";
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /** As {@code EncoderKind} of the transcoder tells x264. */
  private static final String X264 =
      "keyint=infinite:scenecut=0:open-gop=0:sliced-threads=0:threads=1:sync-lookahead=0:bframes=2:"
          + "rc-lookahead=5";

  private record Rung(int width, int height, int bitRate) {}

  private static final List<Rung> LADDER =
      List.of(
          new Rung(1280, 720, 2_800_000),
          new Rung(854, 480, 1_400_000),
          new Rung(640, 360, 800_000));

  private TranscodeCost() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Form.print(
        Form.isShort(args)
            ? measure(Duration.ofSeconds(4), Duration.ofSeconds(6), 1)
            : measure(Duration.ofSeconds(15), Duration.ofSeconds(60), 3));
  }

  /**
   * Measures both in turns.
   *
   * @param warmUp before anything is counted, each time
   * @param observe how long the processor's time is counted, each time
   */
  public static List<Row> measure(Duration warmUp, Duration observe, int times)
      throws IOException, InterruptedException {
    Path folder = Form.newFolder();
    try (MillraceProcess server =
        MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of())) {
      Path clip = clip(folder);
      Streams.create(server, STREAM, "copy", "720p", "480p", "360p");
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      double[] ratios = new double[times];
      double megabytes = 0;
      for (int i = 0; i < times; i++) {
        FfmpegPublisher publisher = FfmpegPublisher.looping(clip, server.rtmp(STREAM));
        try (publisher) {
          Awaitility.await("the ladder")
              .atMost(DEADLINE)
              .until(() -> Streams.variants(server, STREAM) == 1 + LADDER.size());
          List<ProcessHandle> transcoders = server.transcoders();
          ours.add(cores(transcoders, warmUp, observe));
          megabytes = ProcessCost.pssMegabytes(transcoders);
        }
        try (Program ffmpeg = Ffmpeg.start(command(clip))) {
          List<ProcessHandle> process = ProcessHandle.of(ffmpeg.pid()).stream().toList();
          theirs.add(cores(process, warmUp, observe));
        }
        ratios[i] = ours.get(i) / theirs.get(i);
      }
      Sample ratio = new Sample(ratios);
      return List.of(
          Row.atMost(
              "transcoding, processor of a 720p/480p/360p ladder against the ffmpeg command line",
              ratio.median(),
              GOAL,
              "×",
              String.format(
                  Locale.ROOT,
                  "1920x1080 at 24 a second, live, %d s at a time, in turns: %.3f against %.3f of a"
                      + " core; %s; one child takes %.0f MB",
                  observe.toSeconds(),
                  median(ours),
                  median(theirs),
                  ratio.spread("×"),
                  megabytes)));
    } finally {
      Form.delete(folder);
    }
  }

  private static double median(List<Double> values) {
    return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
  }

  /** Of a core, while they do their work. */
  private static double cores(List<ProcessHandle> processes, Duration warmUp, Duration observe)
      throws InterruptedException {
    Thread.sleep(warmUp);
    double before = ProcessCost.cpuSeconds(processes);
    long began = System.nanoTime();
    Thread.sleep(observe);
    double seconds = (System.nanoTime() - began) / 1e9;
    double taken = ProcessCost.cpuSeconds(processes) - before;
    if (taken <= 0) {
      throw new IllegalStateException("nothing was transcoded");
    }
    return taken / seconds;
  }

  /** The real clip, larger, with a key frame every two seconds, in a container for RTMP. */
  private static Path clip(Path folder) {
    Path clip = folder.resolve("clip.flv");
    Ffmpeg.run(
            DEADLINE,
            "-i",
            Clips.bigBuckBunny().toString(),
            "-vf",
            "scale=1920:1080",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-g",
            "48",
            "-keyint_min",
            "48",
            "-sc_threshold",
            "0",
            "-c:a",
            "aac",
            "-ac",
            "2",
            clip.toString())
        .orFail();
    return clip;
  }

  private static List<String> command(Path clip) {
    List<String> command = new ArrayList<>(List.of("-re", "-stream_loop", "-1", "-threads", "1"));
    command.addAll(List.of("-filter_complex_threads", "1", "-i", clip.toString()));
    StringBuilder filters = new StringBuilder("[0:v]split=" + LADDER.size());
    for (int i = 0; i < LADDER.size(); i++) {
      filters.append("[s").append(i).append(']');
    }
    for (int i = 0; i < LADDER.size(); i++) {
      Rung rung = LADDER.get(i);
      filters.append(
          String.format(
              Locale.ROOT, ";[s%d]scale=%d:%d:flags=bicubic[o%d]", i, rung.width, rung.height, i));
    }
    command.addAll(List.of("-filter_complex", filters.toString()));
    for (int i = 0; i < LADDER.size(); i++) {
      String rate = Integer.toString(LADDER.get(i).bitRate);
      command.addAll(List.of("-map", "[o" + i + "]", "-c:v", "libx264", "-preset", "veryfast"));
      command.addAll(List.of("-crf", "23", "-maxrate", rate, "-bufsize", rate));
      command.addAll(List.of("-x264-params", X264, "-forced-idr", "1"));
      command.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*2)"));
      command.addAll(List.of("-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "-y"));
      command.add("/dev/null");
    }
    return command;
  }
}
