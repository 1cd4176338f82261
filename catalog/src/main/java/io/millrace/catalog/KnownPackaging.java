package io.millrace.catalog;

import io.millrace.catalog.records.StreamAddress;
import io.millrace.catalog.records.Streams;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How streams are to be packaged, asked when a publisher comes. While the database is away, what
 * was known within a day is good. Thread-safe.
 */
public final class KnownPackaging {
  private static final Logger LOGGER = LoggerFactory.getLogger(KnownPackaging.class);
  private static final Remembered.Terms TERMS =
      new Remembered.Terms(
          10_000,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofDays(1),
          Duration.ZERO,
          Duration.ofSeconds(2));

  private final Remembered<StreamAddress, Packaging> known;

  public KnownPackaging(Catalog catalog, InstantSource clock) {
    this.known =
        new Remembered<>(
            TERMS,
            clock,
            streams -> catalog.ask(connection -> new Streams(connection).packaging(streams)));
  }

  /** Of one stream, also where no such stream has been made; unsaid when nobody can tell. */
  public Future<Packaging> of(String app, String stream) {
    StreamAddress address = new StreamAddress(app, stream);
    return known
        .get(address)
        .otherwise(
            failure -> {
              Optional<Packaging> before =
                  Optional.ofNullable(known.recall(Set.of(address)).get(address));
              LOGGER
                  .atWarn()
                  .addKeyValue("stream", app + "/" + stream)
                  .addKeyValue("reason", failure.getMessage())
                  .log(
                      before.isPresent()
                          ? "the database does not say how a stream is packaged: as before"
                          : "the database does not say how a stream is packaged: as configured");
              return before;
            })
        .map(found -> found.orElse(Packaging.UNSAID));
  }
}
