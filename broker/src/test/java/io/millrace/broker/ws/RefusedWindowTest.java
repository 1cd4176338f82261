package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.log.LogException;
import io.millrace.client.Interest;
import io.millrace.client.MillraceClient;
import io.millrace.client.Publication;
import io.millrace.client.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log refuses one message while others of its topic are sent behind it. */
class RefusedWindowTest {
  private static final int MESSAGES = 1000;

  @ParameterizedTest
  @EnumSource(
      value = LogException.Reason.class,
      names = {"UNAVAILABLE", "OVERLOADED"})
  void nothingIsPublishedBeforeTheRefusedOneAndNothingIsLost(LogException.Reason reason) {
    List<String> texts = new CopyOnWriteArrayList<>();
    try (DoorsFixture fixture = new DoorsFixture();
        MillraceClient client =
            MillraceClient.to("ws://127.0.0.1:" + fixture.listener.port() + "/ws")
                .token("all")
                .maxInFlight(100)
                .reconnect(Duration.ofMillis(20), Duration.ofMillis(100))
                .open()) {
      client.subscribe(
          Interest.in("plant/one").withStart(Start.since(Instant.EPOCH)),
          message -> texts.add(message.text()));
      for (int i = 0; i < MESSAGES; i++) {
        if (i % 250 == 150) {
          fixture.log.refuseNext(new LogException(reason, "not now"));
        }
        var _ = client.publish(Publication.text("plant/one", Integer.toString(i)));
      }

      await().atMost(Duration.ofSeconds(30)).until(() -> texts.size() >= MESSAGES);
      assertThat(texts)
          .isEqualTo(IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList());
    }
  }
}
