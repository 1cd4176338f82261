package io.millrace.app.bridges;

import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.AssetImports;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** The catalogue's wishes for imports, handed to this node's packager. Thread-safe. */
public final class ImportBridge {
  private ImportBridge() {}

  /** Where files cannot be packaged. */
  public static AssetImports none(String why) {
    return new AssetImports() {
      @Override
      public Optional<String> unavailable() {
        return Optional.of(why);
      }

      @Override
      public Import begin(Wish wish) {
        return new Refused(new ImportException(Reason.NODE, why));
      }
    };
  }

  /** One that cannot be begun with. */
  static AssetImports.Import refused(AssetImports.ImportException why) {
    return new Refused(why);
  }

  /** One that has failed before it began. */
  private record Refused(AssetImports.ImportException why) implements AssetImports.Import {
    @Override
    public String asset() {
      return "";
    }

    @Override
    public Future<AssetEntry> done() {
      return Future.failedFuture(why);
    }

    @Override
    public AssetImports.Progress progress() {
      return new AssetImports.Progress(Duration.ZERO, Optional.empty());
    }

    @Override
    public void cancel() {}
  }
}
