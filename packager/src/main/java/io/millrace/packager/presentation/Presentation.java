package io.millrace.packager.presentation;

import io.millrace.media.Broadcast;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a broadcast offers its viewers at one moment. Immutable: the broadcast's home context makes
 * the next one and swaps it in through one volatile field, any thread reads it.
 *
 * @param targetSeconds the target duration; 0 while it is not known
 * @param endedAt when the broadcast ended, if it has
 * @param multivariant its playlist; empty until every rendition has a segment
 */
public record Presentation(
    Broadcast broadcast,
    int targetSeconds,
    List<Rendition> renditions,
    Optional<Instant> endedAt,
    Document multivariant) {
  public Presentation {
    renditions = List.copyOf(renditions);
  }

  /** A presentation whose playlists are yet to be written. */
  public static Presentation unwritten(
      Broadcast broadcast,
      int targetSeconds,
      List<Rendition> renditions,
      Optional<Instant> endedAt) {
    return new Presentation(broadcast, targetSeconds, renditions, endedAt, Document.EMPTY);
  }

  public boolean ended() {
    return endedAt.isPresent();
  }

  public Optional<Rendition> rendition(String name) {
    return renditions.stream().filter(rendition -> rendition.name().equals(name)).findFirst();
  }

  /** Whether every rendition has something to play. */
  public boolean playable() {
    return !renditions.isEmpty()
        && renditions.stream().noneMatch(rendition -> rendition.segments().isEmpty());
  }

  /** The same with its playlists written. */
  public Presentation written(
      BiFunction<Presentation, Rendition, String> media, Function<Presentation, String> variants) {
    List<Rendition> listed =
        renditions.stream()
            .map(
                rendition ->
                    rendition.segments().isEmpty()
                        ? rendition
                        : rendition.with(Document.of(media.apply(this, rendition))))
            .toList();
    return new Presentation(
        broadcast,
        targetSeconds,
        listed,
        endedAt,
        playable() ? Document.of(variants.apply(this)) : Document.EMPTY);
  }
}
