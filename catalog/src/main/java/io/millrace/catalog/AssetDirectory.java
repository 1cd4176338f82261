package io.millrace.catalog;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What has been recorded: what this module needs from whoever knows. Thread-safe, never blocks;
 * fails while nobody can tell.
 */
public interface AssetDirectory {
  /** All, private ones too, the newest first. */
  Future<List<AssetEntry>> assets();

  /** One; empty for anything that is no asset's id. */
  Future<Optional<AssetEntry>> asset(String id);

  /** Keeps an asset until somebody removes it, or no longer; empty when there is none. */
  Future<Optional<AssetEntry>> pin(String id, boolean pinned);

  /** Removes an asset; completes with whether there was one. */
  Future<Boolean> remove(String id);
}
