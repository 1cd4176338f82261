package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.GrantId;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Received;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MqttSessionTest {
  private static final Place PLACE = new Place("plant", 1, 2, 3, "a/b");
  private final MqttSession session = new MqttSession("nonce", 2);

  private int send(int qos) {
    int id = session.nextId();
    session.sent(id, qos, false, new byte[0], PLACE, StoredSession.InFlight.NOT_SHARED);
    return id;
  }

  @Test
  void takesNoMoreThanTheWindow() {
    send(1);
    int second = send(2);
    assertThat(session.hasRoom()).isFalse();
    session.arrived(second, false);
    assertThat(session.hasRoom()).as("released is not done").isFalse();
    assertThat(session.completed(second)).isTrue();
    assertThat(session.hasRoom()).isTrue();
    assertThat(session.hasMuchRoom()).isTrue();
  }

  @Test
  void whatWasHeldIsInFlightBehindWhatWentOutMeanwhile() {
    int held = send(2);
    int other = send(1);
    session.wentOut(held);
    assertThat(session.inFlight()).extracting(InFlight::packetId).containsExactly(other, held);
    session.wentOut(99);
    assertThat(session.inFlight()).hasSize(2);
  }

  @Test
  void whatIsOfADeletedNamespaceTakesRoomUntilItIsAcknowledgedAndIsNotKept() {
    int one = send(1);
    int two = send(2);
    session.deleted("another"::equals);
    assertThat(session.inFlight()).hasSize(2);
    session.deleted("plant"::equals);
    assertThat(session.inFlight()).isEmpty();
    assertThat(session.isInFlight(one, PLACE)).isFalse();
    assertThat(session.hasRoom()).isFalse();
    assertThat(session.acknowledged(one)).isTrue();
    assertThat(session.hasRoom()).isTrue();
    assertThat(session.arrived(two, false)).isTrue();
    assertThat(session.inFlight())
        .as("that it has arrived")
        .extracting(InFlight::packetId)
        .containsExactly(two);
  }

  @Test
  void whatIsOfADeletedNamespaceTakesNoRoomOfAConnectionThatHasNotSentIt() {
    int one = send(1);
    int two = send(1);
    session.deleted("plant"::equals);
    session.forgetIfDeleted(one);
    assertThat(session.hasRoom()).isTrue();
    int again = send(1);
    session.forgetIfDeleted(again);
    assertThat(session.inFlight()).extracting(InFlight::packetId).containsExactly(again);
    session.forgetDeleted();
    assertThat(session.acknowledged(two)).isFalse();
    assertThat(session.inFlight()).extracting(InFlight::packetId).containsExactly(again);
  }

  @Test
  void answersThatNobodyWaitsForChangeNothing() {
    int one = send(1);
    int two = send(2);
    assertThat(session.acknowledged(two)).isFalse();
    assertThat(session.arrived(one, false)).isFalse();
    assertThat(session.completed(two)).isFalse();
    assertThat(session.inFlight()).hasSize(2);
    assertThat(session.acknowledged(99)).isFalse();
  }

  @Test
  void anErrorEndsAnExchange() {
    int id = send(2);
    assertThat(session.arrived(id, true)).isTrue();
    assertThat(session.inFlight()).isEmpty();
  }

  @Test
  void identifiersInFlightAreNotUsedAgain() {
    int first = send(1);
    for (int i = 0; i < 0xFFFF * 2; i++) {
      int id = send(1);
      assertThat(id).isNotEqualTo(first).isBetween(1, 0xFFFF);
      session.acknowledged(id);
    }
  }

  @Test
  void aMessageFromTheClientIsKnownUntilItIsReleased() {
    Received received = session.begin(7);
    assertThat(session.known(7)).isEqualTo(received);
    session.published(received);
    assertThat(session.known(7)).isNotNull().matches(Received::isPublished);
    assertThat(session.released(7)).isTrue();
    assertThat(session.released(7)).isFalse();
    assertThat(session.begin(7).id()).isNotEqualTo(received.id());
  }

  @Test
  void aSessionIsTheSameAfterItWasKept() throws MqttException {
    send(1);
    session.arrived(send(2), false);
    session.published(session.begin(9));
    Packet.Will will =
        new Packet.Will(
            "plant/will",
            new byte[] {1, 2},
            1,
            true,
            properties(
                new PacketWriter.Fields()
                    .put(Property.WILL_DELAY_INTERVAL, 5)
                    .put(Property.CONTENT_TYPE, "a/b")
                    .put(Property.CORRELATION_DATA, new byte[] {9})
                    .putPair("n", new byte[] {'v'})));
    StoredSession.KeptWill kept =
        new StoredSession.KeptWill(
            will,
            Set.of(GrantId.key("k"), GrantId.token("t")),
            Optional.of(Instant.ofEpochMilli(7)));
    StoredSession stored =
        new StoredSession(
            "node",
            "key:principal",
            4,
            session.nonce(),
            session.published(),
            60,
            StoredSession.CONNECTED,
            Optional.of(kept),
            List.of(
                new Subscribed("$share/g/a", SubscriptionOptions.of(0x2E), 5, null, "token", null),
                new Subscribed("ü/+", SubscriptionOptions.of(0), 0, "begun", null, "")),
            session.inFlight(),
            session.received());

    StoredSession read = SessionCodec.decode(SessionCodec.encode(stored)).orElseThrow();

    assertThat(read.principal()).isEqualTo("key:principal");
    assertThat(read.subscriptions()).isEqualTo(stored.subscriptions());
    assertThat(read.received()).isEqualTo(stored.received());
    assertThat(read.inFlight()).extracting(InFlight::place).containsExactly(PLACE, PLACE);
    assertThat(read.inFlight()).extracting(InFlight::isReleased).containsExactly(false, true);
    assertThat(read.endsAt()).isEqualTo(StoredSession.CONNECTED);
    StoredSession.KeptWill its = read.will().orElseThrow();
    assertThat(its.ids()).isEqualTo(kept.ids());
    assertThat(its.grantEndsAt()).isEqualTo(kept.grantEndsAt());
    assertThat(its.message().properties().number(Property.WILL_DELAY_INTERVAL, 0)).isEqualTo(5);
    assertThat(its.message().properties().user()).containsExactly(new Properties.Pair("n", "v"));
    MqttSession again = MqttSession.of(read, 2);
    assertThat(again.hasRoom()).isFalse();
    assertThat(again.begin(1).id()).isEqualTo("mqtt-nonce-1");
  }

  private static Properties properties(PacketWriter.Fields fields) throws MqttException {
    byte[] bytes = new PacketWriter.Fields().putCounted(fields).toBytes();
    return new FieldReader(bytes, 0, bytes.length).readProperties(Property.Place.WILL);
  }

  @Test
  void whatNoVersionHasWrittenIsNoSession() {
    assertThat(SessionCodec.decode(new byte[] {2})).isEmpty();
    assertThat(SessionCodec.decode(new byte[] {1, 0})).isEmpty();
    assertThat(SessionCodec.decode(new byte[0])).isEmpty();
  }

  @Test
  void acknowledgementsGoOutInTheOrderInWhichTheMessagesCame() {
    List<Integer> sent = new ArrayList<>();
    AckOrder order = new AckOrder((kind, id, reason, text) -> sent.add(id));
    AckOrder.Slot one = order.came(Packet.Acknowledgement.Kind.PUBACK, 1);
    AckOrder.Slot two = order.came(Packet.Acknowledgement.Kind.PUBREC, 2);
    AckOrder.Slot three = order.came(Packet.Acknowledgement.Kind.PUBACK, 3);
    order.done(two, ReasonCode.SUCCESS, "");
    order.done(three, ReasonCode.QUOTA_EXCEEDED, "no");
    assertThat(sent).isEmpty();
    order.done(one, ReasonCode.SUCCESS, "");
    assertThat(sent).containsExactly(1, 2, 3);
    assertThat(order.size()).isZero();
  }
}
