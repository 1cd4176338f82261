package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.broker.Parsed;
import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.last.LastCopier;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appended;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.millrace.testkit.Seeds;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The last value of a topic outlives what retention leaves of the log. */
final class LastValueTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int PARTITIONS = 2;
  private static final long RETENTION = 100;
  private static final Namespace PLANT =
      new Namespace(
          "plant",
          1,
          PARTITIONS,
          Durability.LOGGED,
          Duration.ofMillis(RETENTION),
          Namespace.UNBOUNDED,
          1000);

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final Node node = new Node(log);

  @AfterEach
  void close() {
    node.close();
    log.close();
  }

  @AfterAll
  static void stop() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A node on a log; its clock is the time of the log's newest message. */
  private static final class Node implements AutoCloseable {
    private final MemoryTopicLog log;
    private final LogIndex index;
    private final Broker broker;
    private final HubLoop loop;

    private Node(MemoryTopicLog log) {
      this.log = log;
      this.index =
          new LogIndex(
              Path.of("unused"), // it is never closed, so it writes nothing
              new IndexConfig(1 << 20, Duration.ofDays(1)),
              log,
              new IndexMetrics(new PrometheusRegistry()),
              new SplittableRandom(1));
      this.broker =
          Broker.open(
                  log,
                  index,
                  new HubMetrics(new PrometheusRegistry()),
                  () -> Instant.ofEpochMilli(log.time()),
                  3000,
                  List.of(PLANT))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      this.loop = broker.hub().loop(((VertxInternal) VERTX).createEventLoopContext());
      await().pollInterval(Duration.ofMillis(1)).until(broker::isCaughtUp);
    }

    private OpenNamespace open() {
      return broker.hub().namespace("plant").orElseThrow();
    }

    /** Acknowledged as a publisher's is. */
    private void publish(String path, String text) {
      broker
          .find("plant")
          .orElseThrow()
          .publisher()
          .publish(
              Publication.of(path, text.getBytes(UTF_8)),
              Appended.then((partition, offset) -> open().acknowledged(partition, offset)));
    }

    /** What makes retention take everything of before. */
    private void publishNoise() {
      for (int i = 0; i < 500; i++) {
        publish("busy/" + i % 7, "noise");
      }
    }

    private void copy() throws InterruptedException {
      copy(Long.MAX_VALUE);
    }

    private LastCopier.Copied copy(long mostBytes) throws InterruptedException {
      log.awaitTails();
      LastCopier.Copied copied =
          new LastCopier(log, index, () -> Instant.ofEpochMilli(log.time()), mostBytes)
              .copyAll(PLANT, open().lastValues().orElseThrow());
      log.awaitTails();
      return copied;
    }

    private void retain() {
      for (int i = 0; i < PARTITIONS; i++) {
        log.trim(open().ref(i), log.offsetAt(open().ref(i), log.time() - RETENTION).result());
      }
    }

    private Listening beginning(String path, Start start) {
      Listening listening = Listening.to(loop, open(), path).from(start);
      await().pollInterval(Duration.ofMillis(1)).until(() -> listening.isCaughtUp);
      return listening;
    }

    @Override
    public void close() {
      broker.close();
    }
  }

  private static Position position(Listening of) {
    return Position.parse(String.valueOf(of.lastToken()))
            instanceof Parsed.Value<Position>(Position position)
        ? position
        : null;
  }

  @Test
  void equalsTheLastThatWasPublishedWhateverRetentionHasTaken() {
    Seeds.forEach(25, LastValueTest::lastValuesEqualThoseOfANaiveMap);
  }

  private static void lastValuesEqualThoseOfANaiveMap(RandomGenerator random) {
    MemoryTopicLog log = new MemoryTopicLog();
    Map<String, String> naive = new HashMap<>();
    Node node = new Node(log);
    try {
      for (int step = 0; step < 12; step++) {
        for (int i = random.nextInt(120); i > 0; i--) {
          // Some are published to often, some hardly ever.
          String path = "t/" + (int) Math.pow(1.4, random.nextInt(10));
          String text = step + "-" + i + "x".repeat(random.nextInt(3));
          node.publish(path, text);
          naive.put(path, path + "=" + text);
        }
        if (random.nextInt(3) > 0) {
          node.copy();
          node.retain();
        }
        if (random.nextInt(4) == 0) {
          node.close();
          node = new Node(log);
        }
      }
      node.log.awaitTails();
      for (Map.Entry<String, String> last : naive.entrySet()) {
        Listening listening = node.beginning(last.getKey(), new Start.Last(1));
        assertThat(listening.messages).containsExactly(last.getValue());
        assertThat(listening.gaps).isEmpty();
        Listening again = node.beginning(last.getKey(), new Start.After(position(listening)));
        assertThat(again.messages).as("behind its own position").isEmpty();
        assertThat(again.gaps).as("nothing of the topic is missing").isEmpty();
        node.publish(last.getKey(), "next");
        await()
            .pollInterval(Duration.ofMillis(1))
            .untilAsserted(
                () -> {
                  assertThat(listening.messages).hasSize(2).endsWith(last.getKey() + "=next");
                  assertThat(again.messages).containsExactly(last.getKey() + "=next");
                });
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      node.close();
      log.close();
    }
  }

  @Test
  void itsPositionIsTheOldOneAndAGapThatIsThereIsTold() throws Exception {
    node.publish("quiet", "one");
    node.publish("quiet", "two");
    Listening before = node.beginning("quiet", new Start.Since(0));
    assertThat(before.messages).containsExactly("quiet=one", "quiet=two");
    Position.OfTopic end = (Position.OfTopic) position(before);
    node.publishNoise();
    node.copy();
    node.retain();
    assertThat(log.all(node.open().ref(end.partition())))
        .noneMatch(message -> message.path().equals("quiet"));

    Listening last = node.beginning("quiet", new Start.Last(10));
    assertThat(last.messages).containsExactly("quiet=two");
    assertThat(position(last)).isEqualTo(end);
    assertThat(last.gaps).isEmpty();

    Listening behindOne =
        node.beginning(
            "quiet",
            new Start.After(
                new Position.OfTopic(
                    end.cluster(), 1, end.partition(), end.next() - 1, end.timeMillis())));
    assertThat(behindOne.gaps).hasSize(1);
    assertThat(behindOne.gaps.getFirst().from()).isEqualTo(end.next() - 1);
    assertThat(behindOne.gaps.getFirst().reason()).isEqualTo(Gap.Reason.RETENTION);

    assertThat(node.beginning("quiet", new Start.Since(end.timeMillis())).gaps)
        .extracting(Gap::reason)
        .containsExactly(Gap.Reason.RETENTION);
    assertThat(node.beginning("quiet", new Start.Since(end.timeMillis() + 1)).gaps)
        .as("what was taken since is of other topics")
        .isEmpty();
  }

  @Test
  void noMarkerSaysThatThereIsWhatTheCompanionHasRefused() throws Exception {
    node.publish("quiet", "one");
    node.publishNoise();
    node.log.awaitTails();
    LastValues values = node.open().lastValues().orElseThrow();
    Appender companion = log.companion(PLANT).result().appender();
    values.appendTo(
        new Appender() {
          @Override
          public int partitionOf(String path) {
            return companion.partitionOf(path);
          }

          @Override
          public void append(Publication publication, AppendResult done) {
            if (publication.path().equals("quiet")) {
              done.failed(new LogException(LogException.Reason.UNAVAILABLE, "away"));
            } else {
              companion.append(publication, done);
            }
          }

          @Override
          public long pendingBytes() {
            return 0;
          }
        });
    assertThatThrownBy(node::copy).isInstanceOf(LogException.class);
    int partition = node.open().partitionOf("quiet");
    for (PartitionRef ref : values.refs()) {
      assertThat(log.all(ref)).noneMatch(one -> one.path().endsWith("1/" + partition));
    }
  }

  @Test
  void aCompanionThatIsFullKeepsTheTopicsThatItHasAndHidesNothing() throws Exception {
    node.publish("quiet", "one");
    node.publishNoise();
    node.copy();
    node.publish("quiet", "two");
    node.publish("fresh", "one");
    node.publishNoise();
    LastCopier.Copied copied = node.copy(0);
    assertThat(copied.values()).isPositive();
    assertThat(copied.leftOut()).isPositive();
    node.retain();
    Listening quiet = node.beginning("quiet", new Start.Last(1));
    assertThat(quiet.messages).containsExactly("quiet=two");
    Listening fresh = node.beginning("fresh", new Start.Last(1));
    assertThat(fresh.messages).isEmpty();
    assertThat(fresh.gaps).hasSize(1);
    assertThat(fresh.gaps.getFirst().reason()).isEqualTo(Gap.Reason.RETENTION);
  }

  @Test
  void whileTheCompanionIsBeingReadNobodyKnowsWhatIsMissing() throws Exception {
    node.publish("quiet", "one");
    node.publishNoise();
    node.copy();
    LastValues values = node.open().lastValues().orElseThrow();
    assertThat(values.of("never").result()).isEqualTo(new LastValues.Known(Optional.empty(), true));
    LastValues behind =
        new LastValues("plant", log.companion(PLANT).result(), log, node.index, values.retained());
    for (PartitionRef ref : values.refs()) {
      behind.messages(log.all(ref));
    }
    PartitionRef ref = node.open().ref(node.open().partitionOf("never"));
    assertThat(values.isNothingMissing(ref, "never", 0, 1).result()).isTrue();
    assertThat(behind.isNothingMissing(ref, "never", 0, 1).result()).isFalse();
  }

  @Test
  void whatWasNotCopiedInTimeIsAGap() {
    node.publish("quiet", "one");
    Listening before = node.beginning("quiet", new Start.Since(0));
    Position.OfTopic end = (Position.OfTopic) position(before);
    node.publishNoise();
    node.log.awaitTails();
    node.retain();
    Listening last = node.beginning("quiet", new Start.Last(1));
    assertThat(last.messages).isEmpty();
    assertThat(last.gaps).as("there was one").hasSize(1);
    try (Node restarted = new Node(log)) {
      log.awaitTails();
      assertThat(restarted.beginning("quiet", new Start.After(end)).gaps)
          .as("nobody knows whether there was more")
          .hasSize(1);
    }
  }

  @Test
  void oneForWhomThereIsNoRoomGetsItWhenThereIs() throws Exception {
    node.publish("quiet", "one");
    node.publishNoise();
    node.copy();
    node.retain();
    Listening slow = Listening.to(node.loop, node.open(), "quiet");
    slow.isFull = true;
    slow.from(new Start.Last(1));
    await().until(slow::isPaused);
    slow.resume();
    await().until(() -> slow.isCaughtUp);
    assertThat(slow.messages).containsExactly("quiet=one");
    node.publish("quiet", "two");
    await().until(() -> slow.messages.size() == 2);
    assertThat(slow.gaps).isEmpty();
  }
}
