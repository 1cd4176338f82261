package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Seeds;
import io.millrace.validator.Rule;
import io.millrace.validator.media.Access;
import io.millrace.validator.media.Flaw;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.ts.TsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MPEG-TS that FFmpeg made of the real clip, whole and broken. */
class TsReaderTest {
  private static final int PACKET = 188;

  @TempDir private static Path folder;
  private static byte[] first;
  private static byte[] second;

  @BeforeAll
  static void cutTheClip() throws IOException {
    FfmpegHls.cut(folder.resolve("media.m3u8"));
    first = Files.readAllBytes(folder.resolve("media0.ts"));
    second = Files.readAllBytes(folder.resolve("media1.ts"));
  }

  @Test
  void readsEverySampleOfARealSegmentAndItsFormats() {
    TsReader reader = new TsReader();
    SegmentMedia media = reader.read(first, false);

    assertThat(media.flaws()).isEmpty();
    assertThat(media.tracks())
        .extracting(TrackMedia::format)
        .containsExactly(
            TrackFormat.video("avc1.64001e", 854, 480), TrackFormat.audio("mp4a.40.2", 48_000, 6));
    assertThat(media.tracks().getFirst().samples().getFirst().access()).isEqualTo(Access.KEY);
    SegmentMedia next = reader.read(second, true);
    assertThat(next.flaws()).isEmpty();
    assertThat(next.tracks().getFirst().startSeconds() - media.tracks().getFirst().endSeconds())
        .isBetween(-0.001, 0.001);
  }

  @Test
  void f4NoticesMissingSyncABadTableAndAPacketThatIsCut() {
    assertThat(rules(changed(first, 10 * PACKET, 0x48))).contains(Rule.F4);
    assertThat(rules(changed(first, crcOfPmt(first), 0))).contains(Rule.F4);
    assertThat(rules(Arrays.copyOf(first, first.length - 1))).contains(Rule.F4);
    assertThatThrownBy(() -> new TsReader().read(new byte[500], false))
        .isInstanceOf(MalformedFileException.class);
  }

  @Test
  void f5NoticesALostPacketWithinAndBetweenSegments() {
    byte[] lost = new byte[first.length - PACKET];
    System.arraycopy(first, 0, lost, 0, 20 * PACKET);
    System.arraycopy(first, 21 * PACKET, lost, 20 * PACKET, lost.length - 20 * PACKET);
    assertThat(rules(lost)).contains(Rule.F5);

    TsReader reader = new TsReader();
    assertThat(reader.read(second, false).flaws()).isEmpty();
    assertThat(reader.read(first, true).flaws()).extracting(Flaw::rule).contains(Rule.F5);
    assertThat(reader.read(second, false).flaws()).isEmpty();
  }

  @Test
  void f6NoticesAPcrThatIsMissingOrGoesBack() {
    byte[] none = first.clone();
    byte[] back = first.clone();
    int pcrs = 0;
    for (int at = 0; at < first.length; at += PACKET) {
      if ((first[at + 3] & 0x20) != 0
          && (first[at + 4] & 0xFF) > 6
          && (first[at + 5] & 0x10) != 0) {
        none[at + 5] = (byte) (none[at + 5] & ~0x10);
        if (++pcrs == 5) {
          Arrays.fill(back, at + 6, at + 11, (byte) 0);
        }
      }
    }
    assertThat(pcrs).isGreaterThan(10);
    assertThat(rules(none)).containsOnly(Rule.F6);
    assertThat(rules(back)).contains(Rule.F6);
  }

  @Test
  void f7NoticesDecodeTimesThatGoBackAndWrongMarkerBits() {
    byte[] early = pictures(3, (bytes, at) -> Arrays.fill(bytes, at + 15, at + 19, (byte) 1));
    assertThat(rules(early)).contains(Rule.F7);
    byte[] marker = pictures(3, (bytes, at) -> bytes[at + 9] = (byte) (bytes[at + 9] & ~1));
    assertThat(rules(marker)).containsExactly(Rule.F7);
  }

  @Test
  void f8NoticesAPictureWithoutADelimiterAndAKeyFrameWithoutParameterSets() {
    byte[] undelimited =
        pictures(2, (bytes, at) -> bytes[at + 9 + (bytes[at + 8] & 0xFF) + 4] = 12);
    assertThat(rules(undelimited)).containsExactly(Rule.F8);
    byte[] bare = first.clone();
    for (int i = 0; i + 3 < bare.length; i++) {
      if (bare[i] == 0 && bare[i + 1] == 0 && bare[i + 2] == 1 && bare[i + 3] == 0x67) {
        bare[i + 3] = 0x6C;
      }
    }
    assertThat(rules(bare)).contains(Rule.F8);
  }

  @Test
  void f9NoticesSoundThatIsNotFramed() {
    byte[] broken = first.clone();
    for (int at = 0; at < broken.length; at += PACKET) {
      int pid = (broken[at + 1] & 0x1F) << 8 | (broken[at + 2] & 0xFF);
      if (pid == 0x101 && (broken[at + 1] & 0x40) != 0) {
        int payload = at + 4 + ((broken[at + 3] & 0x20) != 0 ? 1 + (broken[at + 4] & 0xFF) : 0);
        broken[payload + 9 + (broken[payload + 8] & 0xFF)] = 0;
        break;
      }
    }
    assertThat(rules(broken)).contains(Rule.F9);
  }

  @Test
  void d8TimestampsThatWrapGoOn() throws IOException {
    // 2^33 ticks are 95443.7 s.
    FfmpegHls.cut(folder.resolve("wrap.m3u8"), "-t", "12", "-output_ts_offset", "95440");
    TsReader reader = new TsReader();
    double end = -1;
    for (int i = 0; Files.exists(folder.resolve("wrap" + i + ".ts")); i++) {
      byte[] bytes = Files.readAllBytes(folder.resolve("wrap" + i + ".ts"));
      SegmentMedia media = reader.read(bytes, i > 0);
      assertThat(media.flaws()).isEmpty();
      TrackMedia track = media.tracks().getFirst();
      if (i > 0) {
        assertThat(track.startSeconds() - end).isBetween(-0.001, 0.001);
      }
      end = track.endSeconds();
    }
    assertThat(end).as("beyond the wrap").isGreaterThan((1L << 33) / 90_000.0);
  }

  @Test
  void nothingButItsOwnExceptionComesFromDamagedBytes() {
    byte[] start = Arrays.copyOf(first, 400 * PACKET);
    Seeds.forEach(
        150,
        random -> {
          byte[] damaged = start.clone();
          for (int i = 0; i < 40; i++) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
          }
          try {
            assertThat(new TsReader().read(damaged, false).flaws()).isNotNull();
          } catch (MalformedFileException expected) {
            assertThat(expected).hasMessageStartingWith("at ");
          }
        });
  }

  private interface Change {
    void apply(byte[] bytes, int pes);
  }

  /**
   * Changes the PES packet of one picture with PTS and DTS; {@code pes} is the offset of its start
   * code.
   */
  private static byte[] pictures(int number, Change change) {
    byte[] copy = first.clone();
    int seen = 0;
    for (int at = 0; at < copy.length; at += PACKET) {
      int pid = (copy[at + 1] & 0x1F) << 8 | (copy[at + 2] & 0xFF);
      int payload = at + 4 + ((copy[at + 3] & 0x20) != 0 ? 1 + (copy[at + 4] & 0xFF) : 0);
      if (pid == 0x100
          && (copy[at + 1] & 0x40) != 0
          && (copy[payload + 7] & 0xC0) == 0xC0
          && seen++ == number) {
        change.apply(copy, payload);
        return copy;
      }
    }
    throw new AssertionError("no picture " + number);
  }

  /**
   * The offset of the last byte of the first PMT, which is the third packet of FFmpeg's segments.
   */
  private static int crcOfPmt(byte[] bytes) {
    for (int at = 0; at < bytes.length; at += PACKET) {
      int pid = (bytes[at + 1] & 0x1F) << 8 | (bytes[at + 2] & 0xFF);
      if (pid == 0x1000) {
        int section = at + 5;
        return section + 2 + ((bytes[section + 1] & 0xF) << 8 | (bytes[section + 2] & 0xFF));
      }
    }
    throw new AssertionError("no PMT");
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    copy[at] = (byte) value;
    return copy;
  }

  private static List<Rule> rules(byte[] bytes) {
    return new TsReader().read(bytes, false).flaws().stream().map(Flaw::rule).toList();
  }
}
