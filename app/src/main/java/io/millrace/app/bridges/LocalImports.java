package io.millrace.app.bridges;

import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.AssetImports;
import io.millrace.media.StreamKey;
import io.millrace.media.TrackLabels;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportRequest;
import io.millrace.packager.Importing;
import io.vertx.core.Future;
import java.util.function.Function;

/** The catalogue's wishes for imports, handed to this node's packager. Thread-safe. */
public final class LocalImports implements AssetImports {
  private final Function<ImportRequest, Importing> packager;

  public LocalImports(Function<ImportRequest, Importing> packager) {
    this.packager = packager;
  }

  @Override
  public Import begin(Wish wish) {
    TrackLabels labels;
    try {
      labels = PackagingBridge.labels(wish.languages());
    } catch (IllegalArgumentException e) {
      return ImportBridge.refused(new ImportException(Reason.WISH, "languages: " + e.getMessage()));
    }
    return new Begun(
        packager.apply(
            new ImportRequest(
                wish.tenant(),
                new StreamKey(wish.app(), wish.stream()),
                wish.title(),
                wish.file(),
                wish.ladder(),
                labels)));
  }

  /** One that the packager has begun with. */
  private record Begun(Importing importing) implements Import {
    @Override
    public String asset() {
      return importing.id().value();
    }

    @Override
    public Future<AssetEntry> done() {
      return importing
          .done()
          .map(AssetFacts::entry)
          .recover(failure -> Future.failedFuture(exception(failure)));
    }

    @Override
    public Progress progress() {
      return new Progress(importing.progress(), importing.total());
    }

    @Override
    public void cancel() {
      importing.cancel();
    }
  }

  private static ImportException exception(Throwable failure) {
    return failure instanceof ImportFailure known
        ? new ImportException(
            switch (known.reason()) {
              case FILE -> Reason.FILE;
              case REQUEST -> Reason.WISH;
              case NO_ROOM -> Reason.NO_ROOM;
              case BUSY -> Reason.BUSY;
              case NODE -> Reason.NODE;
              case CANCELLED -> Reason.CANCELLED;
            },
            String.valueOf(known.getMessage()))
        : new ImportException(Reason.NODE, "the file could not be imported; try it again");
  }
}
