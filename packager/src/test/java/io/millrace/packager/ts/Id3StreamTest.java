package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.SectionCrc;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.Id3Tag;
import io.millrace.testkit.Ffmpeg;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Id3StreamTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int PROGRAM = 1;

  @TempDir Path folder;

  /** FFmpeg calls a stream timed_id3 by what its descriptor says. */
  @Test
  void ffmpegFindsEachTagAtItsTime() throws Exception {
    Buffer small = Id3Tag.of(new TimedMetadata.Text("score", "1 : 0")).orElseThrow();
    Buffer large =
        Id3Tag.of(new TimedMetadata.Private("com.example", Buffer.buffer(new byte[60_000])))
            .orElseThrow();
    Path file = folder.resolve("id3.ts");
    Files.write(file, transport(List.of(small, large)).getBytes());

    String seen =
        Ffmpeg.probe(
                DEADLINE,
                "-show_entries",
                "stream=codec_name,codec_type:packet=pts,size",
                "-of",
                "compact=p=0:nk=1",
                file.toString())
            .orFail()
            .text();

    assertThat(seen.lines().map(line -> line.replaceAll("\\|$", "")))
        .contains(
            13 * 90_000 + "|" + small.length(),
            18 * 90_000 + "|" + large.length(),
            "timed_id3|data");
    Path data = folder.resolve("id3.bin");
    Ffmpeg.run(
            DEADLINE,
            "-i",
            file.toString(),
            "-map",
            "0",
            "-c",
            "copy",
            "-f",
            "data",
            data.toString())
        .orFail();
    assertThat(Files.readAllBytes(data)).isEqualTo(small.copy().appendBuffer(large).getBytes());
  }

  /** Apple, Timed Metadata for HTTP Live Streaming, tables 2-1 and 2-2. */
  @Test
  void describesItselfAsId3() {
    assertThat(HexFormat.of().formatHex(Id3Stream.programDescriptors(PROGRAM).getBytes()))
        .isEqualTo("250fffff49443320ff49443320001f0001");
    assertThat(HexFormat.of().formatHex(Id3Stream.descriptors().getBytes()))
        .isEqualTo("260dffff49443320ff49443320000f");
  }

  /** The first tag at 3 s of the broadcast, each other one 5 s later. */
  private static Buffer transport(List<Buffer> tags) {
    Pid map = new Pid(0x1000);
    Pid id3 = new Pid(0x102);
    PacketWriter out = new PacketWriter(1000);
    out.section(new Pid(0), Tables.association(map));
    out.section(map, programMap(id3));
    for (int i = 0; i < tags.size(); i++) {
      Unit unit = Id3Stream.unit((3 + i * 5L) * 1_000_000_000, tags.get(i));
      out.startPes(id3, Pes.size(unit), Adaptation.NONE);
      out.put(Pes.header(Id3Stream.STREAM_ID, unit));
      unit.write(out);
    }
    return out.finish();
  }

  private static Buffer programMap(Pid id3) {
    Buffer program = Id3Stream.programDescriptors(PROGRAM);
    Buffer stream = Id3Stream.descriptors();
    Buffer section =
        Buffer.buffer()
            .appendByte((byte) 2)
            .appendUnsignedShort(0)
            .appendUnsignedShort(PROGRAM)
            .appendByte((byte) 0xC1)
            .appendUnsignedShort(0)
            .appendUnsignedShort(0xE000 | id3.id())
            .appendUnsignedShort(0xF000 | program.length())
            .appendBuffer(program)
            .appendByte((byte) Id3Stream.STREAM_TYPE)
            .appendUnsignedShort(0xE000 | id3.id())
            .appendUnsignedShort(0xF000 | stream.length())
            .appendBuffer(stream);
    section.setUnsignedShort(1, 0xB000 | (section.length() + 4 - 3));
    return section.appendInt(SectionCrc.of(section, 0, section.length()));
  }
}
