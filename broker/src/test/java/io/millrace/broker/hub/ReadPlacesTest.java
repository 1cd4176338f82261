package io.millrace.broker.hub;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.hub.CatchUps.Member;
import io.millrace.broker.log.PartitionRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who reads the log while a partition of it does not answer. */
class ReadPlacesTest {
  private static final PartitionRef SILENT = new PartitionRef("plant", 1, 0);
  private static final PartitionRef OTHER = new PartitionRef("plant", 1, 1);
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(ReadPlaces.PATIENCE_MILLIS);

  private final ReadPlaces places = new ReadPlaces();

  private static Member member() {
    return () -> false;
  }

  /** As many as there are places for, of a partition that is known to be silent then. */
  private List<ReadPlaces.Place> silent() {
    List<ReadPlaces.Place> taken = new ArrayList<>();
    for (int i = 0; i < ReadPlaces.MOST; i++) {
      taken.add(requireNonNull(places.take(member(), SILENT, false, 0)));
    }
    Member other = member();
    assertThat(places.take(other, OTHER, false, 0)).isNull();
    places.look(PATIENCE - 1);
    assertThat(places.mayAnybody()).isFalse();
    places.look(PATIENCE);
    assertThat(admitted()).containsExactly(other);
    return taken;
  }

  private Queue<Member> admitted() {
    Queue<Member> admitted = new ArrayDeque<>();
    places.admit(admitted);
    return admitted;
  }

  @Test
  void whoHasNoAnswerForLongHasNoPlace() {
    silent();
    for (int i = 0; i < ReadPlaces.MOST; i++) {
      assertThat(places.take(member(), OTHER, false, PATIENCE)).isNotNull();
    }
    assertThat(places.take(member(), OTHER, false, PATIENCE)).isNull();
  }

  @Test
  void oneAtATimeAsksWhetherASilentPartitionAnswersAgain() {
    List<ReadPlaces.Place> taken = silent();
    Member first = member();
    Member second = member();
    assertThat(places.take(first, SILENT, false, PATIENCE)).isNull();
    assertThat(places.take(second, SILENT, true, PATIENCE)).isNull();
    for (ReadPlaces.Place place : taken) {
      assertThat(places.mayAnybody()).isFalse();
      places.answered(place, false);
      places.leave(place);
    }
    assertThat(admitted()).containsExactly(first);
    ReadPlaces.Place asking = requireNonNull(places.take(first, SILENT, false, PATIENCE));
    assertThat(admitted()).isEmpty();
    places.answered(asking, false);
    places.leave(asking);
    assertThat(admitted()).containsExactly(second);
  }

  @Test
  void whoHasEndedMeanwhileKeepsNobodyFromAsking() {
    List<ReadPlaces.Place> taken = silent();
    Member ended = member();
    Member next = member();
    assertThat(places.take(ended, SILENT, false, PATIENCE)).isNull();
    assertThat(places.take(next, SILENT, false, PATIENCE)).isNull();
    taken.forEach(places::leave);
    assertThat(admitted()).containsExactly(ended);
    assertThat(places.mayAnybody()).isTrue();
    assertThat(admitted()).containsExactly(next);
    assertThat(places.mayAnybody()).isFalse();
  }

  @Test
  void whoeverWaitsForAPartitionReadsWhenItAnswersAndWhatIsInHandCounts() {
    List<ReadPlaces.Place> taken = silent();
    Member waiting = member();
    assertThat(places.take(waiting, SILENT, false, PATIENCE)).isNull();
    taken.forEach(place -> places.answered(place, true));
    assertThat(places.mayAnybody()).isFalse();
    places.leave(taken.getFirst());
    assertThat(admitted()).containsExactly(waiting);
    assertThat(places.take(waiting, SILENT, false, PATIENCE)).isNotNull();
    assertThat(places.take(member(), SILENT, false, PATIENCE)).isNull();
    taken.subList(1, taken.size()).forEach(places::leave);
    assertThat(admitted()).hasSize(1);
  }

  @Test
  void anAnswerInTimeKeepsItsPlaceHoweverLongItIsInHand() {
    ReadPlaces.Place place = requireNonNull(places.take(member(), OTHER, false, 0));
    places.answered(place, true);
    places.look(10 * PATIENCE);
    for (int i = 1; i < ReadPlaces.MOST; i++) {
      assertThat(places.take(member(), OTHER, false, PATIENCE)).isNotNull();
    }
    assertThat(places.take(member(), OTHER, false, PATIENCE)).isNull();
  }
}
