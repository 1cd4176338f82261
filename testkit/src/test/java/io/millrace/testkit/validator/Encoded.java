package io.millrace.testkit.validator;

import io.millrace.testkit.Ffmpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small segments that FFmpeg encodes from its test sources. */
@SuppressWarnings("ArrayRecordComponent")
record Encoded(byte[] init, List<byte[]> segments) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Two seconds of a picture of 128x72 in groups of one second, and of a tone. */
  static Encoded of(Path folder, String container, String... codecs) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=2"));
    command.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:d=2"));
    command.addAll(List.of("-g", "25", "-strict", "-2"));
    command.addAll(List.of(codecs));
    command.addAll(List.of("-hls_time", "1", "-hls_list_size", "0"));
    command.addAll(List.of("-hls_segment_type", container));
    command.add(folder.resolve("media.m3u8").toString());
    Ffmpeg.run(DEADLINE, command.toArray(String[]::new)).orFail();
    boolean ts = container.equals("mpegts");
    List<byte[]> segments = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path file = folder.resolve("media" + i + (ts ? ".ts" : ".m4s"));
      if (!Files.exists(file)) {
        break;
      }
      segments.add(Files.readAllBytes(file));
    }
    return new Encoded(ts ? new byte[0] : Files.readAllBytes(folder.resolve("init.mp4")), segments);
  }
}
