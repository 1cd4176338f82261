package io.millrace.testkit.validator;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Eight seconds of the clip in segments of one second, with what FFmpeg leaves out written in. */
final class PackagedClip {
  static final String MULTIVARIANT =
      """
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=3000000,CODECS="avc1.42c00c",RESOLUTION=320x180,FRAME-RATE=24.000
        media.m3u8
        """;

  private PackagedClip() {}

  /** Writes the files and gives the media playlist, {@code media.m3u8}. */
  static String write(Path folder) throws IOException {
    Ffmpeg.run(
            Duration.ofSeconds(60),
            "-i",
            Clips.bigBuckBunny().toString(),
            "-t",
            "8",
            "-map",
            "0:v",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-s",
            "320x180",
            "-g",
            "24",
            "-sc_threshold",
            "0",
            "-hls_time",
            "1",
            "-hls_list_size",
            "0",
            "-hls_segment_type",
            "fmp4",
            "-hls_flags",
            "program_date_time",
            folder.resolve("media.m3u8").toString())
        .orFail();
    return Files.readString(folder.resolve("media.m3u8"));
  }
}
