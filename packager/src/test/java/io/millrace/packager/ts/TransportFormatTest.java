package io.millrace.packager.ts;

import static io.millrace.packager.ts.TransportSamples.AUDIO;
import static io.millrace.packager.ts.TransportSamples.PICTURES;
import static io.millrace.packager.ts.TransportSamples.SOUND;
import static io.millrace.packager.ts.TransportSamples.VIDEO;
import static io.millrace.packager.ts.TransportSamples.cutAt;
import static io.millrace.packager.ts.TransportSamples.frames;
import static io.millrace.packager.ts.TransportSamples.picture;
import static io.millrace.packager.ts.TransportSamples.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.TrackWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is in which segment of which rendition, and the tables and the clock around it. */
class TransportFormatTest {
  private final List<CutSegment> cut = new ArrayList<>();
  private final TransportFormat format = new TransportFormat(Set.of(), cut::add);
  private final TransportReader reader = new TransportReader();

  @Test
  void putsThePictureAndItsSoundIntoOneRendition() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    assertThat(cut).isEmpty();
    frames(sound, 0, 47);
    sound.cut(cutAt(0, 48_000));

    CutSegment segment = cut.getFirst();
    assertThat(segment.rendition()).isEqualTo("video");
    assertThat(segment.header()).isEmpty();
    assertThat(segment.independent()).isTrue();
    assertThat(segment.frames()).isEqualTo(25);
    assertThat(segment.parts()).isEmpty();
    assertThat(segment.keyFrame()).isPresent();
    TransportReader.Segment read = reader.read(segment.bytes());
    assertThat(read.clockPid()).isEqualTo(PICTURES);
    assertThat(read.streams().get(PICTURES)).isEqualTo(0x1B);
    assertThat(read.streams().get(SOUND)).isEqualTo(0x0F);
    assertThat(read.of(PICTURES)).hasSize(25);
    TransportReader.Pes first = read.packets().getFirst();
    assertThat(first.pid()).as("the key frame comes first").isEqualTo(PICTURES);
    assertThat(first.randomAccess()).isTrue();
    assertThat(read.of(PICTURES).stream().skip(1)).noneMatch(TransportReader.Pes::randomAccess);
    assertThat(first.dts()).isEqualTo(900_000);
    assertThat(read.of(SOUND).getFirst().pts()).isEqualTo(900_000);
  }

  @Test
  void listsOneRenditionForPictureAndSoundAndOneForEachFurtherSound() {
    format.open("video", VIDEO);
    format.open("audio", AUDIO);
    format.open("audio-2", AUDIO);

    assertThat(
            format.renditions(
                List.of(
                    new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 0),
                    new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0),
                    new RenditionInfo("audio-2", "mp4a.40.2", 0, 0, 2, 0))))
        .containsExactly(
            new RenditionInfo("video", "avc1.64001E,mp4a.40.2", 854, 480, 2, 0),
            new RenditionInfo("audio-2", "mp4a.40.2", 0, 0, 2, 0));
  }

  @Test
  void fillsSoundOnlyWhereSilenceIsAskedForAndCanBeMade() {
    TransportFormat filling = new TransportFormat(true, Set.of(), cut::add);

    assertThat(filling.fillsSound(AUDIO)).isTrue();
    assertThat(filling.fillsSound(VIDEO)).isFalse();
    assertThat(format.fillsSound(AUDIO)).isFalse();
  }

  /** HLS F6: its pictures are half a second late, as those behind a pause are. */
  @Test
  void theClockGoesOnThroughTheStartOfASegmentWhoseMediaComesLater() {
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    pictures.add(picture(135_000, true, "65aa"), 3600);
    pictures.cut(new Cut(1, 90_000, 48_600, 0, false));

    reader.read(cut.get(0).bytes());
    assertThat(reader.read(cut.get(1).bytes()).clocks()).hasSizeGreaterThan(5);
  }

  @Test
  void soundThatWasARenditionBeforeThePictureStaysOne() {
    TrackWriter sound = format.open("audio", AUDIO);
    frames(sound, 0, 47);
    sound.cut(cutAt(0, 48_000));
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, true));
    frames(sound, 47, 47);
    sound.cut(new Cut(1, 48_000, 48_000, 0, true));

    assertThat(cut.stream().map(CutSegment::rendition)).containsExactly("audio", "video", "audio");
  }

  @Test
  void goesOnWithTheRenditionsOfAnEarlierStart() {
    TransportFormat resumed = new TransportFormat(Set.of("video"), cut::add);
    TrackWriter sound = resumed.open("audio", AUDIO);
    frames(sound, 0, 47);
    sound.cut(new Cut(7, 0, 48_000, 0, true));

    assertThat(cut.getFirst().rendition()).isEqualTo("video");
    assertThat(resumed.renditions(List.of(new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0))))
        .isEmpty();
    assertThat(reader.read(cut.getFirst().bytes()).clockPid()).isEqualTo(SOUND);
  }

  @Test
  void aSegmentHoldsWhatThereIs() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    frames(sound, 47, 47);
    sound.cut(new Cut(1, 48_000, 48_000, 0, false));
    pictures.cut(new Cut(2, 180_000, 90_000, 0, false));
    sound.cut(new Cut(2, 96_000, 48_000, 0, false));

    assertThat(cut.stream().map(CutSegment::gap)).containsExactly(false, false, true);
    assertThat(reader.read(cut.get(0).bytes()).of(SOUND)).isEmpty();
    assertThat(reader.read(cut.get(1).bytes()).of(PICTURES)).isEmpty();
    assertThat(cut.get(1).independent()).isFalse();
  }

  @Test
  void countersAndTheClockGoOnAndABreakIsSaid() {
    // HLS D1
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    second(pictures, 9);
    pictures.cut(new Cut(2, 810_000, 90_000, 0, true));

    reader.read(cut.get(0).bytes());
    assertThat(reader.read(cut.get(1).bytes()).packets()).noneMatch(TransportReader.Pes::broken);
    TransportReader.Segment last = reader.read(cut.get(2).bytes());
    assertThat(last.packets().getFirst().broken()).isTrue();
    assertThat(last.packets().stream().skip(1)).noneMatch(TransportReader.Pes::broken);
  }

  @Test
  void theProgrammeMapGetsANewVersionWhenTracksChange() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    assertThat(reader.read(cut.get(0).bytes()).version()).isZero();

    format.close("audio");
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, true));
    sound.cut(new Cut(1, 48_000, 48_000, 0, true));
    TransportReader.Segment alone = reader.read(cut.get(1).bytes());
    assertThat(alone.version()).isEqualTo(1);
    // The ID3 tags are always there.
    assertThat(alone.streams()).containsOnlyKeys(PICTURES, 0x102);
  }

  @Test
  void aSlowPictureKeepsTheClockGoing() {
    TrackWriter pictures = format.open("video", VIDEO);
    for (int segment = 0; segment < 2; segment++) {
      long start = 180_000L * segment;
      pictures.add(picture(start, true, "65aa"), 90_000);
      pictures.add(picture(start + 90_000, false, "41bb"), 90_000);
      pictures.cut(new Cut(segment, start, 180_000, 0, false));
    }

    // The reader fails where it stands for more than 100 ms, also between segments.
    assertThat(reader.read(cut.get(0).bytes()).clocks()).hasSizeGreaterThanOrEqualTo(24);
    assertThat(reader.read(cut.get(1).bytes()).packets()).hasSize(2);
  }
}
