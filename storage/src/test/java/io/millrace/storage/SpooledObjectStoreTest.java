package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spool in front of a store that is slow, away or back; and its part of the contract. */
@Timeout(60)
class SpooledObjectStoreTest extends ObjectStoreContract {
  private static final int KIB = 1024;

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private ObjectStore bucket;
  private SwitchedStore remote;

  @Override
  ObjectStore open(Vertx vertx) {
    bucket = new DirectoryObjectStore(vertx, folder.resolve("bucket"), new PrometheusRegistry());
    remote = new SwitchedStore(bucket);
    return open(vertx, remote);
  }

  private ObjectStore open(Vertx vertx, ObjectStore behind) {
    return await(
        SpooledObjectStore.open(
            vertx,
            behind,
            new S3Config.Spool(folder.resolve("spool"), 64 * KIB, 4),
            new PrometheusRegistry(),
            nanos::get));
  }

  @Override
  int longBytes() {
    return 50 * KIB;
  }

  @AfterEach
  void letPutsPass() {
    remote.comeBack();
  }

  @Test
  void acknowledgesAndReadsWhileTheBucketIsAwayAndSendsItLater() {
    remote.goAway();

    ObjectInfo put = await(store.put("a/1", Buffer.buffer("hello")));

    assertThat(await(store.get("a/1")).orElseThrow().content()).isEqualTo(Buffer.buffer("hello"));
    assertThat(await(store.head("a/1"))).contains(put);
    assertThat(await(store.getRange("a/1", 1, 2))).contains(Buffer.buffer("el"));
    assertThat(await(bucket.head("a/1"))).isEmpty();
    remote.comeBack();
    awaitInBucket("a/1", "hello");
    awaitEmptyDisk();
    assertThat(await(store.get("a/1")).orElseThrow().info().tag()).isEqualTo(put.tag());
  }

  @Test
  void sendsAfterARestartWhatTheRunBeforeCouldNot() {
    remote.goAway();
    for (int i = 0; i < 10; i++) {
      await(store.put("a/" + i, Buffer.buffer("v" + i)));
    }
    await(store.close());

    store = open(vertx);

    for (int i = 0; i < 10; i++) {
      awaitInBucket("a/" + i, "v" + i);
    }
    awaitEmptyDisk();
  }

  @Test
  void refusesMoreThanTheDiskMayHoldAndTakesItWhenThereIsRoomAgain() {
    remote.goAway();
    await(store.put("a/1", Buffer.buffer(new byte[40 * KIB])));

    assertThatThrownBy(() -> await(store.put("a/2", Buffer.buffer(new byte[40 * KIB]))))
        .cause()
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.FULL))
        .hasMessageContaining("a/2: the spool holds 40 KiB")
        .hasMessageContaining("storage.s3.spool.maxBytes");
    assertThat(await(store.get("a/1"))).isPresent();
    remote.comeBack();
    awaitEmptyDisk();
    await(store.put("a/2", Buffer.buffer(new byte[40 * KIB])));
  }

  @Test
  void whatIsBelowAPrefixIsDeliveredWhenTheBucketHasItAndNothingElseIsWaitedFor() {
    Promise<Void> held = remote.holdPuts();
    await(store.put("a/1", Buffer.buffer("one")));
    Future<ObjectInfo> underWay = store.put("a/2", Buffer.buffer("two"));
    Future<Void> delivered = store.delivered("a/");

    await(underWay);
    await(store.delivered("b/"));
    assertThat(delivered.isComplete()).isFalse();

    held.complete();
    await(delivered);
    assertThat(await(bucket.head("a/1"))).isPresent();
    assertThat(await(bucket.head("a/2"))).isPresent();
  }

  @Test
  void whatTheBucketHasIsCopiedThereAndTakesNoRoomHere() {
    await(store.put("a/1", Buffer.buffer(new byte[40 * KIB])));
    awaitEmptyDisk();
    int puts = remote.puts();

    for (int i = 0; i < 10; i++) {
      assertThat(await(store.copy("a/1", "b/" + i))).isTrue();
      assertThat(await(bucket.head("b/" + i)).orElseThrow().size()).isEqualTo(40 * KIB);
    }

    assertThat(remote.puts()).isEqualTo(puts);
    awaitEmptyDisk();
  }

  @Test
  void whatTheBucketDoesNotHaveYetIsCopiedHereAndSentLater() {
    remote.goAway();
    await(store.put("a/1", Buffer.buffer("media")));

    assertThat(await(store.copy("a/1", "b/1"))).isTrue();

    assertThat(content("b/1")).isEqualTo("media");
    assertThat(store.delivered("b/").isComplete()).isFalse();
    await(store.put("a/2", Buffer.buffer(new byte[50 * KIB])));
    assertThatThrownBy(() -> await(store.copy("a/2", "b/2")))
        .cause()
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.FULL));
    remote.comeBack();
    awaitInBucket("a/1", "media");
    awaitInBucket("b/1", "media");
    awaitEmptyDisk();
  }

  /** The older one would be sent over it later. */
  @Test
  void aCopyOverWhatIsOnItsWayToTheBucketStays() {
    await(store.put("a/1", Buffer.buffer("media")));
    awaitEmptyDisk();
    Promise<Void> held = remote.holdPuts();
    int puts = remote.puts();
    await(store.put("b/1", Buffer.buffer("older")));
    Awaitility.await().until(() -> remote.puts() == puts + 1);

    Future<Boolean> copy = store.copy("a/1", "b/1");
    await(store.head("b/1"));
    assertThat(copy.isComplete()).isFalse();
    held.complete();

    assertThat(await(copy)).isTrue();
    awaitEmptyDisk();
    assertThat(await(bucket.get("b/1")).orElseThrow().content()).isEqualTo(Buffer.buffer("media"));
  }

  @Test
  void saysThatTheBucketIsAwayAndForHowLong() {
    assertThat(store.trouble()).isEmpty();
    remote.goAway();
    await(store.put("a/1", Buffer.buffer(new byte[KIB])));
    Awaitility.await().until(() -> remote.puts() >= 2);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(4_900));
    assertThat(store.trouble()).isEmpty();

    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(6_100));

    assertThat(store.trouble())
        .contains(
            "the bucket has taken nothing for 11 s (away); 1 objects (4 KiB of 64 KiB) wait on this"
                + " machine's disk");
    remote.comeBack();
    Awaitility.await().until(() -> store.trouble().isEmpty());
  }

  @Test
  void saysThatTheBucketDoesNotAnswer() {
    Promise<Void> held = remote.holdPuts();
    await(store.put("a/1", Buffer.buffer("x")));
    assertThat(store.trouble()).isEmpty();

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));

    assertThat(store.trouble())
        .get()
        .asString()
        .startsWith("the bucket has taken nothing for 6 s (it does not answer); 1 objects");
    held.complete();
    Awaitility.await().until(() -> store.trouble().isEmpty());
  }

  /** Something is taken all the time, but not the oldest. */
  @Test
  void saysThatTheBucketIsTooSlow() {
    Promise<Void> first = remote.holdPuts();
    await(store.put("a/1", Buffer.buffer("x")));
    Awaitility.await().until(() -> remote.puts() == 1);
    for (int i = 2; i < 10; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
      remote.letPutsPass();
      await(store.put("a/" + i, Buffer.buffer("x")));
      awaitInBucket("a/" + i, "x");
    }

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(store.trouble())
                    .get()
                    .asString()
                    .startsWith("the bucket is slower than what is put; 1 objects"));
    first.complete();
    Awaitility.await().until(() -> store.trouble().isEmpty());
  }

  @Test
  void aConditionalPutComesAfterWhatItsDirectoryWaitsFor() {
    Promise<Void> held = remote.holdPuts();
    await(store.put("b/media/1", Buffer.buffer("x")));
    await(store.put("c/media/1", Buffer.buffer("x")));

    Future<Optional<ObjectInfo>> state =
        store.putIf("b/state.json", Optional.empty(), Buffer.buffer("{}"));
    Future<Optional<ObjectInfo>> other =
        store.putIf("d/state.json", Optional.empty(), Buffer.buffer("{}"));

    assertThat(await(other)).isPresent();
    assertThat(state.isComplete()).isFalse();
    assertThat(await(bucket.head("b/state.json"))).isEmpty();
    held.complete();
    assertThat(await(state)).isPresent();
    assertThat(await(bucket.head("b/media/1"))).isPresent();
  }

  @Test
  void aConditionalPutFailsWhileTheBucketIsAway() {
    remote.goAway();

    assertThatThrownBy(() -> await(store.putIf("state", Optional.empty(), Buffer.buffer("{}"))))
        .hasCauseInstanceOf(StorageException.class);
  }

  @Test
  void whatIsDeletedWhileItIsSentStaysDeleted() {
    Promise<Void> held = remote.holdPuts();
    await(store.put("a/1", Buffer.buffer("x")));
    Awaitility.await().until(() -> remote.puts() == 1);

    Future<Void> deleted = store.delete("a/1");
    Future<ObjectInfo> other = store.put("a/2", Buffer.buffer("y"));
    await(other);
    assertThat(deleted.isComplete()).isFalse();
    held.complete();
    await(deleted);

    awaitInBucket("a/2", "y");
    awaitEmptyDisk();
    assertThat(await(bucket.head("a/1"))).isEmpty();
    assertThat(await(store.head("a/1"))).isEmpty();
  }

  @Test
  void theLastOfTwoPutsIsInTheBucketInTheEnd() {
    Promise<Void> held = remote.holdPuts();
    await(store.put("a/1", Buffer.buffer("old")));
    Awaitility.await().until(() -> remote.puts() == 1);
    await(store.put("a/1", Buffer.buffer("new")));
    assertThat(await(store.get("a/1")).orElseThrow().content()).isEqualTo(Buffer.buffer("new"));

    held.complete();

    awaitInBucket("a/1", "new");
    awaitEmptyDisk();
  }

  @Test
  void listsWhatWaitsAmongWhatIsStored() {
    for (String key : List.of("a/1", "a/3", "a/5")) {
      await(store.put(key, Buffer.buffer(key)));
      awaitInBucket(key, key);
    }
    awaitEmptyDisk();
    Promise<Void> held = remote.holdPuts();
    for (String key : List.of("a/2", "a/3", "a/4", "b/1")) {
      await(store.put(key, Buffer.buffer("newer")));
    }

    for (int page = 1; page <= 7; page++) {
      assertThat(allKeys("a/", page)).containsExactly("a/1", "a/2", "a/3", "a/4", "a/5");
      assertThat(allKeys("", page)).containsExactly("a/1", "a/2", "a/3", "a/4", "a/5", "b/1");
    }
    List<Long> sizes = new ArrayList<>();
    await(store.list("a/", "", 10)).forEach(info -> sizes.add(info.size()));
    assertThat(sizes).containsExactly(3L, 5L, 5L, 5L, 3L);
    held.complete();
  }

  @Test
  void triesOneObjectAtATimeWhileTheBucketIsAway() {
    remote.goAway();
    for (int i = 0; i < 12; i++) {
      await(store.put("a/" + i, Buffer.buffer("x")));
    }
    Awaitility.await().until(() -> remote.puts() >= 4);

    // The first four at once before it was known, then one for each pause of up to 200, 400 ms ...
    assertThat(remote.puts()).isLessThan(10);
  }

  private void awaitInBucket(String key, String content) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                await(bucket.get(key))
                    .filter(found -> found.content().equals(Buffer.buffer(content)))
                    .isPresent());
  }

  /** Nothing waits on the disk, and no file is left of it. */
  private void awaitEmptyDisk() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              String[] left = folder.resolve("spool").toFile().list();
              return left != null && left.length == 1 && left[0].equals("#temp");
            });
  }
}
