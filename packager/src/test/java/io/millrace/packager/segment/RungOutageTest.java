package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.Part;
import io.millrace.validator.mp4.Mp4Fragment;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A rung whose transcoder is away, where parts are listed; beside a source of 25 pictures a second
 * in groups of two seconds, a third of a second behind it.
 */
class RungOutageTest {
  private static final Track SOURCE = RandomBroadcast.video(Timescale.VIDEO);
  private static final Track PICTURES = RandomBroadcast.smallVideo(Timescale.VIDEO);
  private static final String RUNG = "video-240p";
  private static final long PICTURE = 3600;
  private static final double LAG = 0.32;

  /** A part, and when it was listed. */
  private record Listed(double seconds, Part part) {}

  private final List<Listed> listed = new ArrayList<>();
  private final List<CutSegment> made = new ArrayList<>();
  private final RungSegmenter rungs;
  private final Segmenter segmenter;
  private double now;
  private double deadFrom = Double.MAX_VALUE;
  private double deadUntil;
  private boolean broken;

  RungOutageTest() {
    CutRules rules = new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));
    Segmenter[] of = new Segmenter[1];
    rungs =
        new RungSegmenter(
            new CmafFormat(rules, false, Set.of(), new MetadataQueue(), made::add, new Listing()),
            new RungSegmenter.Lines() {
              @Override
              public long firstMsn(String line) {
                return 0;
              }

              @Override
              public void describe(String line, Track track, long msn) {}
            },
            () -> of[0].targetSeconds());
    of[0] = new Segmenter(rules, new LeaderTap(new CmafFormat(rules, _ -> {}), List.of(rungs)));
    segmenter = of[0];
    segmenter.accept(new MediaEvent.TracksReady(List.of(SOURCE)), at(0));
    rungs.accept(RUNG, new MediaEvent.TracksReady(List.of(PICTURES)), at(0));
  }

  private final class Listing implements PartOutput {
    @Override
    public void opened(String line, Header header) {}

    @Override
    public void begun(String line, SegmentStart start, Header header, Timescale timescale) {}

    @Override
    public void closed(String line, Part part, Buffer bytes) {
      listed.add(new Listed(now, part));
    }
  }

  /** The source goes on, and the rung behind it, but for what the dead one has had. */
  private void run(double until) {
    for (long dts = Math.round(now * 25) * PICTURE; dts < until * 90_000; dts += PICTURE) {
      now = dts / 90_000.0;
      segmenter.accept(sample(SOURCE, dts), at(now));
      long behind = dts - Math.round(LAG * 25) * PICTURE;
      double coded = behind / 90_000.0;
      if (behind >= 0 && (now < deadFrom || coded >= deadUntil)) {
        picture(behind);
      }
      rungs.advance(at(now));
    }
    now = until;
  }

  private void picture(long dts) {
    if (broken && dts % 180_000 == 0) {
      broken = false;
      rungs.accept(RUNG, new MediaEvent.Discontinuity(0), at(now));
    }
    if (!broken) {
      rungs.accept(RUNG, sample(PICTURES, dts), at(now));
    }
  }

  /** Nobody makes it now, and then somebody makes it from a key frame on. */
  private void dies(double back) {
    deadFrom = now;
    deadUntil = back;
    broken = true;
  }

  private static MediaEvent sample(Track track, long dts) {
    Buffer payload = Buffer.buffer("x");
    return new MediaEvent.SampleReady(new Sample(track.id(), dts, 0, dts % 180_000 == 0, payload));
  }

  private static Instant at(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  private double longestPause() {
    double longest = 0;
    for (int i = 1; i < listed.size(); i++) {
      longest = Math.max(longest, listed.get(i).seconds - listed.get(i - 1).seconds);
    }
    return longest;
  }

  private List<Boolean> gaps() {
    return made.stream().map(CutSegment::gap).toList();
  }

  // HLS L7
  private void partsAreWhatTheyLast() {
    for (CutSegment segment : made) {
      long sum = segment.parts().stream().mapToLong(Part::durationTicks).sum();
      assertThat(sum).as("segment %d", segment.msn()).isEqualTo(segment.durationTicks());
      long media =
          segment.bytes().length() == 0
              ? 0
              : CutSegments.fragments(segment).stream().mapToLong(Mp4Fragment::duration).sum();
      assertThat(
              segment.parts().stream()
                  .filter(part -> !part.gap())
                  .mapToLong(Part::durationTicks)
                  .sum())
          .as("segment %d", segment.msn())
          .isEqualTo(media);
    }
    List<Part> all = made.stream().flatMap(segment -> segment.parts().stream()).toList();
    assertThat(listed.stream().map(Listed::part).limit(all.size())).isEqualTo(all);
  }

  // HLS B9, L6, L7
  @Test
  void whatIsLostOfASegmentIsGapsBehindItsPartsAtTheSourcesPace() {
    run(5);
    dies(6);
    rungs.lost(RUNG, at(now));
    run(11);

    assertThat(gaps()).isEqualTo(List.of(false, false, true, false, false));
    CutSegment half = made.get(2);
    assertThat(half.parts().getFirst().gap()).isFalse();
    assertThat(half.parts().getLast().gap()).isTrue();
    assertThat(made.get(3).independent()).isTrue();
    assertThat(longestPause()).isLessThan(1.1);
    partsAreWhatTheyLast();
  }

  // HLS B9, L6, L7
  @Test
  void oneThatIsSilentIsWaitedForAndThenListsGapsPartByPart() {
    run(5);
    dies(12);
    run(17);

    assertThat(gaps()).isEqualTo(List.of(false, false, true, true, true, true, false, false));
    assertThat(longestPause()).isLessThan(2.4);
    assertThat(pausesLongerThan(0.4)).isLessThan(3);
    partsAreWhatTheyLast();
  }

  private long pausesLongerThan(double seconds) {
    return Stream.iterate(1, i -> i < listed.size(), i -> i + 1)
        .filter(i -> listed.get(i).seconds - listed.get(i - 1).seconds > seconds)
        .count();
  }

  /** An encoder on a busy machine. */
  @Test
  void oneThatStandsStillForASecondAndAHalfLosesNothing() {
    run(5);
    deadFrom = now;
    deadUntil = 6.18;
    run(6.5);
    for (long dts = Math.round((5 - LAG) * 25) * PICTURE; dts < 6.18 * 90_000; dts += PICTURE) {
      rungs.accept(RUNG, sample(PICTURES, dts), at(now));
    }
    deadFrom = Double.MAX_VALUE;
    run(11);

    assertThat(gaps()).doesNotContain(true);
    partsAreWhatTheyLast();
  }
}
