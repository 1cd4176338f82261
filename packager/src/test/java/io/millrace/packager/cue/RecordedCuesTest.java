package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.NOON;
import static io.millrace.packager.cue.CueFixture.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** HLS S1, S2: cue points of recordings. */
class RecordedCuesTest {
  private final CuePoints points = CueFixture.points();
  private final DateRanges ranges = new DateRanges();

  private void announce(String id, Kind kind, double at, double seconds) {
    points.announce(
        CueRequest.of(
            id,
            kind,
            new CueTime.Media(nanos(at)),
            seconds > 0
                ? Optional.of(Duration.ofMillis(Math.round(seconds * 1000)))
                : Optional.empty()));
  }

  private DateRanges.Place list(double at) {
    points.advance(nanos(at));
    DateRanges.Place place = new DateRanges.Place(Math.round(at / 2), 0);
    ranges.update(points.listed(), place, NOON.plusNanos(nanos(at)), Duration.ofSeconds(12));
    return place;
  }

  private RecordedCues listed() {
    return RecordedCues.listed(
        new StoredCues(
            points.all(), points.gone(), ranges.tags(), ranges.removed(), List.of(), List.of()));
  }

  /** A server that died knows nothing of the end. */
  @Test
  void whatWentOnWhenAllWasLostEndsWithTheMediaAndWhatWasPlannedNeverWas() {
    announce("open", Kind.RANGE, 4, 0);
    announce("break", Kind.SPLICE, 8, 2);
    announce("planned", Kind.SPLICE, 30, 4);
    list(10);

    RecordedCues ended = listed().ended(nanos(12), NOON.plusSeconds(12), 6);

    assertThat(ended.points()).extracting(CuePoint::id).containsExactly("open", "break");
    assertThat(ended.points()).allMatch(CuePoint::isOver);
    assertThat(ended.tags().getLast().id()).isEqualTo("open");
    assertThat(ended.tags().getLast().text()).endsWith(",DURATION=8.000\n");
    assertThat(ended.tags()).extracting(DateRanges.Tag::id).doesNotContain("planned").hasSize(4);
    assertThat(ended.ended(nanos(20), NOON.plusSeconds(20), 10)).isEqualTo(ended);
  }

  /** After a long outage of everything the window may leave more behind in one step. */
  @Test
  void anEndThatComesWithTheEndOfTheWindowIsTold() {
    announce("break", Kind.SPLICE, 8, 2);
    announce("never", Kind.SPLICE, 90, 2);
    list(9);
    points.advance(nanos(300));
    DateRanges.Place place = new DateRanges.Place(150, 0);

    List<RecordedCues> departed =
        points.forget(nanos(200)).stream()
            .map(cue -> ranges.departing(cue, place, NOON.plusSeconds(300)))
            .toList();

    RecordedCues all = RecordedCues.joined(departed);
    assertThat(all.points()).extracting(CuePoint::id).containsExactly("break");
    assertThat(all.tags()).hasSize(2);
    assertThat(all.tags().getLast().text()).endsWith(",DURATION=2.000\n");
    assertThat(RecordedCues.joined(List.of(all, all))).isEqualTo(all);
    assertThat(all.without(all)).isEqualTo(RecordedCues.NONE);
  }
}
