package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.packager.cmaf.CmafFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentFillerTest {
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));
  private static final int FRAME = 21;

  /** HLS B9, D2: six channels by their number, then by a program config element. */
  @Test
  void aPauseIsFilledUpToTheSegmentFromWhichOnItsSilenceCannotBeMade() {
    List<CutSegment> cut = new ArrayList<>();
    CmafFormat format = new CmafFormat(RULES, true, Set.of(), cut::add);
    Track known = track("11b0");
    OpenSegment segment = new OpenSegment("audio", known, 0, () -> 3_000_000_000L, format);
    WaitingSamples waiting = new WaitingSamples(known);
    SegmentFiller filler = new SegmentFiller(segment, waiting, () -> 0, format);

    filler.putOwn(sample(0), FRAME);
    segment.useNext(track("118004c8050001088000"));
    filler.putOwn(sample(10_000), FRAME);
    filler.closeAtEnd(10_000_000_000L + FRAME * 1_000_000, segment.fills());

    assertThat(cut.stream().map(CutSegment::gap)).containsExactly(false, true, true, true, false);
    assertThat(CutSegments.seconds(cut)).containsExactly(3.0, 3.0, 3.0, 1.0, FRAME / 1000.0);
    assertThat(cut.getFirst().frames()).isGreaterThan(100);
    assertThat(cut.getLast().mediaNanos()).isEqualTo(10_000_000_000L);
  }

  private static Track track(String configuration) {
    Buffer record = Buffer.buffer(HexFormat.of().parseHex(configuration));
    return new Track(
        new TrackId(2), new TrackFormat.Aac(AacConfiguration.parse(record)), Timescale.MILLIS);
  }

  private static Sample sample(long dts) {
    return new Sample(new TrackId(2), dts, 0, true, Buffer.buffer("x"));
  }
}
