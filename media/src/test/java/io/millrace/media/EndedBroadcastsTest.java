package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndedBroadcastsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final EndedBroadcasts ended = new EndedBroadcasts(2);

  @Test
  void remembersTheNewestBroadcastOfTheStreamsThatEndedLast() {
    ended.add(broadcast("a", NOON));
    ended.add(broadcast("b", NOON));
    ended.add(broadcast("a", NOON.plusSeconds(1)));
    ended.add(broadcast("c", NOON));

    assertThat(ended.find(key("a"))).contains(broadcast("a", NOON.plusSeconds(1)));
    assertThat(ended.find(key("b"))).isEmpty();
    assertThat(ended.find(key("c"))).isPresent();
  }

  private static StreamKey key(String stream) {
    return new StreamKey("live", stream);
  }

  private static EndedBroadcastHealth broadcast(String stream, Instant at) {
    Broadcast broadcast =
        new Broadcast(new BroadcastId("01JD0000000000000000000000"), "main", key(stream), at);
    return new EndedBroadcastHealth(
        new LiveStatus(broadcast, LiveState.ENDED, at, List.of(), "rtmp", ""),
        StreamHealth.none(at));
  }
}
