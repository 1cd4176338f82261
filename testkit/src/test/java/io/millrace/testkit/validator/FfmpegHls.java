package io.millrace.testkit.validator;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real clip as FFmpeg cuts it for HLS, a playlist and its segments. */
final class FfmpegHls {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private FfmpegHls() {}

  /**
   * Cuts the clip at key frames two seconds apart or more, listing every segment.
   *
   * @param options further ones of FFmpeg's muxer
   */
  static void cut(Path playlist, String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-i", Clips.bigBuckBunny().toString(), "-c", "copy"));
    arguments.addAll(List.of("-hls_time", "2", "-hls_list_size", "0"));
    arguments.addAll(List.of(options));
    arguments.add(playlist.toString());
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
  }
}
