package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.media.Access;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every codec that the parsers know, as FFmpeg's encoders write it (M2, F2, F3, F8, F9). */
class MediaFormatsTest {
  @TempDir private Path folder;

  @Test
  void h264AndAacInFragmentsAndInMpegTs() throws IOException {
    String[] codecs = {"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"};
    expect("fmp4", codecs, "avc1.42c00a", "mp4a.40.2");
    expect("mpegts", codecs, "avc1.42c00a", "mp4a.40.2");
  }

  @Test
  void hevcAndAc3InFragmentsAndInMpegTs() throws IOException {
    String[] codecs = {
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "log-level=none:open-gop=0",
      "-tag:v",
      "hvc1",
      "-c:a",
      "ac3"
    };
    expect("fmp4", codecs, "hvc1.1.6.L30.90", "ac-3");
    String[] forTs = {
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "log-level=none:open-gop=0",
      "-c:a",
      "ac3"
    };
    expect("mpegts", forTs, "hvc1.1.6.L30.90", "ac-3");
  }

  @Test
  void vp9AndOpusInFragments() throws IOException {
    expect(
        "fmp4",
        new String[] {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"},
        "vp09.00.10.08",
        "Opus");
  }

  @Test
  void av1AndFlacInFragments() throws IOException {
    expect(
        "fmp4",
        new String[] {"-c:v", "libsvtav1", "-preset", "12", "-c:a", "flac"},
        "av01.0.00M.08",
        "fLaC");
  }

  @Test
  void eac3InFragmentsAndInMpegTs() throws IOException {
    String[] codecs = {"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "eac3"};
    expect("fmp4", codecs, "avc1.42c00a", "ec-3");
    expect("mpegts", codecs, "avc1.42c00a", "ec-3");
  }

  private void expect(String container, String[] codecs, String video, String audio)
      throws IOException {
    Encoded encoded = Encoded.of(folder, container, codecs);
    assertThat(encoded.segments()).hasSize(2);
    TsReader ts = new TsReader();
    boolean first = true;
    for (byte[] segment : encoded.segments()) {
      SegmentMedia media =
          container.equals("mpegts")
              ? ts.read(segment, !first)
              : Mp4Reader.read(encoded.init(), segment);
      first = false;
      assertThat(media.flaws()).as(container).isEmpty();
      List<TrackFormat> formats = media.tracks().stream().map(TrackMedia::format).toList();
      assertThat(formats).extracting(TrackFormat::codec).containsExactly(video, audio);
      assertThat(formats.getFirst().width()).isEqualTo(128);
      assertThat(formats.getFirst().height()).isEqualTo(72);
      assertThat(formats.getLast().sampleRate()).isEqualTo(48_000);
      assertThat(formats.getLast().channels()).isEqualTo(1);
      TrackMedia pictures = media.tracks().getFirst();
      assertThat(pictures.seconds()).isBetween(0.95, 1.05);
      assertThat(pictures.samples().getFirst().access()).isNotEqualTo(Access.NONE);
      assertThat(pictures.samples().subList(1, pictures.samples().size()))
          .allMatch(sample -> sample.access() == Access.NONE);
    }
  }
}
