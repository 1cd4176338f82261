package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.Appended;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who begins at a time hears whether anything since then may be missing. */
class SinceGapsTest {
  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();

  @AfterEach
  void close() {
    fixture.close();
  }

  private Listening beginning(OpenNamespace namespace, String filter, Start start) {
    Listening listening = Listening.to(loop, namespace, filter).from(start);
    await().until(() -> listening.isCaughtUp);
    return listening;
  }

  private List<Message> published(int count) {
    for (int i = 0; i < count; i++) {
      fixture.publish("a", "m" + i);
    }
    fixture.awaitTaken(loop);
    return fixture.log.all(home());
  }

  private PartitionRef home() {
    return fixture.namespace.ref(fixture.appender.partitionOf("a"));
  }

  @Test
  void aTimeBeforeWhatRetentionHasTakenIsBehindAGap() {
    List<Message> all = published(200);
    long kept = all.get(150).offset();
    fixture.log.trim(home(), kept);
    Gap gap = new Gap(home().partition(), 0, kept, Gap.Reason.RETENTION);

    for (String filter : List.of("a", "#")) {
      for (long time : new long[] {0, all.get(100).timestamp(), all.get(150).timestamp()}) {
        Listening behind = beginning(fixture.namespace, filter, new Start.Since(time));
        assertThat(behind.gaps).as(filter + " since " + time).containsExactly(gap);
        assertThat(behind.messages).hasSize(50).startsWith("a=m150");
      }
      // The oldest that is kept is older: nothing that was taken is not.
      Listening within =
          beginning(fixture.namespace, filter, new Start.Since(all.get(151).timestamp()));
      assertThat(within.gaps).isEmpty();
      assertThat(within.messages).hasSize(49).startsWith("a=m151");
    }
  }

  @Test
  void whereNothingIsLeftNobodyKnowsHowOldItWas() {
    List<Message> all = published(10);
    long end = all.getLast().offset() + 1;
    fixture.log.trim(home(), end);

    for (String filter : List.of("a", "#")) {
      Listening behind = beginning(fixture.namespace, filter, new Start.Since(0));
      assertThat(behind.gaps)
          .containsExactly(new Gap(home().partition(), 0, end, Gap.Reason.RETENTION));
      assertThat(behind.messages).isEmpty();
    }
  }

  @Test
  void whereRetentionHasTakenNothingThereIsNoGap() {
    published(5);
    assertThat(beginning(fixture.namespace, "#", new Start.Since(0)).gaps).isEmpty();
    assertThat(beginning(fixture.namespace, "a", new Start.Since(0)).gaps).isEmpty();
  }

  @Test
  void theLastOnesThatThereAreAreNoGapHoweverFewerTheyAre() {
    List<Message> all = published(10);
    fixture.log.trim(home(), all.get(7).offset());
    Listening last = beginning(fixture.namespace, "a", new Start.Last(5));
    assertThat(last.messages).containsExactly("a=m7", "a=m8", "a=m9");
    assertThat(last.gaps).isEmpty();
  }

  private void publishTo(int topics) {
    for (int i = 0; i < topics; i++) {
      fixture.publish("t/" + i, "x");
    }
  }

  private void takeAll(OpenNamespace of) {
    for (int i = 0; i < of.settings().partitions(); i++) {
      fixture.log.trim(of.ref(i), fixture.log.bounds(of.ref(i)).result().end());
    }
  }

  @Test
  void whatAnEarlierGenerationHadIsBehindAGapUntilSomethingOlderIsKept() {
    publishTo(20);
    OpenNamespace first = fixture.namespace;
    OpenNamespace now = fixture.grow(5);
    long grown = fixture.log.time();
    assertThat(beginning(now, "#", new Start.Since(grown)).gaps)
        .as("what the earlier one has is older")
        .isEmpty();

    takeAll(first);
    fixture.publish("t/0", "y");
    fixture.awaitTaken(loop);
    for (long time : new long[] {0, grown - 1, grown}) {
      assertThat(beginning(now, "#", new Start.Since(time)).gaps)
          .as("since " + time)
          .hasSize(5)
          .allMatch(gap -> gap.reason() == Gap.Reason.RETENTION && gap.to() == 0);
      for (String exact : List.of("t/0", "never")) {
        int home = fixture.appender.partitionOf(exact);
        assertThat(beginning(now, exact, new Start.Since(time)).gaps)
            .containsExactly(new Gap(home, 0, 0, Gap.Reason.RETENTION));
      }
    }
    for (String filter : List.of("#", "t/0", "never")) {
      assertThat(beginning(now, filter, new Start.Since(grown + 1)).gaps)
          .as("what was before the partitions grew is older than what there is")
          .isEmpty();
    }
  }

  @Test
  void anEarlierGenerationThatIsGoneIsToldOnce() {
    publishTo(20);
    fixture.grow(4);
    OpenNamespace now = fixture.grow(5);
    fixture.log.deleteGeneration("plant", 1);
    publishTo(20);
    fixture.awaitTaken(loop);
    assertThat(beginning(now, "t/3", new Start.Since(0)).gaps)
        .containsExactly(new Gap(fixture.appender.partitionOf("t/3"), 0, 0, Gap.Reason.RETENTION));
    assertThat(beginning(now, "#", new Start.Since(fixture.log.time() + 1)).gaps).isEmpty();
  }

  private OpenNamespace unkept() {
    return fixture.hub.open(
        new Namespace(
            "wire", 1, 1, Durability.MEMORY, Duration.ofDays(1), Namespace.UNBOUNDED, 1000),
        path -> 0,
        new long[1]);
  }

  private void deliver(OpenNamespace to, int from, int count) {
    for (int i = from; i < from + count; i++) {
      to.deliver(Publication.of("a", ("m" + i).getBytes(UTF_8)), 1000 + i, Appended.UNHEARD);
      fixture.awaitTaken(loop);
    }
  }

  @Test
  void aNamespaceThatKeepsNothingSaysSoOfWhatIsOlderThanItsMemory() {
    OpenNamespace wire = unkept();
    Listening fresh = beginning(wire, "#", new Start.Since(0));
    assertThat(fresh.gaps).containsExactly(new Gap(0, 0, 0, Gap.Reason.NOT_KEPT));
    deliver(wire, 0, 3);

    Listening before = beginning(wire, "a", new Start.Since(1000));
    assertThat(before.gaps).containsExactly(new Gap(0, 0, 0, Gap.Reason.NOT_KEPT));
    assertThat(before.messages).containsExactly("a=m0", "a=m1", "a=m2");
    Listening within = beginning(wire, "a", new Start.Since(1001));
    assertThat(within.gaps).isEmpty();
    assertThat(within.messages).containsExactly("a=m1", "a=m2");
    assertThat(beginning(wire, "a", new Start.Last(5)).gaps).isEmpty();
    assertThat(beginning(wire, "a", new Start.Now()).gaps).isEmpty();

    deliver(wire, 3, 200);
    Listening fallen = beginning(wire, "a", new Start.Since(1001));
    assertThat(fallen.gaps).hasSize(1);
    assertThat(fallen.gaps.getFirst().reason()).isEqualTo(Gap.Reason.NOT_KEPT);
    assertThat(fallen.gaps.getFirst().to()).isEqualTo(203 - fallen.messages.size());
  }
}
