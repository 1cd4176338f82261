package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wills that outlive the connections, and the server. */
class WillsTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theWillOfAClientThatWasLostWithTheServerIsPublishedAfterItsStart() {
    byte[] connect =
        RawMqtt.packet(
            0x10,
            its ->
                its.putText("MQTT")
                    .putByte(4)
                    .putByte(0xC4)
                    .putShort(0)
                    .putText("mortal")
                    .putText("plant/will")
                    .putText("gone")
                    .putText("u")
                    .putText("all"));
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(PING).hear(PINGRESP);
      // As the table has it while the client is connected, and so after a crash.
      byte[] stored = server.table.get(KeptSessions.key("mortal")).orElseThrow().clone();
      server.stop();
      MqttFixture.join(server.table.put(KeptSessions.key("mortal"), stored));
    }
    server.start();
    await().until(() -> server.inTheLog("will").isPresent());
  }

  /**
   * A client with a session, and a will in {@code plant/will}.
   *
   * @param delay in seconds
   */
  private static byte[] mortal(int delay, Consumer<PacketWriter.Fields> will) {
    return mortal("all", delay, will);
  }

  private static byte[] mortal(String password, int delay, Consumer<PacketWriter.Fields> will) {
    PacketWriter.Fields session =
        new PacketWriter.Fields().put(Property.SESSION_EXPIRY_INTERVAL, 60);
    PacketWriter.Fields its = new PacketWriter.Fields().put(Property.WILL_DELAY_INTERVAL, delay);
    will.accept(its);
    return RawMqtt.packet(
        0x10,
        fields ->
            fields
                .putText("MQTT")
                .putByte(5)
                .putByte(0xC4)
                .putShort(0)
                .putCounted(session)
                .putText("mortal")
                .putCounted(its)
                .putText("plant/will")
                .putText("gone")
                .putText("u")
                .putText(password));
  }

  private static void nothing(PacketWriter.Fields fields) {}

  private void lose(byte[] connect) {
    server.raw().letIn(connect).close();
    await().until(() -> server.stored("mortal").endsAt() != StoredSession.CONNECTED);
  }

  @Test
  void aWillOutlastsTheRateThatItsClientHasUsedUp() {
    try (RawMqtt client = server.raw().letIn(mortal("slow", 0, WillsTest::nothing))) {
      client.say(RawMqtt.publish5(2, "plant/a", 1, WillsTest::nothing, "x")).hear(PUBACK);
      client.say(RawMqtt.publish5(2, "plant/a", 2, WillsTest::nothing, "x")).hear(PUBACK);
      Heard refused =
          client.say(RawMqtt.publish5(2, "plant/a", 3, WillsTest::nothing, "x")).hear(PUBACK);
      assertThat(refused.at(2)).isEqualTo(ReasonCode.QUOTA_EXCEEDED.code());
    }
    await().until(() -> server.inTheLog("will").isPresent());
  }

  @Test
  void aWillThatWaitsSurvivesTheServerAndIsPublishedOnce() {
    lose(mortal(1, WillsTest::nothing));
    server.crash();
    await().until(() -> server.inTheLog("will").isPresent());
    await().until(() -> server.stored("mortal").will().isEmpty());
  }

  @Test
  void aWillIsNotPublishedForACredentialThatWasRevokedMeanwhile() {
    lose(mortal(60, WillsTest::nothing));
    server.fixture.grants.revoke(GrantId.key("all"));
    // Until then the will has its grant.
    await().until(() -> server.fixture.grants.size() == 0);
    await().until(() -> server.stored("mortal").will().isEmpty());
    assertThat(server.inTheLog("will")).isEmpty();
  }

  @Test
  void aWillThatSurvivedTheServerIsNotPublishedForACredentialThatWasRevokedMeanwhile() {
    lose(mortal(60, WillsTest::nothing));
    server.crash();
    await().until(() -> server.fixture.grants.size() == 1);
    server.fixture.grants.revoke(GrantId.key("all"));
    await().until(() -> server.stored("mortal").will().isEmpty());
    assertThat(server.inTheLog("will")).isEmpty();
  }

  @Test
  void aWillExpiresAsLongAfterItsPublicationAsItSays() {
    long before = System.currentTimeMillis();
    lose(mortal(1, its -> its.put(Property.MESSAGE_EXPIRY_INTERVAL, 30)));
    await().until(() -> server.inTheLog("will").isPresent());
    // Timers and the clock may differ by a little.
    assertThat(server.inTheLog("will").orElseThrow().expires())
        .isGreaterThan(before + 1000 + 30_000 - 50);
  }

  @Test
  void aWillWaitsOnWhenItsClientComesBackAndIsRefused() {
    lose(mortal(60, WillsTest::nothing));
    long endsAt = server.stored("mortal").endsAt();
    server.log.breakTables(true);
    try (RawMqtt client = server.raw()) {
      Heard refused = client.say(mortal(0, WillsTest::nothing)).hear(CONNACK);
      assertThat(refused.at(1)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE.code());
      client.hearTheEnd();
    }
    server.log.breakTables(false);
    await().until(() -> server.stored("mortal").endsAt() == endsAt);
    assertThat(server.stored("mortal").will()).isPresent();
    assertThat(server.inTheLog("will")).isEmpty();
    endTheSession();
  }

  @Test
  void aWillWaitsOnWhenItsClientGoesBeforeItIsLetIn() {
    lose(mortal(60, WillsTest::nothing));
    long endsAt = server.stored("mortal").endsAt();
    Promise<Void> answered = Promise.promise();
    server.wire.answers = answered.future();
    try (RawMqtt client = server.raw()) {
      client.say(mortal(0, WillsTest::nothing));
      await().until(() -> server.stored("mortal").endsAt() == StoredSession.CONNECTED);
    }
    await().until(() -> server.stored("mortal").endsAt() == endsAt);
    assertThat(server.stored("mortal").will()).isPresent();
    server.wire.answers = Future.succeededFuture();
    answered.complete();
    endTheSession();
  }

  @Test
  void aWillWaitsOnWhenItsClientGoesBeforeAnotherNodeLetsItIn() {
    lose(mortal(60, WillsTest::nothing));
    long endsAt = server.stored("mortal").endsAt();
    Promise<Void> answered = Promise.promise();
    KeptSessions.Wire wire = new KeptSessions.Wire(server.table);
    wire.answers = answered.future();
    MqttFixture other = server.another(wire);
    try (RawMqtt client = new RawMqtt(other.server.port())) {
      client.say(mortal(0, WillsTest::nothing));
      await().until(() -> server.stored("mortal").endsAt() == StoredSession.CONNECTED);
    }
    await().until(() -> server.stored("mortal").endsAt() == endsAt);
    assertThat(server.stored("mortal").will()).isPresent();
    answered.complete();
    other.stop();
    endTheSession();
  }

  @Test
  void aWillWaitsOnWhenItsClientIsRefusedByAnotherNode() {
    lose(mortal(60, WillsTest::nothing));
    long epoch = server.stored("mortal").epoch();
    MqttFixture other = server.another(new KeptSessions.Wire(server.table));
    server.log.breakTables(true);
    try (RawMqtt client = new RawMqtt(other.server.port())) {
      Heard refused = client.say(mortal(0, WillsTest::nothing)).hear(CONNACK);
      assertThat(refused.at(1)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE.code());
      client.hearTheEnd();
    }
    server.log.breakTables(false);
    await().until(() -> server.stored("mortal").epoch() > epoch);
    assertThat(server.stored("mortal").will()).isPresent();
    other.stop();
    endTheSession();
  }

  @Test
  void aWillIsNotPublishedWhenItsClientComesBackToAnotherNodeAndEndsItsSessionThere() {
    lose(mortal(60, WillsTest::nothing));
    MqttFixture other = server.another(new KeptSessions.Wire(server.table));
    try (RawMqtt client = new RawMqtt(other.server.port())) {
      client.letIn(mortal(0, WillsTest::nothing));
      // DISCONNECT that ends the session.
      client.say(new byte[] {(byte) 0xE0, 7, 0, 5, 0x11, 0, 0, 0, 0}).hearTheEnd();
    }
    await().until(() -> !server.isStored("mortal"));
    other.stop();
    server.log.awaitTails();
    assertThat(server.inTheLog("will")).isEmpty();
  }

  /** With a clean start, so that the will that waits for it is due. */
  private void endTheSession() {
    try (RawMqtt client = server.raw()) {
      client.letIn(RawMqtt.connect5("mortal", true, its -> {}));
      await().until(() -> server.inTheLog("will").isPresent());
    }
  }

  @Test
  void aWillThatHasGoneOutIsNotKept() {
    try (RawMqtt client = server.raw().letIn(mortal(1, WillsTest::nothing))) {
      client.say(GOODBYE).hearTheEnd();
    }
    await().until(() -> server.stored("mortal").endsAt() != StoredSession.CONNECTED);
    assertThat(server.stored("mortal").will()).isEmpty();
  }
}
