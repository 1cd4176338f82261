package io.millrace.catalog;

import io.millrace.access.Names;
import io.millrace.access.Playback;
import io.millrace.catalog.records.App;
import io.millrace.catalog.records.Apps;
import io.millrace.catalog.records.Stream;
import io.millrace.catalog.records.Streams;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Apps and stream titles as viewers need them: a few seconds old at most, while all is well. */
public final class KnownApps {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration STALE = Duration.ofMinutes(30);
  private static final int CAPACITY = 10_000;

  private final Catalog catalog;
  private final Remembered<String, App> apps;
  private final Remembered<String, String> titles;

  public KnownApps(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.apps = new Remembered<>(CAPACITY, FRESH, STALE, clock);
    this.titles = new Remembered<>(CAPACITY, FRESH, STALE, clock);
  }

  /** An app; fails with {@link CatalogException} when nobody can tell. */
  public Future<Optional<App>> find(String app) {
    if (Names.appProblem(app).isPresent()) {
      return Future.succeededFuture(Optional.empty());
    }
    return apps.get(app, () -> catalog.call(connection -> new Apps(connection).find(app)));
  }

  /** Whether everybody may play an app's streams; no when nobody can tell. */
  public Future<Boolean> isPublic(String app) {
    return find(app)
        .map(found -> found.filter(its -> its.playback() == Playback.PUBLIC).isPresent())
        .otherwise(false);
  }

  /** A stream's title; empty text where it has none, or nobody can tell. */
  public Future<String> title(String app, String stream) {
    return titles
        .get(
            app + "/" + stream,
            () ->
                catalog.call(
                    connection ->
                        Optional.of(
                            new Streams(connection)
                                .find(app, stream)
                                .map(Stream::title)
                                .orElse(""))))
        .map(title -> title.orElse(""))
        .otherwise("");
  }

  /** Asks the database the next time. */
  public void forgetApp(String app) {
    apps.forget(app);
  }

  /** Asks the database the next time. */
  public void forgetTitle(String app, String stream) {
    titles.forget(app + "/" + stream);
  }
}
