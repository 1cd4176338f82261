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

/** Each message of a quiet topic in a busy partition is read from the log once, and alone. */
class QuietTopicTest {
  private static final int MESSAGES = 20;
  private static final int BUSY = 1100;

  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();
  private final MemoryTopicLog log = fixture.log;
  private int before;

  @AfterEach
  void close() {
    fixture.close();
  }

  @BeforeEach
  void publish() {
    int home = fixture.appender.partitionOf("quiet");
    String busy = "busy";
    while (fixture.appender.partitionOf(busy) != home) {
      busy = busy.concat("x");
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
  }

  private List<String> beginning(Start start) {
    Listening listening = Listening.to(loop, fixture.namespace, "quiet").from(start);
    await().pollInterval(Duration.ofMillis(1)).until(() -> listening.isCaughtUp);
    assertThat(listening.gaps).isEmpty();
    return listening.messages;
  }

  private static List<String> last(int count) {
    List<String> messages = new ArrayList<>();
    for (int i = MESSAGES - count; i < MESSAGES; i++) {
      messages.add("quiet=m" + i);
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
}
