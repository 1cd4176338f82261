package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** States that wait on the disk for a bucket that is slow, away, back or another's. */
@Timeout(60)
class SpooledStatesTest {
  private static final String STATE = "b/state.json";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private ObjectStore bucket;
  private SwitchedStore remote;
  private ObjectStore store;

  @BeforeEach
  void open() {
    open(false);
  }

  private void open(boolean away) {
    bucket = new DirectoryObjectStore(vertx, folder.resolve("bucket"), new PrometheusRegistry());
    remote = new SwitchedStore(bucket);
    if (away) {
      remote.goAway();
    }
    S3Config.Spool config = new S3Config.Spool(folder.resolve("spool"), 64 << 10, 4);
    store =
        done(
            SpooledObjectStore.open(
                vertx, remote, config, new PrometheusRegistry(), System::nanoTime));
  }

  /** What a killed run leaves on the disk is what one leaves that cannot send it. */
  private void restart(boolean away) {
    remote.goAway();
    done(store.close());
    open(away);
  }

  @AfterEach
  void close() {
    remote.comeBack();
    done(store.close());
    done(vertx.close());
  }

  @Test
  void aStateIsTakenWhileTheBucketIsAwayAndTheNewestIsThereInTheEnd() {
    remote.goAway();
    Optional<String> tag = advance(Optional.empty(), "one");
    tag = advance(tag, "two");
    tag = advance(tag, "three");
    assertThat(read(store)).isEqualTo("three");

    remote.comeBack();

    awaitInBucket("three");
    assertThat(advance(tag, "four")).isPresent();
    awaitInBucket("four");
  }

  @Test
  void theBucketHasNoStateThatNamesWhatItDoesNotHave() {
    Promise<Void> held = remote.holdPuts();
    done(store.put("b/media/1", Buffer.buffer("x")));
    advance(Optional.empty(), "lists 1");
    done(store.advance("c/state.json", Optional.empty(), Buffer.buffer("lists nothing")));
    Awaitility.await().until(() -> done(bucket.head("c/state.json")).isPresent());

    assertThat(done(bucket.head(STATE))).isEmpty();

    held.complete();
    awaitInBucket("lists 1");
    assertThat(done(bucket.head("b/media/1"))).isPresent();
  }

  /** The segment is on its way to the disk only when the state comes. */
  @Test
  void aStateWaitsForWhatIsBeingWrittenToo() {
    Promise<Void> held = remote.holdPuts();
    Future<ObjectInfo> put = store.put("b/media/1", Buffer.buffer(new byte[30_000]));
    Future<?> state = store.advance(STATE, Optional.empty(), Buffer.buffer("lists 1"));
    done(put);
    done(state);
    done(store.advance("c/state.json", Optional.empty(), Buffer.buffer("lists nothing")));
    Awaitility.await().until(() -> done(bucket.head("c/state.json")).isPresent());

    assertThat(done(bucket.head(STATE))).isEmpty();
    held.complete();
    awaitInBucket("lists 1");
  }

  /** There is always a segment on its way that the newest state may name. */
  @Test
  void aStateThatIsReplacedAllTheTimeIsInTheBucketNowAndThen() {
    Optional<String> tag = Optional.empty();
    Promise<Void> before = Promise.promise();
    for (int i = 1; i < 20 && done(bucket.head(STATE)).isEmpty(); i++) {
      Promise<Void> held = remote.holdPuts();
      done(store.put("b/media/" + i, Buffer.buffer("x")));
      int begun = i;
      Awaitility.await().until(() -> remote.puts() == begun);
      tag = advance(tag, Integer.toString(i));
      before.complete();
      String last = "b/media/" + (i - 1);
      Awaitility.await().until(() -> begun == 1 || done(bucket.head(last)).isPresent());
      before = held;
    }

    assertThat(done(bucket.head(STATE))).isPresent();
    before.complete();
  }

  @Test
  void aStartReadsTheStateThatWaitsAndNotTheBucketsOlderOne() {
    Optional<String> tag = advance(Optional.empty(), "old");
    awaitInBucket("old");
    remote.goAway();
    tag = advance(tag, "newer");
    advance(tag, "newest");

    restart(true);

    StoredObject found = done(store.get(STATE)).orElseThrow();
    assertThat(found.content()).isEqualTo(Buffer.buffer("newest"));
    assertThat(advance(Optional.of(found.info().tag()), "goes on")).isPresent();
    remote.comeBack();
    awaitInBucket("goes on");
  }

  @Test
  void aStartSendsTheStateThatARunBeforeCouldNot() {
    remote.goAway();
    advance(Optional.empty(), "first");

    restart(false);

    awaitInBucket("first");
    awaitNothingWaits();
  }

  @Test
  void aStopSendsWhatStillWaits() {
    Promise<Void> held = remote.holdPuts();
    done(store.put("b/media/1", Buffer.buffer("x")));
    advance(Optional.empty(), "last");
    Future<Void> closed = store.close();
    held.complete();
    done(closed);

    open(true);

    assertThat(read(bucket)).isEqualTo("last");
    assertThat(done(bucket.head("b/media/1"))).isPresent();
    awaitNothingWaits();
  }

  @Test
  void aStateThatCannotBeReadIsNamed() throws Exception {
    done(store.close());
    Path file = folder.resolve("spool~states/b/state.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");

    assertThatThrownBy(() -> open(true))
        .isInstanceOf(StorageException.class)
        .hasMessage("the state in " + file + " waits for the bucket and is damaged; move it away");

    Files.delete(file);
    open(true);
  }

  @Test
  void whatWasStoredWithoutAnAnswerIsOurs() {
    Optional<String> tag = advance(Optional.empty(), "one");
    awaitInBucket("one");
    remote.loseAnswers();
    tag = advance(tag, "two");
    awaitInBucket("two");
    tag = advance(tag, "three");

    remote.comeBack();

    awaitInBucket("three");
    assertThat(advance(tag, "four")).isPresent();
    awaitInBucket("four");
  }

  @Test
  void whatWasStoredWithoutAnAnswerIsOursAfterARestartToo() {
    Optional<String> tag = advance(Optional.empty(), "one");
    awaitInBucket("one");
    remote.loseAnswers();
    tag = advance(tag, "two");
    awaitInBucket("two");
    advance(tag, "three");

    restart(false);

    awaitInBucket("three");
    assertThat(advance(Optional.of(done(store.get(STATE)).orElseThrow().info().tag()), "four"))
        .isPresent();
    awaitInBucket("four");
  }

  @Test
  void whatWasStoredWithoutAnAnswerIsOursAfterTwoRestartsToo() {
    Optional<String> tag = advance(Optional.empty(), "one");
    awaitInBucket("one");
    remote.loseAnswers();
    tag = advance(tag, "two");
    awaitInBucket("two");
    tag = advance(tag, "three");
    restart(true);
    advance(tag, "four");

    restart(false);

    awaitInBucket("four");
  }

  @Test
  void aWriterWhoseObjectAnotherHasTakenIsTold() {
    Optional<String> tag = advance(Optional.empty(), "mine");
    awaitInBucket("mine");
    remote.goAway();
    tag = advance(tag, "mine still");
    done(bucket.put(STATE, Buffer.buffer("theirs")));
    remote.comeBack();

    awaitNothingWaits();

    assertThat(done(store.advance(STATE, tag, Buffer.buffer("no")))).isEmpty();
    assertThat(read(store)).isEqualTo("theirs");
    assertThat(read(bucket)).isEqualTo("theirs");
    Optional<String> theirs = done(store.get(STATE)).map(found -> found.info().tag());
    assertThat(advance(theirs, "taken over")).isPresent();
    awaitInBucket("taken over");
  }

  @Test
  void aStateThatIsDeletedWhileItWaitsStaysDeleted() {
    remote.goAway();
    advance(Optional.empty(), "one");
    Future<Void> deleted = store.delete(STATE);
    Awaitility.await().until(deleted::isComplete);
    restart(false);

    assertThat(done(store.head(STATE))).isEmpty();
    awaitNothingWaits();
    assertThat(done(bucket.head(STATE))).isEmpty();
  }

  @Test
  void statesTakeRoomAndGiveItBack() {
    remote.goAway();
    Optional<String> tag = advance(Optional.empty(), "x".repeat(20_000));
    for (int i = 0; i < 10; i++) {
      tag = advance(tag, i + "x".repeat(20_000));
    }
    Future<?> tooLong = store.advance(STATE, tag, Buffer.buffer("x".repeat(50_000)));
    Awaitility.await().until(tooLong::isComplete);

    assertThat(tooLong.cause())
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.FULL));
    assertThat(advance(tag, "short")).isPresent();
  }

  private Optional<String> advance(Optional<String> tag, String content) {
    return done(store.advance(STATE, tag, Buffer.buffer(content))).map(ObjectInfo::tag);
  }

  private static String read(ObjectStore from) {
    return done(from.get(STATE)).map(found -> found.content().toString()).orElse("nothing");
  }

  private void awaitInBucket(String content) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(read(bucket)).isEqualTo(content));
  }

  private void awaitNothingWaits() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              String[] left = folder.resolve("spool~states").toFile().list();
              return left != null && left.length == 1;
            });
  }

  private static <T> T done(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within 20 s", e);
    }
  }
}
