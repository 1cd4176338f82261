package io.millrace.packager;

import io.millrace.media.BroadcastId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** A file that is being imported. From any thread. */
public interface Importing {
  /** The asset that it will be. */
  BroadcastId id();

  /** The asset, when it can be played; fails with {@link ImportFailure}. */
  Future<Asset> done();

  /** How much of its media has been packaged. */
  Duration progress();

  /** How much media there is, where the file says so. */
  Optional<Duration> total();

  /** Ends it, unless it is done. */
  void cancel();
}
