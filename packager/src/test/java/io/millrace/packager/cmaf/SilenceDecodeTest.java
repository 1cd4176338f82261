package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.testkit.Ffmpeg;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** FFmpeg decodes what is written for sound that is away, to as many samples of 0. */
class SilenceDecodeTest {
  private static final int UNITS = 20;

  @TempDir private Path folder;

  static List<TrackFormat.Audio> formats() {
    List<TrackFormat.Audio> formats = new ArrayList<>();
    for (String configuration : List.of("1188", "1190", "11b0")) {
      Buffer record = Buffer.buffer(HexFormat.of().parseHex(configuration));
      formats.add(new TrackFormat.Aac(AacConfiguration.parse(record)));
    }
    formats.add(new TrackFormat.Opus(new OpusConfiguration(2, 0, 48_000, 0, 0, Buffer.buffer())));
    formats.add(flac(4_096, 4_096, 48_000, 2, 16));
    formats.add(flac(16, 65_535, 44_100, 1, 24));
    formats.add(flac(4_608, 4_608, 96_000, 6, 24));
    for (int mode = 0; mode < 8; mode++) {
      formats.add(new TrackFormat.Ac3(new Ac3Configuration(mode % 3, 8, 0, mode, mode == 7, 8)));
      formats.add(eac3(mode % 3, mode, mode > 1));
    }
    formats.add(flac(1_152, 1_152, 48_000, 8, 16));
    formats.add(flac(4_096, 4_096, 192_000, 2, 32));
    formats.add(new TrackFormat.Ac3(new Ac3Configuration(1, 6, 0, 7, true, 0)));
    formats.add(new TrackFormat.Ac3(new Ac3Configuration(0, 8, 0, 2, false, 18)));
    return formats;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void nothingIsHeard(TrackFormat.Audio format) throws IOException {
    int rate = format.sampleRate();
    Track track = new Track(new TrackId(1), format, new Timescale(rate));
    Silence silence = Silence.of(track).orElseThrow();
    Buffer file = InitSegment.of(track).bytes().copy().appendBuffer(Fragment.segmentType());
    Fragment.append(file, 1, track, silence.fill(0, UNITS * silence.ticks()));
    Path input = folder.resolve("silence.mp4");
    Path output = folder.resolve("silence.raw");
    Files.write(input, file.getBytes());

    Ffmpeg.run(
            Duration.ofSeconds(30),
            "-loglevel",
            "error",
            "-xerror",
            "-err_detect",
            "crccheck+bitstream+buffer+explode",
            "-i",
            input.toString(),
            "-f",
            "s16le",
            output.toString())
        .orFail();

    byte[] heard = Files.readAllBytes(output);
    int samples = heard.length / 2 / format.channels();
    assertThat(samples)
        .isBetween((UNITS - 1) * format.usualSamples(), UNITS * format.usualSamples());
    assertThat(heard).containsOnly(0);
    assertThat(format.samplesIn(silence.unit())).isEqualTo(format.usualSamples());
  }

  private static TrackFormat.Audio flac(int least, int most, int rate, int channels, int bits) {
    Buffer info =
        Buffer.buffer()
            .appendUnsignedShort(least)
            .appendUnsignedShort(most)
            .appendBytes(new byte[6])
            .appendLong((long) rate << 44 | (channels - 1L) << 41 | (bits - 1L) << 36)
            .appendBytes(new byte[16]);
    return new TrackFormat.Flac(FlacConfiguration.parse(info));
  }

  private static TrackFormat.Audio eac3(int rateCode, int mode, boolean lowFrequency) {
    int rate = List.of(48_000, 44_100, 32_000).get(rateCode);
    Eac3Configuration.Substream only =
        new Eac3Configuration.Substream(rateCode, 16, 0, mode, lowFrequency, 0, 0);
    return new TrackFormat.Eac3(new Eac3Configuration(192, rate, List.of(only), 0));
  }
}
