package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectoryObjectStoreTest extends ObjectStoreContract {
  @TempDir Path root;

  @Override
  ObjectStore open(Vertx vertx) {
    return new DirectoryObjectStore(vertx, root, new PrometheusRegistry());
  }

  @Test
  void removesAtStartWhatACrashLeftHalfWritten() throws Exception {
    Files.writeString(root.resolve("#temp").resolve("7"), "half");
    await(store.put("a", Buffer.buffer("x")));
    await(store.close());

    store = open(vertx);

    assertThat(root.resolve("#temp")).isEmptyDirectory();
    assertThat(allKeys("", 10)).containsExactly("a");
  }

  @Test
  void tellsOfAPutWhatItTellsLater() {
    ObjectInfo put = await(store.put("a/b", Buffer.buffer("x")));

    assertThat(await(store.head("a/b"))).contains(put);
    assertThat(await(store.get("a/b")).orElseThrow().info()).isEqualTo(put);
  }

  @Test
  void tellsHowMuchOfTheDiskIsFree() throws Exception {
    FileStore disk = Files.getFileStore(root);

    double share = await(store.freeShare()).orElseThrow();

    // Others write to it meanwhile.
    assertThat(share)
        .isCloseTo((double) disk.getUsableSpace() / disk.getTotalSpace(), within(0.05));
  }

  @Test
  void leavesNoEmptyDirectories() {
    await(store.put("t/a/s/b/video/1.m4s", Buffer.buffer("x")));
    await(store.delete("t/a/s/b/video/1.m4s"));

    assertThat(root.resolve("t")).doesNotExist();
    assertThat(root).exists();
  }

  @Test
  void saysThatTheDiskIsFull() {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "needs /dev/full");
    assertThatThrownBy(
            () -> {
              try (var out = Files.newOutputStream(full)) {
                out.write(1);
              } catch (java.io.IOException e) {
                throw DirectoryObjectStore.failure("put", "k", e);
              }
            })
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.FULL));
  }

  @Test
  @Timeout(20)
  void saysNothingToACallerWhoseVertxIsClosed() {
    Vertx other = Vertx.vertx();
    Context caller = other.getOrCreateContext();
    await(other.close());
    while (takesWork(caller)) {
      Thread.onSpinWait();
    }
    Context own = vertx.getOrCreateContext();
    List<Throwable> unhandled = new CopyOnWriteArrayList<>();
    own.exceptionHandler(unhandled::add);
    Promise<Void> done = Promise.promise();
    own.runOnContext(
        v -> {
          Future<String> work = vertx.executeBlocking(() -> "done");
          assertThat(DirectoryObjectStore.completeOn(caller, work).isComplete()).isFalse();
          work.onComplete(result -> done.complete());
        });
    await(done.future());

    assertThat(unhandled).isEmpty();
  }

  /** A closed Vert.x ends its threads a little later. */
  private static boolean takesWork(Context context) {
    try {
      context.runOnContext(v -> {});
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Test
  void refusesAKeyBelowAnObject() {
    await(store.put("a", Buffer.buffer("x")));

    assertThatThrownBy(() -> await(store.put("a/b", Buffer.buffer("y"))))
        .hasCauseInstanceOf(StorageException.class);
    assertThat(await(store.get("a"))).isPresent();
  }

  @Test
  void saysWhyItCannotBeOpened() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "x");

    assertThatThrownBy(() -> new DirectoryObjectStore(vertx, file, new PrometheusRegistry()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("file");
  }

  @Test
  void saysInPlainWordsWhyItCannotBeMade() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    for (Path wrong : List.of(file, file.resolve("below"))) {
      assertThatThrownBy(() -> new DirectoryObjectStore(vertx, wrong, new PrometheusRegistry()))
          .isInstanceOf(StorageException.class)
          .hasMessage(wrong + " cannot be made: not a directory");
    }
  }
}
