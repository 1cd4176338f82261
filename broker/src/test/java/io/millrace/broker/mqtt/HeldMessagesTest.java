package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.PUBCOMP;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.PUBREC;
import static io.millrace.broker.mqtt.RawMqtt.PUBREL;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.topic.MountPoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages with QoS 2 that wait until their identifiers are safe. */
class HeldMessagesTest {
  /** As many as the client takes; together much more than its outbox does. */
  private static final int MESSAGES = MqttFixture.CONFIG.inFlight();

  private static final int BYTES = 80_000;

  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void noMoreAreHeldThanTheOutboxTakes() {
    CompletableFuture<List<Integer>> taken = new CompletableFuture<>();
    server
        .fixture
        .vertx
        .getOrCreateContext()
        .runOnContext(
            here -> {
              DoorLoop loop = server.fixture.doors.here();
              Promise<Void> safe = Promise.promise();
              Outbox outbox = new Outbox(loop, new Unwritten());
              Keeping keeping = new Keeping(loop, true, safe::future, () -> {}, failure -> {});
              Sender sender =
                  new Sender(
                      outbox,
                      new MqttSession("n", MESSAGES),
                      new ClientLimits(Version.V3_1_1, MESSAGES, Long.MAX_VALUE, 0, false),
                      keeping,
                      () -> {});
              List<Integer> counts = new ArrayList<>();
              counts.add(offer(sender));
              counts.add((int) outbox.used());
              safe.complete();
              // Behind those that were held.
              keeping.then(
                  () -> {
                    counts.add((int) (outbox.used() / BYTES));
                    counts.add(offer(sender));
                    taken.complete(counts);
                  });
            });
    // None of them is in the outbox before it is safe, and none fits behind them after it.
    assertThat(taken).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(List.of(3, 0, 3, 0));
  }

  /** How many of as many messages as the window has room for are taken. */
  private static int offer(Sender sender) {
    PublishEncoding encoding =
        PublishEncoding.of(
                "plant",
                new Message(
                    "held", 0, 0, 0, null, false, Message.NEVER, Headers.NONE, new byte[BYTES]),
                new PublishEncoding.Key(Version.V3_1_1, MountPoint.NONE),
                0)
            .orElseThrow();
    int count = 0;
    while (count < MESSAGES
        && sender.offer(encoding, 2, false, new byte[0], new Place("plant", 1, 0, count, "held"))) {
      count++;
    }
    return count;
  }

  /** Takes nothing off. */
  private static final class Unwritten implements Outbox.Wire {
    @Override
    public ByteBuf buffer(int bytes) {
      return Unpooled.buffer(bytes);
    }

    @Override
    public void write(ByteBuf bytes, Runnable written) {
      // The client reads nothing.
    }

    @Override
    public void roomAgain() {
      throw new IllegalStateException("nothing was written");
    }

    @Override
    public void cut(String word) {
      throw new IllegalStateException("more was taken than may wait");
    }
  }

  @Test
  void whatWasHeldComesOnceAndInItsOrder() {
    try (RawMqtt client = server.persistent("held")) {
      client.say(subscribe(1, 2, "plant/held")).hear(SUBACK);
      Promise<Void> safe = Promise.promise();
      server.wire.answers = safe.future();
      List<String> payloads =
          IntStream.range(0, MESSAGES).mapToObj(i -> i + "x".repeat(BYTES)).toList();
      server.publish("plant/held", 2, payloads.toArray(new String[0]));
      await().until(() -> !server.stored("held").inFlight().isEmpty());
      server.wire.answers = Future.succeededFuture();
      safe.complete();
      assertThat(exactlyOnce(client)).isEqualTo(payloads);
    }
  }

  /** All messages, each acknowledged to its end. */
  private static List<String> exactlyOnce(RawMqtt client) {
    List<String> payloads = new ArrayList<>();
    for (int done = 0; done < MESSAGES; ) {
      Heard heard = client.hear().orElseThrow();
      switch (heard.type()) {
        case PUBLISH -> {
          payloads.add(heard.payload());
          client.say(acknowledgement(PUBREC, heard.packetId()));
        }
        case PUBREL -> {
          client.say(acknowledgement(PUBCOMP, heard.shortAt(0)));
          done++;
        }
        default -> throw new AssertionError("a packet of type " + heard.type());
      }
    }
    return payloads;
  }
}
