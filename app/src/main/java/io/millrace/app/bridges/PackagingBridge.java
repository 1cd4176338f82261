package io.millrace.app.bridges;

import io.millrace.catalog.KnownPackaging;
import io.millrace.catalog.PackagingLimits;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.packager.PackagerConfig;
import io.vertx.core.Future;
import java.util.function.Function;

/** How the catalogue's streams are packaged, between who says so and who does it. */
public final class PackagingBridge {
  private PackagingBridge() {}

  /** Where there is no catalogue every stream is packaged as the node is configured. */
  public static Function<StreamKey, Future<StreamProfile>> asConfigured() {
    return stream -> Future.succeededFuture(StreamProfile.CONFIGURED);
  }

  /** What the catalogue says of a stream; never fails. */
  public static Function<StreamKey, Future<StreamProfile>> of(KnownPackaging known) {
    return stream ->
        known
            .of(stream.app(), stream.stream())
            .map(said -> new StreamProfile(said.ladder(), said.window()));
  }

  /** What the packagers of nodes configured like this one can do. */
  public static PackagingLimits limits(PackagerConfig config) {
    return new PackagingLimits(
        config::ladderProblem, PackagerConfig.SHORTEST_WINDOW, PackagerConfig.LONGEST_WINDOW);
  }
}
