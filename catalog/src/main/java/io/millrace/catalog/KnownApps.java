package io.millrace.catalog;

import io.millrace.access.Names;
import io.millrace.access.Playback;
import io.millrace.catalog.records.App;
import io.millrace.catalog.records.Apps;
import io.millrace.catalog.records.StreamAddress;
import io.millrace.catalog.records.Streams;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Apps and stream titles as viewers need them: a few seconds old at most, while all is well.
 * Thread-safe.
 */
public final class KnownApps {
  private static final Remembered.Terms TERMS =
      new Remembered.Terms(
          10_000,
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofMinutes(30),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1));

  private final Remembered<String, App> apps;
  private final Remembered<StreamAddress, String> titles;

  public KnownApps(Catalog catalog, InstantSource clock) {
    this.apps =
        new Remembered<>(
            TERMS, clock, names -> catalog.ask(connection -> new Apps(connection).named(names)));
    this.titles =
        new Remembered<>(
            TERMS,
            clock,
            streams -> catalog.ask(connection -> new Streams(connection).titles(streams)));
  }

  /** An app; fails with {@link CatalogException} when nobody can tell. */
  public Future<Optional<App>> find(String app) {
    if (Names.appProblem(app).isPresent()) {
      return Future.succeededFuture(Optional.empty());
    }
    return apps.get(app);
  }

  /** Whether everybody may play an app's streams; no when nobody can tell. */
  public Future<Boolean> isPublic(String app) {
    return find(app).map(found -> found.filter(KnownApps::isPublic).isPresent()).otherwise(false);
  }

  /** Those of some apps whose streams everybody may play; asks for all of them at once. */
  public Future<Set<String>> publicOnes(Set<String> names) {
    return apps.getAll(names)
        .otherwise(failure -> apps.recall(names))
        .map(
            found ->
                found.values().stream()
                    .filter(KnownApps::isPublic)
                    .map(App::name)
                    .collect(Collectors.toSet()));
  }

  /**
   * The titles of some streams, asked for all at once; those that have none, or of which nobody can
   * tell, are missing.
   */
  public Future<Map<StreamAddress, String>> titles(Set<StreamAddress> streams) {
    return titles.getAll(streams).otherwise(failure -> titles.recall(streams));
  }

  /** Asks the database the next time. */
  public void forgetApp(String app) {
    apps.forget(app);
  }

  /** Asks the database the next time. */
  public void forgetTitle(String app, String stream) {
    titles.forget(new StreamAddress(app, stream));
  }

  private static boolean isPublic(App app) {
    return app.playback() == Playback.PUBLIC;
  }
}
