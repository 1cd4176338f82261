package io.millrace.catalog;

import io.millrace.access.RevokedToken;
import io.millrace.catalog.records.Revocation;
import io.millrace.catalog.records.Revocations;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * The revoked tokens of the catalogue, on whichever node they were revoked. One reader reads them
 * one time after the other.
 */
public final class KnownRevocations {
  /** There are never more at one time. */
  public static final int MOST = Revocations.MOST;

  private static final int PER_QUESTION = 5000;

  private final Catalog catalog;
  private volatile long last = Long.MIN_VALUE;

  public KnownRevocations(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Reads what is new since the last time, and all of it at the first.
   *
   * @param reader takes each; when it throws, this one and those behind it are read again
   * @return fails while the database is away; what was read until then is not read again
   */
  public Future<Void> read(Consumer<RevokedToken> reader) {
    return catalog
        .call(connection -> new Revocations(connection).since(last, PER_QUESTION))
        .compose(
            changes -> {
              for (Revocation change : changes) {
                reader.accept(change.token());
                last = change.number();
              }
              return changes.size() < PER_QUESTION ? Future.succeededFuture() : read(reader);
            });
  }
}
