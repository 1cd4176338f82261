package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.catalog.AssetImports;
import io.millrace.catalog.AssetImports.ImportException;
import io.millrace.catalog.TrackNaming;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Asset;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportRequest;
import io.millrace.packager.Importing;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalImportsTest {
  private static final Instant NOW = Instant.parse("2026-12-01T20:15:00Z");
  private static final BroadcastId ID = BroadcastId.create(NOW);
  private static final StreamKey STREAM = new StreamKey("live", "uploads");

  private final List<ImportRequest> asked = new ArrayList<>();

  private record Fixed(Future<Asset> done) implements Importing {
    @Override
    public BroadcastId id() {
      return ID;
    }

    @Override
    public Duration progress() {
      return Duration.ofSeconds(3);
    }

    @Override
    public Optional<Duration> total() {
      return Optional.of(Duration.ofSeconds(30));
    }

    @Override
    public void cancel() {}
  }

  private AssetImports.Import begun(Future<Asset> done, String language) {
    return new LocalImports(
            request -> {
              asked.add(request);
              return new Fixed(done);
            })
        .begin(
            new AssetImports.Wish(
                "default",
                "live",
                "uploads",
                "A title",
                Path.of("/tmp/file"),
                List.of("copy", "360p"),
                Map.of("audio", new TrackNaming(language, Optional.empty()))));
  }

  @Test
  void aWishIsHandedOnWholeAndTheAssetComesBack() {
    Asset asset =
        new Asset(
            ID,
            "default",
            STREAM,
            NOW,
            NOW.plusSeconds(30),
            Duration.ofSeconds(30),
            7,
            16,
            9,
            true);
    AssetImports.Import begun = begun(Future.succeededFuture(asset), "de");
    ImportRequest request = asked.getFirst();
    assertThat(request.stream()).isEqualTo(STREAM);
    assertThat(request.ladder()).containsExactly("copy", "360p");
    assertThat(request.labels().of("audio").orElseThrow().language().orElseThrow().value())
        .isEqualTo("de");
    assertThat(begun.asset()).isEqualTo(ID.value());
    assertThat(begun.progress())
        .isEqualTo(
            new AssetImports.Progress(Duration.ofSeconds(3), Optional.of(Duration.ofSeconds(30))));
    assertThat(begun.done().result().id()).isEqualTo(ID.value());
  }

  @ParameterizedTest
  @CsvSource({
    "FILE, FILE",
    "REQUEST, WISH",
    "NO_ROOM, NO_ROOM",
    "BUSY, BUSY",
    "NODE, NODE",
    "CANCELLED, CANCELLED"
  })
  void whatGoesWrongKeepsItsWords(ImportFailure.Reason reason, AssetImports.Reason told) {
    var failure = new ImportFailure(reason, "it is broken");
    ImportException heard =
        (ImportException) begun(Future.failedFuture(failure), "de").done().cause();
    assertThat(heard.reason()).isEqualTo(told);
    assertThat(heard).hasMessage("it is broken");
  }

  @Test
  void aLanguageThatThereIsNotIsRefusedBeforeAnythingIsRead() {
    Future<?> done = begun(Future.failedFuture("never asked"), "nowhere").done();
    assertThat(((ImportException) done.cause()).reason()).isEqualTo(AssetImports.Reason.WISH);
    assertThat(asked).isEmpty();
  }
}
