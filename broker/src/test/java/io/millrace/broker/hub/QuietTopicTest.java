package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.MemoryTopicLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of a quiet topic in a busy partition are read from the log once, and little else. */
class QuietTopicTest {
  private static final int MESSAGES = 20;
  private static final int BUSY = 1100;

  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();
  private final MemoryTopicLog log = fixture.log;
  private int before;
  private int messagesBefore;

  @AfterEach
  void close() {
    fixture.close();
  }

  @BeforeEach
  void publish() {
    int home = fixture.appender.partitionOf("quiet");
    String near = atHomeOf("quiet", "near");
    String busy = atHomeOf("quiet", "busy");
    for (int i = 0; i < MESSAGES; i++) {
      fixture.publish(near, "m" + i);
      fixture.publish(busy, "noise");
    }
    for (int i = 0; i < MESSAGES; i++) {
      fixture.publish("quiet", "m" + i);
      for (int j = 0; j < BUSY; j++) {
        fixture.publish(busy, "noise");
      }
    }
    long end = fixture.log.all(fixture.namespace.ref(home)).getLast().offset() + 1;
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> fixture.namespace.rings()[home].end() == end);
    before = log.reads();
    messagesBefore = log.messagesRead();
  }

  /** A topic in the same partition as another. */
  private String atHomeOf(String other, String name) {
    String topic = name;
    while (fixture.appender.partitionOf(topic) != fixture.appender.partitionOf(other)) {
      topic = topic.concat("x");
    }
    return topic;
  }

  private List<String> beginning(Start start) {
    return beginning("quiet", start);
  }

  private List<String> beginning(String topic, Start start) {
    Listening listening = Listening.to(loop, fixture.namespace, topic).from(start);
    await().pollInterval(Duration.ofMillis(1)).until(() -> listening.isCaughtUp);
    assertThat(listening.gaps).isEmpty();
    return listening.messages;
  }

  private static List<String> last(int count) {
    return last("quiet", count);
  }

  private static List<String> last(String topic, int count) {
    List<String> messages = new ArrayList<>();
    for (int i = MESSAGES - count; i < MESSAGES; i++) {
      messages.add(topic + "=m" + i);
    }
    return messages;
  }

  @Test
  void theLastValueTakesOneRead() {
    assertThat(beginning(new Start.Last(1))).isEqualTo(last(1));
    assertThat(log.reads() - before).isEqualTo(1);
  }

  @Test
  void theLastTenTakeTenReads() {
    assertThat(beginning(new Start.Last(10))).isEqualTo(last(10));
    assertThat(log.reads() - before).isEqualTo(10);
  }

  @Test
  void moreThanThereAreTakesOneReadEach() {
    assertThat(beginning(new Start.Last(500))).isEqualTo(last(MESSAGES));
    assertThat(log.reads() - before).isEqualTo(MESSAGES);
  }

  @Test
  void aTimeTakesOneReadEach() {
    assertThat(beginning(new Start.Since(0))).isEqualTo(last(MESSAGES));
    assertThat(log.reads() - before).isEqualTo(MESSAGES);
  }

  @Test
  void theLastOnesNextToEachOtherTakeOneReadOfWhatLiesBetweenThem() {
    String near = atHomeOf("quiet", "near");
    assertThat(beginning(near, new Start.Last(5))).isEqualTo(last(near, 5));
    assertThat(log.reads() - before).isEqualTo(1);
    // The index knows of the first and the last in so much of the log, not of those between.
    assertThat(log.messagesRead() - messagesBefore).isBetween(9, 2 * MESSAGES);
  }

  @Test
  void aTimeTakesOneReadOfThoseNextToEachOther() {
    String near = atHomeOf("quiet", "near");
    assertThat(beginning(near, new Start.Since(0))).isEqualTo(last(near, MESSAGES));
    assertThat(log.reads() - before).isEqualTo(1);
    assertThat(log.messagesRead() - messagesBefore).isEqualTo(2 * MESSAGES - 1);
  }
}
