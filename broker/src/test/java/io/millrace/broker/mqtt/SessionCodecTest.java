package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionCodecTest {
  private static StoredSession with(String share) {
    InFlight one =
        new InFlight(7, 1, false, false, new byte[0], new Place("plant", 1, 2, 3, "a"), share);
    return new StoredSession(
        "a", "its", 1, "n", 0, 60, 5, Optional.empty(), List.of(), List.of(one), List.of());
  }

  private static String share(byte[] bytes) {
    return SessionCodec.decode(bytes).orElseThrow().inFlight().getFirst().share();
  }

  @Test
  void aMessageInFlightSaysWhichSharedSubscriptionItHasComeBy() {
    assertThat(share(SessionCodec.encode(with("$share/g/plant/+")))).isEqualTo("$share/g/plant/+");
  }

  @Test
  void itsEpochIsAsItsWholeSaysAlsoOfOneWithoutPrincipal() {
    byte[] now = SessionCodec.encode(with(InFlight.NOT_SHARED));
    assertThat(SessionCodec.epoch(now)).hasValue(1);
    // The version, the node's name with its length, and none of the principal's.
    byte[] first = new byte[now.length - 5];
    System.arraycopy(now, 0, first, 0, 4);
    System.arraycopy(now, 9, first, 4, first.length - 4);
    first[0] = 1;
    assertThat(SessionCodec.epoch(first)).hasValue(1);
    assertThat(SessionCodec.epoch(new byte[] {99, 0, 0})).isEmpty();
    assertThat(SessionCodec.epoch(new byte[0])).isEmpty();
  }

  @Test
  void oneOfBeforeThatWasKeptIsOfNone() {
    byte[] now = SessionCodec.encode(with(InFlight.NOT_SHARED));
    // Without the empty text that is before the number of messages received.
    byte[] before = Arrays.copyOf(now, now.length - 2);
    before[0] = 3;
    assertThat(before).endsWith(0, 0, 0, 0);
    assertThat(share(before)).isEqualTo(InFlight.NOT_SHARED);
  }
}
