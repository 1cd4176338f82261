package io.millrace.catalog.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.catalog.AssetImports;
import io.millrace.catalog.ImportConfig;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportsTest {
  private static final NewImport WISH =
      new NewImport(
          "default",
          "live",
          "show",
          "The show",
          List.of(),
          Map.of(),
          Optional.of(10L),
          Optional.empty());

  private final Vertx vertx = Vertx.vertx();
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  @TempDir private Path data;

  @AfterEach
  void close() {
    join(vertx.close());
  }

  @Test
  void whatAStopInterruptedIsToldOfAndItsFilesAreGone() throws IOException {
    String id;
    try (Imports before = imports(Optional.empty())) {
      id = join(before.create(WISH)).id();
      Files.writeString(uploads().resolve(id + ".upload"), "0123");
    }
    Files.writeString(uploads().resolve("torn.json"), "{\"id\": ");
    try (Imports after = imports(Optional.empty())) {
      ImportJob.View told = after.find(id).orElseThrow().view();
      assertThat(told.state()).isEqualTo(ImportJob.State.FAILED);
      assertThat(told.wish().stream()).isEqualTo("show");
      assertThat(told.problem().orElseThrow().code()).isEqualTo("server-restarted");
      assertThat(after.of("live")).hasSize(1);
    }
    try (Stream<Path> files = Files.list(uploads())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aFileForWhichThereIsNoRoomIsNotBegunWith() throws IOException {
    try (Imports full = imports(Optional.of("the disk has 1 MB free"))) {
      assertThatThrownBy(() -> join(full.create(WISH)))
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              ImportRefusedException.class,
              refused -> {
                assertThat(refused.problem().status()).isEqualTo(507);
                assertThat(refused.problem().detail()).contains("1 MB free");
              });
      assertThat(full.of("live")).isEmpty();
    }
  }

  private Path uploads() {
    return data.resolve("uploads");
  }

  /**
   * @param lack why there is no room
   */
  private Imports imports(Optional<String> lack) throws IOException {
    UploadRoom room =
        new UploadRoom(uploads()) {
          @Override
          Optional<String> lackFor(long bytes) {
            return lack;
          }
        };
    AssetImports nothing =
        wish -> {
          throw new AssertionError("nothing is packaged here");
        };
    return new Imports(vertx, new ImportConfig(1 << 20, uploads()), nothing, room, clock);
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
