package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.KeptSessions.hear;
import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of sessions when the server dies, or its table does not answer. */
class SessionCrashTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void anIdleSubscriberThatCameBackIsStillOneAfterACrash() {
    try (RawMqtt client = server.persistent("idle")) {
      client.say(subscribe(1, 1, "plant/i/#")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt client = server.returning("idle")) {
      client.say(PING).hear(PINGRESP);
      server.crash();
    }
    server.publish("plant/i/1", 1, "meanwhile");
    try (RawMqtt client = server.returning("idle")) {
      assertThat(hear(client, 1)).containsExactly("meanwhile");
    }
  }

  @Test
  void aClientThatGoesBeforeItIsLetInKeepsItsSubscriptions() {
    try (RawMqtt client = server.persistent("hasty")) {
      client.say(subscribe(1, 1, "plant/h/#")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    Promise<Void> answered = Promise.promise();
    server.wire.answers = answered.future();
    try (RawMqtt client = server.raw()) {
      client.say(connect("hasty", false));
      await().until(() -> server.stored("hasty").endsAt() == StoredSession.CONNECTED);
    }
    await().until(() -> server.stored("hasty").endsAt() != StoredSession.CONNECTED);
    server.wire.answers = Future.succeededFuture();
    answered.complete();
    server.publish("plant/h/1", 1, "x");
    try (RawMqtt client = server.returning("hasty")) {
      assertThat(hear(client, 1)).containsExactly("x");
    }
  }

  @Test
  void nothingIsKeptOverTheEndOfAConnection() {
    try (RawMqtt client = server.persistent("gone")) {
      Promise<Void> answered = Promise.promise();
      server.wire.answers = answered.future();
      client.say(subscribe(1, 1, "plant/g/1"));
      await().until(() -> !server.stored("gone").subscriptions().isEmpty());
      client.say(subscribe(2, 1, "plant/g/2")).say(GOODBYE).hearTheEnd();
      await().until(() -> server.stored("gone").endsAt() != StoredSession.CONNECTED);
      server.wire.answers = Future.succeededFuture();
      answered.complete();
    }
    await()
        .during(Duration.ofMillis(300))
        .until(() -> server.stored("gone").endsAt() != StoredSession.CONNECTED);
  }

  @Test
  void aSessionThatCannotBeForgottenAtOnceIsForgottenLater() {
    try (RawMqtt client = server.persistent("over")) {
      client.say(subscribe(1, 1, "plant/o")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    server.log.breakTables(true);
    try (RawMqtt client = server.raw()) {
      // A clean start is not answered before the session of before is gone for good.
      assertThat(client.say(connect("over", true)).hear(CONNACK).at(1)).isEqualTo(3);
    }
    assertThat(server.isStored("over")).isTrue();
    server.log.breakTables(false);
    await().until(() -> !server.isStored("over"));
  }

  /** What was to be done again is lost with the process; what it was to be done to is not. */
  @Test
  void aSessionThatCouldNotBeForgottenBeforeACrashIsFoundAtTheStartAndEndsAtItsTime() {
    try (RawMqtt client = server.raw().letIn(connect5("undone", false, KeptSessions::aDay))) {
      client.say(subscribe5(1, 1, "plant/o")).hear(SUBACK);
      server.log.breakTables(true);
      // DISCONNECT that ends the session.
      client.say(new byte[] {(byte) 0xE0, 7, 0, 5, 0x11, 0, 0, 0, 0}).hearTheEnd();
    }
    assertThat(server.stored("undone").endsAt()).isEqualTo(StoredSession.CONNECTED);
    long before = System.currentTimeMillis();
    server.crash();
    server.log.breakTables(false);
    await().until(() -> server.stored("undone").endsAt() != StoredSession.CONNECTED);
    assertThat(server.stored("undone").endsAt())
        .isBetween(before + 86_400_000, System.currentTimeMillis() + 86_400_000);
  }

  @Test
  void theEndOfAConnectionIsKeptAsSoonAsItCanBe() {
    try (RawMqtt client = server.persistent("ended")) {
      client.say(subscribe(1, 1, "plant/o")).hear(SUBACK);
      server.log.breakTables(true);
      client.say(GOODBYE).hearTheEnd();
    }
    assertThat(server.stored("ended").endsAt()).isEqualTo(StoredSession.CONNECTED);
    server.log.breakTables(false);
    await().until(() -> server.stored("ended").endsAt() != StoredSession.CONNECTED);
  }
}
