package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CaptionReaderTest {
  private static final byte[] SLICE = {0x41, 1, 2, 3};
  private static final long FRAME = 3_600;

  private final Line21Encoder cc1 = new Line21Encoder(1);
  private final CaptionReader reader = reader(Timescale.VIDEO);

  @Test
  void soundHasNoCaptions() {
    Track sound = RandomBroadcast.audio(new Timescale(48_000), 48_000);
    assertThat(CaptionReader.of(sound)).isEmpty();
  }

  @Test
  void tellsWhichChannelsArePresent() {
    assertThat(reader.channels()).isEmpty();
    show(0, "hello");
    picture(1, 1, new DtvccEncoder().service(2).define(0, true, 0, 0, 0, 1, 9).text("x").packet());
    Line21Encoder cc3 = new Line21Encoder(3);
    picture(2, 2, cc3.once(0x01, 0x03).text("a programme").once(0x0F, 0x1D).take());
    Map<CaptionChannel, List<TimedCaption>> cues = reader.cut(seconds(1));
    assertThat(cues).containsOnlyKeys(CaptionChannel.CC1, CaptionChannel.SERVICE2);
    assertThat(reader.channels())
        .containsExactlyInAnyOrder(CaptionChannel.CC1, CaptionChannel.SERVICE2);
    assertThat(CaptionChannel.SERVICE2.instreamId()).isEqualTo("SERVICE2");
    assertThat(reader.damaged()).isZero();
  }

  /** HLS D4: segments of captions are cut where those of the picture are. */
  @Test
  void aCueThatGoesOnIsInBothSegments() {
    show(0, "long");
    idle(1, 50);
    picture(50, 50, List.of());
    assertThat(cues(2)).containsExactly("0-50 84.67 10.00 start: long");
    idle(51, 75);
    picture(75, 75, cc1.eraseShown().take());
    idle(76, 100);
    assertThat(cues(4)).containsExactly("50-75 84.67 10.00 start: long");
    assertThat(cues(6)).isEmpty();
  }

  /** The key frame at 50 has come, and the captions of its own are shown behind the cut. */
  @Test
  void whatTheNextSegmentsFirstPictureCarriesIsNotInTheOneBefore() {
    show(0, "first");
    show(50, "second");
    assertThat(cues(2)).containsExactly("0-50 84.67 10.00 start: first");
    idle(51, 100);
    assertThat(cues(4)).containsExactly("50-100 84.67 10.00 start: second");
  }

  /** Leading pictures follow the key frame of an open group, and are shown before it. */
  @Test
  void captionsOfLeadingPicturesAreShownFromTheCutOn() {
    show(0, "first");
    idle(1, 48);
    picture(48, 50, List.of());
    assertThat(cues(2)).containsExactly("0-50 84.67 10.00 start: first");
    show(49, 48, "leading");
    show(50, 49, "leading too");
    idle(51, 100);
    assertThat(cues(4)).containsExactly("50-100 84.67 10.00 start: leading too");
  }

  /** 24 ticks a second: no number of nanoseconds is a picture's time. */
  @Test
  void coarseTimescalesLoseNoPictureAtTheCut() {
    CaptionReader coarse = reader(new Timescale(24));
    for (int i = 0; i <= 7; i++) {
      coarse.accept(sample(i - 2, i, i == 6 ? caption("last") : List.of()));
    }
    assertThat(coarse.cut(new Timescale(24).toNanos(7)).get(CaptionChannel.CC1)).hasSize(1);
  }

  @Test
  void aDiscontinuityTakesEverythingAway() {
    show(0, "before");
    picture(1, 1, cc1.popOn().at(15, 0).text("half").take());
    reader.discontinuity(seconds(2));
    picture(50, 50, cc1.at(15, 0).text("tail").endOfCaption().take());
    idle(51, 70);
    assertThat(cues(4)).containsExactly("0-50 84.67 10.00 start: before");
    show(101, "after");
    idle(102, 150);
    assertThat(cues(6)).containsExactly("101-150 84.67 10.00 start: after");
  }

  /** A source that is away for a minute leaves its last caption no longer than others. */
  @Test
  void aCaptionDoesNotOutliveItsSource() {
    show(0, "before");
    reader.discontinuity(seconds(60));
    assertThat(cues(60)).containsExactly("0-400 84.67 10.00 start: before");
  }

  @Test
  void damageIsCounted() {
    reader.accept(
        new Sample(
            RandomBroadcast.VIDEO,
            0,
            0,
            true,
            Buffer.buffer(CaptionNal.accessUnit(new byte[] {6, 4, 99, 1}, SLICE))));
    picture(1, 1, List.of(new CcData(true, 0, 0x14, 0x20)));
    assertThat(reader.damaged()).isEqualTo(2);
    assertThat(cues(1)).isEmpty();
  }

  private static CaptionReader reader(Timescale timescale) {
    return CaptionReader.of(RandomBroadcast.video(timescale)).orElseThrow();
  }

  private void show(int picture, String text) {
    show(picture, picture, text);
  }

  /** A caption that comes and is shown with one picture. */
  private void show(int decoded, int shown, String text) {
    picture(decoded, shown, caption(text));
  }

  private List<CcData> caption(String text) {
    return cc1.popOn().eraseHidden().at(15, 0).text(text).endOfCaption().take();
  }

  private void idle(int from, int until) {
    for (int i = from; i < until; i++) {
      picture(i, i, List.of());
    }
  }

  private void picture(int decoded, int shown, List<CcData> captions) {
    reader.accept(sample(decoded * FRAME, shown * FRAME, captions));
  }

  private static Sample sample(long dts, long pts, List<CcData> captions) {
    List<byte[]> units = new ArrayList<>();
    for (int from = 0; from < captions.size(); from += 31) {
      units.add(CaptionNal.avc(captions.subList(from, Math.min(from + 31, captions.size()))));
    }
    units.add(SLICE);
    Buffer payload = Buffer.buffer(CaptionNal.accessUnit(units.toArray(byte[][]::new)));
    return new Sample(RandomBroadcast.VIDEO, dts, (int) (pts - dts), false, payload);
  }

  private List<String> cues(int untilSeconds) {
    return reader.cut(seconds(untilSeconds)).getOrDefault(CaptionChannel.CC1, List.of()).stream()
        .map(CaptionFeed::describe)
        .toList();
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
