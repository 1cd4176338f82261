package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.ReturnedMessages.Returned;
import io.millrace.broker.mqtt.SharedGroup.FirstReturned;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.TopicFilter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Groups whose namespace is deleted, and made again. */
class SharedGroupsTest {
  private static final String TEXT = "$share/g/plant/+";
  private static final Place PLACE = new Place("plant", 1, 0, 5, "a");

  private final SharedGroups groups = new SharedGroups();
  private final SharedGroup group =
      groups.group(new SharedGroups.Key("default", "g", filter("plant/+")));

  private static TopicFilter filter(String text) {
    return ((Parsed.Value<TopicFilter>) TopicFilter.parse(text)).value();
  }

  private static Position at(long next) {
    return new Position.OfFilter(7, 1, Offsets.of(new long[] {next}), 0);
  }

  /** Of a client that has not acknowledged a message. */
  private Runnable ending() throws MqttException {
    StoredSession session =
        new StoredSession(
            "node",
            "its",
            1,
            "n",
            0,
            60,
            0,
            Optional.empty(),
            List.of(new Subscribed(TEXT, SubscriptionOptions.of(1), 0, null, null, null)),
            List.of(new InFlight(1, 1, false, false, new byte[0], PLACE, TEXT)),
            List.of());
    return groups.ending(SessionKey.of("default", MountPoint.NONE, "c"), session);
  }

  @Test
  void whatAnEndedSessionHasNotAcknowledgedGoesToOthers() throws MqttException {
    ending().run();
    assertThat(group.dealFirst())
        .isEqualTo(
            new FirstReturned.Elsewhere(new Returned(new Dealt(PLACE, 0), Optional.empty())));
  }

  @Test
  void nothingOfANamespaceThatWasDeletedWhileItsSessionEnded() throws MqttException {
    Runnable gift = ending();
    groups.beginAnew("plant");
    gift.run();
    assertThat(group.dealFirst()).isEqualTo(new FirstReturned.None());
  }

  @Test
  void whoReadsWhatIsDeletedSaysNothingOfWhatComesAfterIt() {
    int before = group.life();
    group.reached(at(5), before);
    groups.beginAnew("plant");
    String anew = Position.anew(at(5).token());
    assertThat(group.position()).isEqualTo(anew);
    group.reached(at(6), before);
    assertThat(group.position()).isEqualTo(anew);
    group.reached(at(1), group.life());
    // It hears only now that it has ended.
    group.beginAnew(before);
    assertThat(group.position()).isEqualTo(at(1).token());
  }
}
