package io.millrace.packager.ts;

import static io.millrace.packager.ts.TransportSamples.AUDIO;
import static io.millrace.packager.ts.TransportSamples.SOUND;
import static io.millrace.packager.ts.TransportSamples.VIDEO;
import static io.millrace.packager.ts.TransportSamples.cutAt;
import static io.millrace.packager.ts.TransportSamples.frame;
import static io.millrace.packager.ts.TransportSamples.frames;
import static io.millrace.packager.ts.TransportSamples.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Frames of sound in PES packets. */
class SoundTest {
  private final List<CutSegment> cut = new ArrayList<>();
  private final TransportFormat format = new TransportFormat(Set.of(), cut::add);
  private final TransportReader reader = new TransportReader();

  /** HLS F7: the programme clock is half a second behind decoding. */
  @Test
  void soundThatComesWhenTheClockIsPastItIsDroppedAndCounted() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    frames(sound, 0, 94);
    sound.cut(new Cut(1, 48_000, 48_000, 0, false));

    reader.read(cut.get(0).bytes());
    TransportReader.Segment read = reader.read(cut.get(1).bytes());
    assertThat(format.dropped()).isEqualTo(33);
    assertThat(read.of(SOUND).getFirst().pts()).isEqualTo(900_000 + 33 * 1920);
  }

  @Test
  void soundAloneHasTheClock() {
    TrackWriter sound = format.open("audio", AUDIO);
    for (int i = 0; i < 3; i++) {
      frames(sound, i * 94, 94);
      sound.cut(new Cut(i, i * 96_256L, 96_256, 0, false));
    }

    for (CutSegment segment : cut) {
      assertThat(segment.rendition()).isEqualTo("audio");
      assertThat(segment.independent()).isTrue();
      TransportReader.Segment read = reader.read(segment.bytes());
      assertThat(read.clockPid()).isEqualTo(SOUND);
      assertThat(read.packets().getFirst().randomAccess()).isTrue();
      // A PES packet holds at most 70 ms.
      assertThat(read.packets()).hasSizeBetween(32, 34);
    }
  }

  @Test
  void soundThatCannotBeCarriedIsCounted() {
    TrackWriter sound = format.open("audio", AUDIO);
    sound.add(frame(0), 1024);
    sound.add(new Sample(RandomBroadcast.AUDIO, 1024, 0, true, Buffer.buffer()), 1024);
    // The length in an ADTS header has 13 bits.
    sound.add(
        new Sample(RandomBroadcast.AUDIO, 2048, 0, true, Buffer.buffer(new byte[8185])), 1024);
    sound.add(frame(3072), 1024);
    sound.cut(cutAt(0, 4096));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).packets();
    assertThat(packets).hasSize(2);
    assertThat(cut.getFirst().frames()).isEqualTo(2);
    assertThat(format.dropped()).isEqualTo(2);
  }

  @Test
  void framesOfSoundThatDoNotFollowEachOtherHaveTimesOfTheirOwn() {
    TrackWriter sound = format.open("audio", AUDIO);
    sound.add(frame(0), 1024);
    sound.add(frame(1024), 1024);
    sound.add(frame(2148), 1024);
    sound.cut(cutAt(0, 4096));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).packets();
    assertThat(packets).hasSize(2);
    assertThat(packets.get(1).pts()).isEqualTo(900_000 + 2148 * 90_000 / 48_000);
    assertThat(TransportReader.adtsFrames(packets.get(0).data())).hasSize(2);
  }

  /**
   * HLS F7: in a PES packet only the first frame has a timestamp, and it may be off by a little.
   */
  @Test
  void aPesPacketStartsBehindTheLastFrameOfTheOneBefore() {
    TrackWriter sound = format.open("audio", AUDIO);
    sound.add(frame(0), 1004);
    sound.add(frame(1004), 6);
    sound.add(frame(1010), 1024);
    sound.add(frame(4096), 1024);
    sound.cut(cutAt(0, 5120));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).packets();
    assertThat(packets)
        .extracting(TransportReader.Pes::pts)
        .containsExactly(900_000L, 900_000L + 1921, 900_000L + 4096 * 90_000 / 48_000);
    assertThat(TransportReader.adtsFrames(packets.getFirst().data())).hasSize(2);
  }
}
