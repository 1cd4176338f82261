package io.millrace.bench;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * From the first bytes of the first key frame to the first playlist with a segment to play, for a
 * stream with a key frame every two seconds.
 */
public final class PublishToPlay {
  private static final double KEY_FRAME_SECONDS = 2;
  private static final double GOAL_SECONDS = KEY_FRAME_SECONDS + 0.3;

  /** Handshake, commands and metadata are less than this, the first key frame is more. */
  private static final long KEY_FRAME_STARTED_BYTES = 6_000;

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private PublishToPlay() {}

  public static void main(String[] args) {
    Form.print(measure(Form.isShort(args) ? 1 : 7));
  }

  /** Publishes so many streams, one after the other. */
  public static List<Row> measure(int times) {
    Path folder = Form.newFolder();
    double[] seconds = new double[times];
    try (MillraceProcess server =
        MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of())) {
      Path clip = regularKeyFrames(folder);
      for (int i = 0; i < times; i++) {
        seconds[i] = once(server, clip, "measured-" + i);
      }
    } finally {
      Form.delete(folder);
    }
    Sample sample = new Sample(seconds);
    return List.of(
        Row.atMost(
            "publish to first playable playlist, key frames every 2 s",
            sample.median(),
            GOAL_SECONDS,
            "s",
            sample.spread("s")));
  }

  private static double once(MillraceProcess server, Path clip, String stream) {
    try (TcpProxy proxy = new TcpProxy(server.ports().rtmp());
        Program publisher =
            Ffmpeg.start(
                "-readrate",
                "1",
                "-readrate_initial_burst",
                "0.05",
                "-i",
                clip.toString(),
                "-c",
                "copy",
                "-f",
                "flv",
                MillraceProcess.rtmp(proxy.port(), stream, MillraceProcess.PUBLISH_KEY))) {
      Awaitility.await(stream)
          .pollInterval(Duration.ofMillis(5))
          .atMost(DEADLINE)
          .until(() -> playable(server, stream));
      long playable = System.nanoTime();
      if (!publisher.isAlive()) {
        throw new AssertionError(publisher.errorsSoFar());
      }
      return (playable - proxy.sentAtNanos(KEY_FRAME_STARTED_BYTES)) / 1e9;
    }
  }

  private static boolean playable(MillraceProcess server, String stream) {
    return FirstRendition.of(server, stream)
        .filter(rendition -> !rendition.playlist().segments().isEmpty())
        .isPresent();
  }

  /** The clip with a key frame every two seconds, as a well-set encoder sends it. */
  private static Path regularKeyFrames(Path folder) {
    Path clip = folder.resolve("regular.mp4");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-i", Clips.bigBuckBunny().toString(), "-t", "12"));
    arguments.addAll(List.of("-c:v", "libx264", "-preset", "veryfast", "-g", "48"));
    arguments.addAll(List.of("-keyint_min", "48", "-sc_threshold", "0", "-c:a", "copy"));
    arguments.add(clip.toString());
    try (Program program = Ffmpeg.start(arguments)) {
      program.await(Duration.ofMinutes(2)).orFail();
    }
    return clip;
  }
}
