package io.millrace.packager.ts;

import static io.millrace.packager.ts.TransportSamples.AUDIO;
import static io.millrace.packager.ts.TransportSamples.SOUND;
import static io.millrace.packager.ts.TransportSamples.VIDEO;
import static io.millrace.packager.ts.TransportSamples.frame;
import static io.millrace.packager.ts.TransportSamples.frames;
import static io.millrace.packager.ts.TransportSamples.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** HLS F1: silence where the sound beside pictures is away; frames of 1024 samples at 48 kHz. */
class SoundFillerTest {
  /** Of a frame on 90 kHz. */
  private static final long STEP = 1_920;

  /** Of the first frame, since times in files are ten seconds later. */
  private static final long ORIGIN = 900_000;

  private final List<CutSegment> cut = new ArrayList<>();
  private final TransportFormat format = new TransportFormat(true, Set.of(), cut::add);
  private final TransportReader reader = new TransportReader();
  private final TrackWriter pictures = format.open("video", VIDEO);
  private final TrackWriter sound = format.open("audio", AUDIO);

  @Test
  void soundThatStopsGoesOnInWholeFramesWhileThePicturesDo() {
    frames(sound, 0, 20);
    segment(0, false);
    segment(1, false);
    segment(2, false);

    // 46 whole frames end before the first second does, 93 before the next, 140 before the third.
    assertThat(starts(0)).hasSize(46).isEqualTo(grid(0, 46));
    assertThat(starts(1)).isEqualTo(grid(46, 93));
    assertThat(starts(2)).isEqualTo(grid(93, 140));
    assertThat(format.dropped()).isZero();
  }

  @Test
  void soundThatComesAgainKeepsItsTimesAndLessThanAFrameIsMissingBeforeIt() {
    frames(sound, 0, 20);
    segment(0, false);
    sound.add(frame(72_077), 1024);
    sound.add(frame(73_101), 1024);
    segment(1, false);

    List<Long> starts = new ArrayList<>(grid(46, 70));
    starts.add(ORIGIN + 72_077L * 90_000 / 48_000);
    starts.add(ORIGIN + 72_077L * 90_000 / 48_000 + STEP);
    starts(0);
    // Behind these the rest of the second is silence, on their grid.
    assertThat(starts(1)).startsWith(starts.toArray(Long[]::new)).hasSize(24 + 2 + 21);
    assertThat(format.dropped()).isZero();
  }

  @Test
  void aPauseThatEndsJustBehindACutLeavesNoHole() {
    frames(sound, 0, 20);
    segment(0, false);
    frames(sound, 50, 43);
    segment(1, false);

    assertThat(starts(0)).isEqualTo(grid(0, 46));
    assertThat(starts(1)).isEqualTo(grid(46, 93));
  }

  @Test
  void soundThatComesWhenItsTimeIsListedIsDroppedAndCounted() {
    frames(sound, 0, 20);
    segment(0, false);
    frames(sound, 40, 53);
    segment(1, false);

    assertThat(starts(0)).isEqualTo(grid(0, 46));
    assertThat(starts(1)).isEqualTo(grid(46, 93));
    assertThat(format.dropped()).isEqualTo(6);
  }

  @Test
  void soundThatIsLateByLessThanAPauseHasNoSilence() {
    frames(sound, 0, 36);
    segment(0, false);
    frames(sound, 36, 57);
    segment(1, false);

    assertThat(starts(0)).isEqualTo(grid(0, 36));
    assertThat(starts(1)).isEqualTo(grid(36, 93));
    assertThat(format.dropped()).isZero();
  }

  @Test
  void beforeThereHasBeenSoundNothingIsWritten() {
    segment(0, false);
    frames(sound, 70, 23);
    segment(1, false);

    assertThat(starts(0)).isEmpty();
    assertThat(starts(1)).isEqualTo(grid(70, 93));
  }

  /** HLS D1: the time of the timeline before is another one's. */
  @Test
  void aNewTimelineWithoutSoundIsSilenceFromItsStart() {
    frames(sound, 0, 46);
    segment(0, false);
    segment(9, true);

    assertThat(starts(0)).isEqualTo(grid(0, 46));
    assertThat(starts(1)).hasSize(46).first().isEqualTo(ORIGIN + 9 * 90_000);
  }

  /** HLS F1, B9: where both are away there is a gap. */
  @Test
  void withoutPicturesThereIsNoSilence() {
    frames(sound, 0, 46);
    segment(0, false);
    gap(1);
    segment(2, false);

    starts(0);
    assertThat(cut.get(1).gap()).isTrue();
    reader.skip();
    assertThat(starts(2)).first().isEqualTo(grid(94, 95).getFirst());
  }

  @Test
  void soundBesideAGapOfThePicturesIsNotSilenced() {
    frames(sound, 0, 46);
    segment(0, false);
    frames(sound, 46, 5);
    gap(1);
    frames(sound, 94, 46);
    segment(2, false);

    starts(0);
    assertThat(starts(1)).isEqualTo(grid(46, 51));
    assertThat(starts(2)).isEqualTo(grid(94, 140));
    assertThat(format.dropped()).isZero();
  }

  @Test
  void silenceOfAc3IsAsLongAsItsFrames() {
    Track track =
        new Track(
            new TrackId(2),
            new TrackFormat.Ac3(new Ac3Configuration(0, 8, 0, 2, false, 8)),
            new Timescale(48_000));
    Buffer silence = ((TrackFormat.Audio) track.format()).silence().orElseThrow();
    TrackWriter ac3 = format.open("audio", track);
    ac3.add(new Sample(track.id(), 0, 0, true, silence), 1536);
    segment(0, false);

    Buffer heard = Buffer.buffer();
    reader.read(cut.getFirst().bytes()).of(SOUND).forEach(pes -> heard.appendBuffer(pes.data()));
    // 31 frames of 32 ms.
    assertThat(heard.length()).isEqualTo(31 * silence.length());
  }

  /** A second of pictures, and whatever sound has been put before. */
  private void segment(int start, boolean discontinuity) {
    second(pictures, start);
    gap(start, discontinuity);
  }

  private void gap(int start) {
    gap(start, false);
  }

  private void gap(int start, boolean discontinuity) {
    long nanos = start * 1_000_000_000L;
    pictures.cut(new Cut(cut.size(), start * 90_000L, 90_000, nanos, discontinuity));
    sound.cut(new Cut(cut.size(), start * 48_000L, 48_000, nanos, discontinuity));
  }

  /** When each frame of sound in a segment starts, in 90 kHz. */
  private List<Long> starts(int segment) {
    List<Long> starts = new ArrayList<>();
    for (TransportReader.Pes packet : reader.read(cut.get(segment).bytes()).of(SOUND)) {
      int count = TransportReader.adtsFrames(packet.data()).size();
      for (int i = 0; i < count; i++) {
        starts.add(packet.pts() + i * STEP);
      }
    }
    return starts;
  }

  private static List<Long> grid(int from, int until) {
    List<Long> starts = new ArrayList<>();
    for (int i = from; i < until; i++) {
      starts.add(ORIGIN + i * STEP);
    }
    return starts;
  }
}
