package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutstandingTest {
  private final Outstanding outstanding = new Outstanding();

  private static Position at(int generation, long... next) {
    return new Position.OfFilter(7, generation, Offsets.of(next), 0);
  }

  private Dealt place(int generation, int partition, long offset) {
    return new Dealt(new Place("plant", generation, partition, offset, "a"), outstanding.life());
  }

  @Test
  void aPositionIsNotBeyondWhatHasNotArrived() {
    outstanding.reached(at(1, 5, 9));
    outstanding.add(place(1, 0, 5));
    outstanding.add(place(1, 0, 6));
    outstanding.reached(at(1, 7, 9));
    assertThat(outstanding.position(List.of())).isEqualTo(at(1, 5, 9));
    assertThat(outstanding.position(List.of(place(1, 0, 5)))).isEqualTo(at(1, 6, 9));
    assertThat(outstanding.remove(place(1, 0, 5))).isTrue();
    assertThat(outstanding.remove(place(1, 0, 5))).isFalse();
    outstanding.remove(place(1, 0, 6));
    assertThat(outstanding.position(List.of())).isEqualTo(at(1, 7, 9));
  }

  @Test
  void itStaysInAnEarlierGenerationAsLongAsSomeOfThatHaveNotArrived() {
    outstanding.reached(at(1, 5));
    outstanding.add(place(1, 0, 5));
    outstanding.add(place(2, 1, 0));
    outstanding.reached(at(2, 0, 1));
    assertThat(outstanding.position(List.of())).isEqualTo(at(1, 5));
    outstanding.remove(place(1, 0, 5));
    assertThat(outstanding.position(List.of())).isEqualTo(at(2, 0, 0));
    outstanding.remove(place(2, 1, 0));
    assertThat(outstanding.position(List.of())).isEqualTo(at(2, 0, 1));
  }

  @Test
  void whatIsDealtAgainIsForgotten() {
    outstanding.reached(at(2, 3));
    outstanding.add(place(2, 0, 3));
    outstanding.beginsIn(1);
    outstanding.reached(at(1, 8));
    assertThat(outstanding.position(List.of())).isEqualTo(at(1, 8));
  }

  @Test
  void whatWasDealtOfADeletedNamespaceIsNotTakenForWhatLiesThereNow() {
    outstanding.reached(at(1, 5));
    Dealt gone = place(1, 0, 5);
    outstanding.add(gone);
    outstanding.clear();
    outstanding.reached(at(1, 5));
    Dealt now = place(1, 0, 5);
    outstanding.add(now);
    outstanding.reached(at(1, 6));

    assertThat(outstanding.remove(gone)).isFalse();
    assertThat(outstanding.position(List.of(gone))).isEqualTo(at(1, 5));
    assertThat(outstanding.add(gone)).isFalse();
    assertThat(outstanding.remove(now)).isTrue();
    assertThat(outstanding.position(List.of())).isEqualTo(at(1, 6));
  }

  @Test
  void nothingIsKnownBeforeAnythingIsReached() {
    assertThat(outstanding.position(List.of())).isNull();
  }
}
