package io.millrace.broker.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.Appended;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.testkit.Seeds;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index survives restarts by its snapshots, or is made from the log again. */
class IndexSnapshotTest {
  private static final Namespace SETTINGS =
      new Namespace(
          "plant", 1, 2, Durability.LOGGED, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final int TOPICS = 50;

  @TempDir private Path folder;
  private final MemoryTopicLog log = new MemoryTopicLog();
  private final ScannedIndex truth = new ScannedIndex(log);
  private final Appender appender = log.appender(SETTINGS);
  private final List<LogIndex> opened = new ArrayList<>();
  private PrometheusRegistry registry = new PrometheusRegistry();

  @BeforeEach
  void publishSome() {
    publish(2000);
  }

  @AfterEach
  void close() {
    opened.forEach(LogIndex::close);
    log.close();
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      appender.append(
          Publication.of("t/" + (i * 31 + i / 7) % TOPICS, ("m" + i).getBytes(UTF_8)),
          Appended.UNHEARD);
    }
  }

  private static PartitionRef ref(int partition) {
    return new PartitionRef("plant", 1, partition);
  }

  /** A new index, as after a restart. */
  private LogIndex index() {
    registry = new PrometheusRegistry();
    LogIndex index =
        new LogIndex(
            folder,
            new IndexConfig(1 << 20, NEVER),
            log,
            new IndexMetrics(registry),
            new SplittableRandom(1));
    opened.add(index);
    return index;
  }

  private static <T> T wait(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private long open(LogIndex index, PartitionRef ref) {
    return open(index, ref, truth.end(ref(0)));
  }

  private static long open(LogIndex index, PartitionRef ref, long end) {
    return wait(index.open(ref, new Bounds(0, end)));
  }

  private double rebuilds() {
    return registry.scrape().stream()
        .filter(CounterSnapshot.class::isInstance)
        .map(CounterSnapshot.class::cast)
        .filter(counter -> counter.getMetadata().getName().contains("rebuilds"))
        .mapToDouble(counter -> counter.getDataPoints().getFirst().getValue())
        .sum();
  }

  private Path file(int partition) {
    return IndexSnapshot.in(folder, "memory", ref(partition)).file();
  }

  /** Reads the log into it. */
  private LogIndex followed(LogIndex index) {
    Tail tail = log.tail(index);
    for (int partition = 0; partition < 2; partition++) {
      PartitionRef ref = ref(partition);
      tail.follow(ref, wait(log.bounds(ref).compose(bounds -> index.open(ref, bounds))));
    }
    await().until(() -> hasCaughtUp(index));
    tail.close();
    return index;
  }

  private boolean hasCaughtUp(LogIndex index) {
    return index.end(ref(0)) >= truth.end(ref(0)) && index.end(ref(1)) >= truth.end(ref(1));
  }

  private void assertRight(TopicIndex index) {
    for (int partition = 0; partition < 2; partition++) {
      PartitionRef ref = ref(partition);
      for (int topic = 0; topic < TOPICS; topic++) {
        String path = "t/" + topic;
        assertThat(index.last(ref, path, 1)).isEqualTo(truth.last(ref, path, 1));
        assertThat(index.last(ref, path, 7)).isLessThanOrEqualTo(truth.last(ref, path, 7));
        for (long from = 0; from < truth.end(ref); from += 97) {
          assertThat(index.next(ref, path, from)).isLessThanOrEqualTo(truth.next(ref, path, from));
        }
      }
    }
  }

  @Test
  void aRestartReadsOnlyWhatIsBehindTheSnapshot() {
    followed(index()).close();
    long end = truth.end(ref(0));
    publish(300);
    LogIndex again = index();
    assertThat(open(again, ref(0))).isEqualTo(end);
    assertRight(followed(again));
    assertThat(rebuilds()).isZero();
  }

  @Test
  void whatIsOpenAlreadyStaysAsItIs() {
    LogIndex index = followed(index());
    assertThat(open(index, ref(0))).isEqualTo(truth.end(ref(0)));
    assertRight(index);
  }

  @Test
  void whatRetentionTookMeanwhileIsForgotten() {
    followed(index()).close();
    log.trim(ref(0), truth.end(ref(0)) / 2);
    LogIndex again = followed(index());
    assertThat(again.start(ref(0))).isEqualTo(truth.end(ref(0)) / 2);
    for (int topic = 0; topic < TOPICS; topic++) {
      assertThat(again.next(ref(0), "t/" + topic, 0))
          .isBetween(again.start(ref(0)), truth.next(ref(0), "t/" + topic, 0));
    }
  }

  @Test
  void whatRetentionTakesBeforeTheTailReadsItIsNoCut() {
    LogIndex index = followed(index());
    long end = truth.end(ref(0));
    index.jumped(ref(0), 10, 20);
    assertThat(index.start(ref(0))).isEqualTo(20);
    assertThat(index.end(ref(0))).isEqualTo(end);
    index.jumped(ref(0), end, end + 5);
    assertThat(index.start(ref(0))).isEqualTo(end + 5);
    assertThat(index.topics()).isEqualTo(topicsOf(1));
  }

  private long topicsOf(int partition) {
    return log.all(ref(partition)).stream().map(Message::path).distinct().count();
  }

  @Test
  void aFileThatWasCutOrGarbledAnywhereIsNeverBelieved() throws IOException {
    followed(index()).close();
    byte[] good = Files.readAllBytes(file(0));
    Seeds.forEach(
        100,
        random -> {
          Files.write(file(0), broken(good, random));
          LogIndex again = index();
          assertThat(open(again, ref(0))).isZero();
          assertThat(rebuilds()).isEqualTo(1);
        });
    assertRight(followed(index()));
  }

  private static byte[] broken(byte[] good, RandomGenerator random) {
    if (random.nextBoolean()) {
      return Arrays.copyOf(good, random.nextInt(good.length));
    }
    byte[] bad = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return Arrays.equals(bad, good) ? new byte[0] : bad;
  }

  @Test
  void aKillWhileItIsWrittenLeavesTheOneBefore() throws IOException {
    followed(index()).close();
    long end = truth.end(ref(0));
    // What is there when the process ends before the new file took the old one's place.
    byte[] whole = Files.readAllBytes(file(0));
    Path incomplete = file(0).resolveSibling(file(0).getFileName() + ".incomplete");
    for (int length : new int[] {0, 1, whole.length / 2, whole.length}) {
      Files.write(incomplete, Arrays.copyOf(whole, length));
      LogIndex again = index();
      assertThat(open(again, ref(0))).isEqualTo(end);
      again.close();
      assertThat(incomplete).doesNotExist();
    }
  }

  @Test
  void aSnapshotOfAnotherClusterOrPartitionIsNotBelieved() throws IOException {
    followed(index()).close();
    IndexMemory memory = new IndexMemory(1 << 20);
    IndexSnapshot elsewhere = new IndexSnapshot(file(0), "another", ref(0));
    assertThatThrownBy(() -> elsewhere.read(new PartitionIndex(memory, new SplittableRandom(1))))
        .hasMessage("it is of another cluster");

    PartitionRef grown = new PartitionRef("plant", 2, 0);
    Files.copy(file(0), IndexSnapshot.in(folder, "memory", grown).file());
    assertThat(open(index(), grown, 9999)).isZero();
    assertThat(rebuilds()).isEqualTo(1);
  }

  @Test
  void aSnapshotThatIsAheadOfTheLogIsNotBelieved() {
    followed(index()).close();
    assertThat(open(index(), ref(0), truth.end(ref(0)) - 1)).isZero();
    assertThat(rebuilds()).isEqualTo(1);
  }

  @Test
  void aSnapshotIsGoneWhenTheLogIsCut() {
    followed(index()).close();
    LogIndex index = followed(index());
    assertThat(file(0)).exists();
    long end = truth.end(ref(0));
    index.jumped(ref(0), end, end - 10);
    assertThat(file(0)).doesNotExist();
    assertThat(index.end(ref(0))).isEqualTo(end - 10);
  }

  @Test
  void aDeletedPartitionLeavesNothing() {
    followed(index()).close();
    LogIndex index = followed(index());
    wait(index.delete(ref(0)));
    assertThat(file(0)).doesNotExist();
    assertThat(index.start(ref(0))).isEqualTo(TopicIndex.NONE);
    assertThat(index.topics()).isEqualTo(topicsOf(1));
    index.close();
    assertThat(file(0)).doesNotExist();
  }

  @Test
  void savingWhileMessagesComeLosesAndDoublesNothing() throws Exception {
    IndexMemory memory = new IndexMemory(1 << 20);
    PartitionIndex index = new PartitionIndex(memory, new SplittableRandom(1));
    List<Message> all = log.all(ref(0));
    Thread adding =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int at = 0; at < all.size(); at++) {
                    index.add(all.subList(at, at + 1));
                  }
                });
    IndexSnapshot snapshot = IndexSnapshot.in(folder, "memory", ref(0));
    do {
      snapshot.write(index);
      PartitionIndex again = new PartitionIndex(memory, new SplittableRandom(2));
      snapshot.read(again);
      long from = again.end();
      again.add(all.stream().filter(message -> message.offset() >= from).toList());
      for (int topic = 0; topic < TOPICS; topic++) {
        String path = "t/" + topic;
        assertThat(again.last(path, 1)).isEqualTo(truth.last(ref(0), path, 1));
        for (int count = 2; count < 40; count += 3) {
          assertThat(again.last(path, count)).isLessThanOrEqualTo(truth.last(ref(0), path, count));
        }
      }
    } while (adding.isAlive());
    adding.join();
  }
}
