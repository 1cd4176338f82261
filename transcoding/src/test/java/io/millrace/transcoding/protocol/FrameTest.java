package io.millrace.transcoding.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Seeds;
import io.millrace.testkit.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/frames.txt");

  private static byte[] write(Frame frame) {
    ByteBuffer bytes = FrameWriter.write(frame);
    byte[] result = new byte[bytes.remaining()];
    bytes.get(result);
    return result;
  }

  private static List<Frame> read(byte[] bytes) {
    List<Frame> frames = new ArrayList<>();
    new FrameReader().read(ByteBuffer.wrap(bytes), frames::add);
    return frames;
  }

  /** What is in the field speaks this: a change here is another version. */
  @Test
  void bytesAreTheGoldenOnes() throws Exception {
    String written =
        Frames.ofEveryKind().stream()
            .map(
                frame ->
                    frame.getClass().getSimpleName()
                        + " "
                        + HexFormat.of().formatHex(write(frame))
                        + "\n")
            .collect(Collectors.joining("", "version " + Frame.VERSION + "\n", ""));
    if ("write".equals(System.getProperty("millrace.golden"))) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, written);
    }
    assertThat(written).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void whatIsWrittenIsReadInPiecesOfAnySize() {
    Seeds.forEach(
        200,
        random -> {
          FrameReader reader = new FrameReader();
          List<Frame> wanted = new ArrayList<>();
          List<Frame> found = new ArrayList<>();
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          for (int i = 0; i < 6; i++) {
            Frame frame = Frames.any(random);
            wanted.add(frame);
            all.writeBytes(write(frame));
          }
          byte[] bytes = all.toByteArray();
          int most = random.nextInt(10) == 0 ? 3 : 70_000;
          for (int at = 0; at < bytes.length; ) {
            int length = Math.min(1 + random.nextInt(most), bytes.length - at);
            reader.read(ByteBuffer.wrap(bytes, at, length), found::add);
            at += length;
          }
          assertThat(found).isEqualTo(wanted);
        });
  }

  @Test
  void aFrameKeepsItsBytesWhenTheReaderGoesOn() {
    FrameReader reader = new FrameReader();
    List<Frame> found = new ArrayList<>();
    for (String payload : List.of("010101", "020202")) {
      var sample = new WireSample(1, 0, 0, true, Frames.bytes(payload));
      reader.read(FrameWriter.write(new Frame.SourceSample(sample, false)), found::add);
    }
    assertThat(((Frame.SourceSample) found.getFirst()).sample().payload())
        .isEqualTo(Frames.bytes("010101"));
  }

  @Test
  void anAnnouncedLengthTakesNoMemory() {
    Fuzz.of(new byte[] {(byte) 0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 18})
        .allowing(ProtocolException.class)
        .allocating(64 << 10, 64)
        .run(bytes -> new FrameReader().read(ByteBuffer.wrap(bytes), _ -> {}));
  }

  @Test
  void aReaderOfAnythingThrowsOnlyItsOwn() {
    Fuzz.of(Frames.ofEveryKind().stream().map(FrameTest::write).toList())
        .allowing(ProtocolException.class)
        .run(bytes -> new FrameReader().read(ByteBuffer.wrap(bytes), _ -> {}));
  }

  /** Whatever a reader takes, a writer gives back: neither knows more than the other. */
  @Test
  void whatIsReadIsWrittenAsItWas() {
    Fuzz.of(Frames.ofEveryKind().stream().map(FrameTest::write).toList())
        .allowing(ProtocolException.class)
        .run(
            bytes -> {
              List<Frame> frames = read(bytes);
              FrameReader reader = new FrameReader();
              List<Frame> again = new ArrayList<>();
              frames.forEach(frame -> reader.read(FrameWriter.write(frame), again::add));
              assertThat(again).isEqualTo(frames);
            });
  }

  @Test
  void lengthsAreCapped() {
    byte[] tooLong = ByteBuffer.allocate(5).putInt(FrameReader.LONGEST_FRAME + 1).array();
    assertThatThrownBy(() -> read(tooLong)).isInstanceOf(ProtocolException.class);
    byte[] nothing = ByteBuffer.allocate(5).putInt(0).array();
    assertThatThrownBy(() -> read(nothing)).isInstanceOf(ProtocolException.class);
    ByteBuffer huge = ByteBuffer.allocate(WireSample.LONGEST + 1);
    assertThatThrownBy(() -> new WireSample(1, 0, 0, true, huge))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FrameWriter.write(new Frame.Refused("x".repeat(5_000))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFrameEndsWithItsLastField() {
    assertThatThrownBy(() -> read(Frames.bytes("000000021400").array()))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("END with 1 bytes too many");
  }

  @Test
  void anotherProgramIsNotTakenForATranscoder() {
    byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> read(http)).isInstanceOf(ProtocolException.class);
    byte[] hello = write(new Frame.Hello(Frame.VERSION, "", List.of()));
    hello[5] ^= 1;
    assertThatThrownBy(() -> read(hello))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("does not speak this protocol");
  }
}
