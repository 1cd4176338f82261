package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.validator.Rule;
import io.millrace.validator.media.Flaw;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.mp4.Mp4Reader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real segment, broken in the boxes and in the bitstream. */
class Mp4ReaderTest {
  @TempDir private static Path folder;
  private static byte[] init;
  private static byte[] segment;

  @BeforeAll
  static void encode() throws IOException {
    Encoded encoded =
        Encoded.of(folder, "fmp4", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac");
    init = encoded.init();
    segment = encoded.segments().getFirst();
  }

  @Test
  void aRealSegmentHasNoFlaws() {
    assertThat(rules(init, segment)).isEmpty();
  }

  @Test
  void f2NoticesWrongOffsetsASizeThatDoesNotSumAndAMissingBox() {
    assertThat(rules(init, changed("trun", 8, 1))).containsOnly(Rule.F2);
    assertThatThrownBy(() -> Mp4Reader.read(init, changed("mdat", -4, 1)))
        .isInstanceOf(MalformedFileException.class);
    assertThat(rules(init, renamed("mfhd"))).contains(Rule.F2);
    assertThatThrownBy(() -> Mp4Reader.read(init, renamed("tfdt")))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("no tfdt");
    assertThatThrownBy(() -> Mp4Reader.read(init, Arrays.copyOf(segment, segment.length - 1)))
        .isInstanceOf(MalformedFileException.class);
    assertThat(rules(Arrays.copyOfRange(init, sizeOfFirstBox(init), init.length), segment))
        .containsExactly(Rule.F2);
  }

  @Test
  void f2NoticesNalUnitsThatDoNotFillTheirSample() {
    int data = at(segment, "mdat") + 4;
    byte[] broken = segment.clone();
    broken[data + 3] = (byte) (broken[data + 3] + 1);
    assertThat(rules(init, broken)).contains(Rule.F2);
  }

  @Test
  void f3NoticesASyncFlagThatTheBitstreamDeniesAndAKeyFrameThatIsNotMarked() {
    byte[] slice = segment.clone();
    int data = at(segment, "mdat") + 4;
    ByteBuffer bytes = ByteBuffer.wrap(slice);
    int nal = data;
    while ((slice[nal + 4] & 0x1F) != 5) {
      nal += 4 + bytes.getInt(nal);
    }
    slice[nal + 4] = (byte) ((slice[nal + 4] & ~0x1F) | 1);
    assertThat(rules(init, slice)).containsExactly(Rule.F3);

    // The first sample's flags: of a non-sync sample.
    byte[] unmarked = segment.clone();
    int trun = at(segment, "trun") + 4;
    assertThat(ByteBuffer.wrap(unmarked).getInt(trun) & 0x4).isEqualTo(4);
    ByteBuffer.wrap(unmarked).putInt(trun + 12, 0x01010000);
    assertThat(rules(init, unmarked)).containsExactly(Rule.F3);
  }

  private static byte[] changed(String box, int offset, int by) {
    byte[] copy = segment.clone();
    int at = at(segment, box) + 4 + offset;
    ByteBuffer bytes = ByteBuffer.wrap(copy);
    if (offset < 0) {
      at = at(segment, box) + offset;
    }
    bytes.putInt(at, bytes.getInt(at) + by);
    return copy;
  }

  private static byte[] renamed(String box) {
    byte[] copy = segment.clone();
    copy[at(segment, box)] = 'x';
    return copy;
  }

  private static int sizeOfFirstBox(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt(0);
  }

  /** The offset of a box's type. */
  private static int at(byte[] bytes, String box) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(box);
  }

  private static List<Rule> rules(byte[] header, byte[] body) {
    return Mp4Reader.read(header, body).flaws().stream().map(Flaw::rule).toList();
  }
}
