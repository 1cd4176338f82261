package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ObjectStore} promises; an implementation's test says how to open one. */
abstract class ObjectStoreContract {
  protected Vertx vertx;
  protected ObjectStore store;

  /** The size of a long object. */
  int longBytes() {
    return (12 << 20) + 5;
  }

  /** A new, empty store. */
  abstract ObjectStore open(Vertx vertx) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    vertx = Vertx.vertx();
    store = open(vertx);
  }

  @AfterEach
  void closeStore() {
    await(store.close());
    await(vertx.close());
  }

  @Test
  void givesBackWhatWasPut() {
    ObjectInfo put = await(store.put("t/a/s/1.m4s", Buffer.buffer("hello")));

    StoredObject got = await(store.get("t/a/s/1.m4s")).orElseThrow();
    assertThat(got.content()).isEqualTo(Buffer.buffer("hello"));
    assertSame(got.info(), put);
    assertSame(await(store.head("t/a/s/1.m4s")).orElseThrow(), put);
    assertThat(put.key()).isEqualTo("t/a/s/1.m4s");
    assertThat(put.size()).isEqualTo(5);
  }

  @Test
  void keepsAnEmptyObject() {
    await(store.put("empty", Buffer.buffer()));

    assertThat(await(store.get("empty")).orElseThrow().content().length()).isZero();
  }

  @Test
  void saysThatThereIsNoSuchObject() {
    await(store.put("a/b", Buffer.buffer("x")));

    assertThat(await(store.get("a/c"))).isEmpty();
    assertThat(await(store.head("a"))).isEmpty();
    assertThat(await(store.head("a/b/c"))).isEmpty();
    assertThat(await(store.get("a/b/c"))).isEmpty();
    assertThat(await(store.getRange("a/c", 0, 10))).isEmpty();
  }

  @Test
  void givesEveryContentItsOwnTag() {
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      tags.add(await(store.put("k", Buffer.buffer("v" + i % 10))).tag());
    }

    for (int i = 1; i < tags.size(); i++) {
      assertThat(tags.get(i)).isNotEqualTo(tags.get(i - 1));
    }
  }

  @Test
  void putsOnlyWhenNothingIsThere() {
    Optional<ObjectInfo> first = await(store.putIf("k", Optional.empty(), Buffer.buffer("one")));
    Optional<ObjectInfo> second = await(store.putIf("k", Optional.empty(), Buffer.buffer("two")));

    assertThat(first).isPresent();
    assertThat(second).isEmpty();
    assertThat(await(store.get("k")).orElseThrow().content()).isEqualTo(Buffer.buffer("one"));
  }

  @Test
  void putsOnlyOverTheObjectThatWasSeen() {
    ObjectInfo seen = await(store.put("k", Buffer.buffer("one")));
    ObjectInfo next =
        await(store.putIf("k", Optional.of(seen.tag()), Buffer.buffer("two"))).orElseThrow();

    assertThat(await(store.putIf("k", Optional.of(seen.tag()), Buffer.buffer("no")))).isEmpty();
    assertSame(await(store.head("k")).orElseThrow(), next);
    assertThat(await(store.putIf("gone", Optional.of("t"), Buffer.buffer("no")))).isEmpty();
    assertThat(await(store.head("gone"))).isEmpty();
  }

  @Test
  void letsOneOfManyConditionalPutsWin() {
    List<Future<Optional<ObjectInfo>>> puts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      puts.add(store.putIf("k", Optional.empty(), Buffer.buffer("v" + i)));
    }
    await(Future.all(puts));

    assertThat(puts.stream().filter(put -> put.result().isPresent())).hasSize(1);
  }

  @Test
  void advancesAnObjectThatHasOneWriter() {
    Optional<String> tag = Optional.empty();
    for (int i = 0; i < 5; i++) {
      ObjectInfo next = await(store.advance("d/k", tag, Buffer.buffer("state " + i))).orElseThrow();
      StoredObject got = await(store.get("d/k")).orElseThrow();
      assertThat(got.content()).isEqualTo(Buffer.buffer("state " + i));
      assertSame(got.info(), next);
      assertSame(await(store.list("d/", "", 10)).getFirst(), next);
      assertThat(await(store.getRange("d/k", 6, 10))).contains(Buffer.buffer("" + i));
      tag = Optional.of(next.tag());
    }

    assertThat(await(store.advance("d/k", Optional.empty(), Buffer.buffer("no")))).isEmpty();
    assertThat(await(store.advance("d/k", Optional.of("t"), Buffer.buffer("no")))).isEmpty();
    assertThat(await(store.get("d/k")).orElseThrow().content()).isEqualTo(Buffer.buffer("state 4"));
    await(store.delete("d/k"));
    assertThat(await(store.get("d/k"))).isEmpty();
    assertThat(await(store.advance("d/k", Optional.empty(), Buffer.buffer("new")))).isPresent();
  }

  @Test
  void letsOneOfManyAdvancesWin() {
    List<Future<Optional<ObjectInfo>>> advances = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      advances.add(store.advance("k", Optional.empty(), Buffer.buffer("v" + i)));
    }
    await(Future.all(advances));

    assertThat(advances.stream().filter(advance -> advance.result().isPresent())).hasSize(1);
  }

  @Test
  void storesAFile(@TempDir Path files) throws IOException {
    byte[] bytes = new byte[longBytes()];
    new Random(7).nextBytes(bytes);
    Path file = Files.write(files.resolve("recording"), bytes);
    Path empty = Files.createFile(files.resolve("empty"));

    ObjectInfo put = await(store.putFile("t/long", file));

    assertThat(put.size()).isEqualTo(bytes.length);
    assertThat(await(store.get("t/long")).orElseThrow().content().getBytes()).isEqualTo(bytes);
    assertSame(await(store.head("t/long")).orElseThrow(), put);
    assertThat(await(store.putFile("t/none", empty)).size()).isZero();
    assertThat(await(store.head("t/none"))).isPresent();
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    Path missing = files.resolve("missing");
    assertThatThrownBy(() -> await(store.putFile("t/missing", missing)))
        .hasCauseInstanceOf(StorageException.class)
        .hasMessageContaining(missing.toString());
    assertThat(await(store.head("t/missing"))).isEmpty();
  }

  @Test
  void copiesAnObjectAndBothGoTheirOwnWays() {
    await(store.put("a/1", Buffer.buffer("media")));
    await(store.put("b/2", Buffer.buffer("older")));

    assertThat(await(store.copy("a/1", "b/1"))).isTrue();
    assertThat(await(store.copy("a/1", "b/2"))).isTrue();
    assertThat(await(store.copy("b/1", "b/2"))).as("the same again").isTrue();
    assertThat(await(store.copy("a/1", "a/1"))).isTrue();

    for (String key : List.of("a/1", "b/1", "b/2")) {
      assertThat(await(store.get(key)).orElseThrow().content()).isEqualTo(Buffer.buffer("media"));
      assertThat(await(store.head(key)).orElseThrow().size()).isEqualTo(5);
    }
    assertThat(allKeys("", 10)).containsExactly("a/1", "b/1", "b/2");
    await(store.put("a/1", Buffer.buffer("another")));
    assertThat(content("b/1")).isEqualTo("media");
    await(store.put("b/2", Buffer.buffer("third")));
    assertThat(content("a/1")).isEqualTo("another");
    await(store.delete("a/1"));
    assertThat(content("b/1")).isEqualTo("media");
    await(store.delete("b/1"));
    assertThat(await(store.get("b/1"))).isEmpty();
    assertThat(content("b/2")).isEqualTo("third");
  }

  @Test
  void copiesNothingWhereThereIsNothing() {
    await(store.put("a/1", Buffer.buffer("media")));

    assertThat(await(store.copy("a/2", "a/1"))).isFalse();
    assertThat(await(store.copy("a/2", "a/2"))).isFalse();
    assertThat(await(store.copy("gone/2", "b/1"))).isFalse();

    assertThat(content("a/1")).isEqualTo("media");
    assertThat(allKeys("", 10)).containsExactly("a/1");
    assertThatThrownBy(() -> await(store.copy("a/1", "../b")))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> await(store.copy("../b", "a/1")))
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  protected String content(String key) {
    return await(store.get(key)).orElseThrow().content().toString();
  }

  @Test
  void readsARange() {
    await(store.put("k", Buffer.buffer("0123456789")));

    assertThat(await(store.getRange("k", 2, 3))).contains(Buffer.buffer("234"));
    assertThat(await(store.getRange("k", 8, 100))).contains(Buffer.buffer("89"));
    assertThat(await(store.getRange("k", 10, 1))).contains(Buffer.buffer());
    assertThat(await(store.getRange("k", 100, 1))).contains(Buffer.buffer());
  }

  @Test
  void listsInOrderOfKeyPageByPage() {
    List<String> keys =
        List.of("a-b/x", "a.b", "a/1", "a/10", "a/2/x", "a/2/y", "a0", "b/c/d", "~live/x");
    for (String key : keys) {
      await(store.put(key, Buffer.buffer(key)));
    }

    for (int page = 1; page <= keys.size() + 1; page++) {
      assertThat(allKeys("", page)).containsExactlyElementsOf(keys);
    }
    assertThat(allKeys("a/", 2)).containsExactly("a/1", "a/10", "a/2/x", "a/2/y");
    assertThat(allKeys("none/", 2)).isEmpty();
    assertThat(await(store.list("a/2/", "", 1)).get(0).size()).isEqualTo(5);
  }

  @Test
  void deletesAndNeedsNothingToBeThere() {
    await(store.put("a/b/c", Buffer.buffer("x")));
    await(store.put("a/d", Buffer.buffer("x")));

    await(store.delete("a/b/c"));
    await(store.delete("a/b/c"));
    await(store.delete("never/was"));
    await(store.settleRemoval("a/b/"));
    await(store.settleRemoval("never/"));

    assertThat(allKeys("", 10)).containsExactly("a/d");
    await(store.put("a/b", Buffer.buffer("now an object")));
    assertThat(await(store.head("a/b"))).isPresent();
  }

  @Test
  void deletesManyObjectsAtOnce() {
    for (int round = 0; round < 40; round++) {
      List<Future<?>> puts = new ArrayList<>();
      List<Future<?>> deletes = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        puts.add(store.put("t/a/s/b" + i % 2 + "/" + i, Buffer.buffer("x")));
      }
      await(Future.all(puts));
      for (int i = 0; i < 16; i++) {
        deletes.add(store.delete("t/a/s/b" + i % 2 + "/" + i));
      }
      await(Future.all(deletes));

      assertThat(allKeys("", 100)).isEmpty();
    }
  }

  @Test
  void refusesKeysThatAreNotAllowed() {
    String part = "x".repeat(256);
    List<String> bad =
        List.of(
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../x",
            "a/../b",
            "a/./b",
            "a b",
            "#temp/1",
            "ä",
            "a\\b",
            "a\0",
            part,
            "a/".repeat(512) + "a");
    for (String key : bad) {
      assertThatThrownBy(() -> await(store.put(key, Buffer.buffer("x"))))
          .as(key)
          .hasCauseInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> await(store.get(key)))
          .hasCauseInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> await(store.list("a", "", 1)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> await(store.list("../", "", 1)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> await(store.list("", "", 1001)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(allKeys("", 10)).isEmpty();
  }

  @Test
  void completesOnTheCallersContext() {
    Context context = vertx.getOrCreateContext();
    Promise<Boolean> same = Promise.promise();
    context.runOnContext(
        v ->
            store
                .put("k", Buffer.buffer("x"))
                .onComplete(done -> same.complete(context.equals(Vertx.currentContext()))));

    assertThat(await(same.future())).isTrue();
  }

  @Test
  void completesOnTheContextOfAnotherVertxToo() {
    Vertx other = Vertx.vertx();
    Context context = other.getOrCreateContext();
    Promise<Boolean> same = Promise.promise();
    context.runOnContext(
        v ->
            store
                .put("k", Buffer.buffer("x"))
                .onComplete(done -> same.complete(context.equals(Vertx.currentContext()))));

    assertThat(await(same.future())).isTrue();
    await(other.close());
  }

  @Test
  void finishesWhatIsUnderWayBeforeItCloses() {
    Future<ObjectInfo> put = store.put("k", Buffer.buffer("x"));
    await(store.close());

    assertThat(put.cause()).isNull();
    assertThat(put.succeeded()).isTrue();
    assertThatThrownBy(() -> await(store.get("k"))).hasCauseInstanceOf(StorageException.class);
  }

  /** What a put tells is what is told later; its time may be a moment off. */
  private static void assertSame(ObjectInfo later, ObjectInfo put) {
    assertThat(new ObjectInfo(later.key(), later.size(), later.tag(), put.storedAt()))
        .isEqualTo(put);
    assertThat(later.storedAt()).isCloseTo(put.storedAt(), within(2, ChronoUnit.SECONDS));
  }

  protected List<String> allKeys(String prefix, int page) {
    List<String> keys = new ArrayList<>();
    String after = "";
    while (true) {
      List<ObjectInfo> found = await(store.list(prefix, after, page));
      found.forEach(info -> keys.add(info.key()));
      if (found.size() < page) {
        return keys;
      }
      after = found.get(found.size() - 1).key();
    }
  }

  protected static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within 20 s", e);
    } catch (RuntimeException e) {
      throw new CompletionException(e);
    }
  }
}
