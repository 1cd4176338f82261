package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
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
  void saysNothingToACallerWhoseVertxIsClosed() {
    Vertx other = Vertx.vertx();
    Promise<String> work = Promise.promise();
    Future<String> told =
        DirectoryObjectStore.completeOn(other.getOrCreateContext(), work.future());
    await(other.close());

    assertThatCode(() -> work.complete("done")).doesNotThrowAnyException();
    assertThat(told.isComplete()).isFalse();
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
}
