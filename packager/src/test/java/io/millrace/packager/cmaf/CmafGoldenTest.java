package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.Golden;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TimedSample;
import io.millrace.validator.mp4.Mp4Boxes;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CmafGoldenTest {
  private static final int LINE = 32;

  @Test
  void writesTheHeaderOfAPicture() throws Exception {
    InitSegment header = InitSegment.of(RandomBroadcast.video(Timescale.VIDEO));

    assertThat(header.name()).matches("init-[0-9a-f]{16}\\.mp4");
    Golden.check("init-video.txt", dump(header.bytes()));
  }

  @Test
  void writesTheHeaderOfSound() throws Exception {
    InitSegment header = InitSegment.of(RandomBroadcast.audio(new Timescale(44_100), 44_100));

    Golden.check("init-audio.txt", dump(header.bytes()));
  }

  @Test
  void writesAChunkWithReorderedPictures() throws Exception {
    Buffer chunk =
        Buffer.buffer()
            .appendBuffer(Fragment.segmentType())
            .appendBuffer(
                Fragment.write(
                    7,
                    Timescale.VIDEO,
                    List.of(
                        picture(3600, 7200, true, "key"),
                        picture(7200, 10_800, false, "P"),
                        picture(10_800, -3600, false, "B"))));

    Golden.check("chunk.txt", dump(chunk));
  }

  @Test
  void namesEqualTracksEqually() {
    assertThat(InitSegment.of(RandomBroadcast.video(Timescale.VIDEO)).name())
        .isEqualTo(InitSegment.of(RandomBroadcast.video(Timescale.VIDEO)).name())
        .isNotEqualTo(InitSegment.of(RandomBroadcast.video(Timescale.MILLIS)).name());
  }

  private static TimedSample picture(long dts, int offset, boolean sync, String payload) {
    return new TimedSample(
        new Sample(RandomBroadcast.VIDEO, dts, offset, sync, Buffer.buffer(payload)), 3600);
  }

  private static String dump(Buffer bytes) {
    StringBuilder out = new StringBuilder();
    Mp4Boxes.read(bytes.getBytes()).boxes().forEach(box -> dump(box, "", out));
    return out.toString();
  }

  private static void dump(Mp4Boxes.Box box, String indent, StringBuilder out) {
    out.append(indent).append(box.type()).append(' ').append(box.size()).append('\n');
    box.children().forEach(child -> dump(child, indent + "  ", out));
    if (box.children().isEmpty()) {
      byte[] payload = new byte[box.payload().capacity()];
      box.reader().get(payload);
      for (int i = 0; i < payload.length; i += LINE) {
        out.append(indent)
            .append("  ")
            .append(HexFormat.of().formatHex(payload, i, Math.min(payload.length, i + LINE)))
            .append('\n');
      }
    }
  }
}
