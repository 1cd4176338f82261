package io.millrace.app.bridges;

import io.millrace.catalog.KnownPackaging;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.TrackNaming;
import io.millrace.media.LanguageTag;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.PackagerConfig;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
            .map(
                said ->
                    new StreamProfile(
                        said.ladder(),
                        said.window(),
                        said.languages().map(PackagingBridge::known).orElse(TrackLabels.NONE)));
  }

  private static Optional<String> languagesProblem(Map<String, TrackNaming> languages) {
    try {
      labels(languages);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** What a newer release has said, and this one does not understand, is not said. */
  private static TrackLabels known(Map<String, TrackNaming> languages) {
    return languagesProblem(languages).isPresent() ? TrackLabels.NONE : labels(languages);
  }

  /**
   * What the catalogue says of tracks, as the media side has it.
   *
   * @throws IllegalArgumentException in words for whoever said so
   */
  static TrackLabels labels(Map<String, TrackNaming> languages) {
    Map<String, TrackLabel> labels = new HashMap<>();
    languages.forEach(
        (track, naming) ->
            labels.put(
                track,
                new TrackLabel(Optional.of(LanguageTag.of(naming.language())), naming.name())));
    return new TrackLabels(labels);
  }

  /** What the packagers of nodes configured like this one can do. */
  public static PackagingLimits limits(PackagerConfig config) {
    return new PackagingLimits(
        config::ladderProblem,
        config::importLadderProblem,
        PackagingBridge::languagesProblem,
        PackagerConfig.SHORTEST_WINDOW,
        PackagerConfig.LONGEST_WINDOW);
  }
}
