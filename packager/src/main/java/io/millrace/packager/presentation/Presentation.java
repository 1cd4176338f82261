package io.millrace.packager.presentation;

import io.millrace.media.Broadcast;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param firstPeriod where the period starts in which the playlists begin
 * @param multivariant its playlist; empty until every rendition has had a segment
 * @param manifest the DASH manifest; empty where the multivariant playlist is, and where segments
 *     have no headers
 */
public record Presentation(
    Broadcast broadcast,
    int targetSeconds,
    List<Rendition> renditions,
    Optional<Instant> endedAt,
    Optional<PeriodStart> firstPeriod,
    Document multivariant,
    Document manifest) {
  public Presentation {
    renditions = List.copyOf(renditions);
  }

  /** A presentation whose playlists are yet to be written. */
  public static Presentation unwritten(
      Broadcast broadcast,
      int targetSeconds,
      List<Rendition> renditions,
      Optional<Instant> endedAt) {
    return new Presentation(
        broadcast,
        targetSeconds,
        renditions,
        endedAt,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY);
  }

  /** The same, whose first period started there. */
  public Presentation startingIn(Optional<PeriodStart> period) {
    return new Presentation(
        broadcast, targetSeconds, renditions, endedAt, period, multivariant, manifest);
  }

  public boolean ended() {
    return endedAt.isPresent();
  }

  public Optional<Rendition> rendition(String name) {
    for (Rendition rendition : renditions) {
      if (rendition.name().equals(name)) {
        return Optional.of(rendition);
      }
    }
    return Optional.empty();
  }

  /**
   * The renditions that a player is offered: of those with segments, while the broadcast is on air,
   * the ones whose tracks are not away, and behind its end the ones that have any media; all of
   * them where that would be none. Whoever was offered another one before goes on with it.
   */
  public List<Rendition> offered() {
    List<Rendition> listed = new ArrayList<>();
    List<Rendition> offered = new ArrayList<>();
    for (Rendition rendition : renditions) {
      if (!rendition.isEmpty()) {
        listed.add(rendition);
        if (ended() ? rendition.hasMedia() : !rendition.away()) {
          offered.add(rendition);
        }
      }
    }
    return offered.isEmpty() ? listed : offered;
  }

  /**
   * The same with its playlists.
   *
   * @param playable whether players may be told of the broadcast
   */
  public Presentation written(
      boolean playable,
      BiFunction<Presentation, Rendition, Buffer> media,
      Function<Presentation, Buffer> variants,
      Function<Presentation, Buffer> periods) {
    List<Rendition> listed = new ArrayList<>();
    for (Rendition rendition : renditions) {
      listed.add(
          rendition.isEmpty()
              ? rendition
              : rendition.with(Document.of(() -> media.apply(this, rendition))));
    }
    boolean shown = playable && !offered().isEmpty();
    boolean hasHeaders = renditions.stream().anyMatch(Rendition::hasHeaders);
    return new Presentation(
        broadcast,
        targetSeconds,
        listed,
        endedAt,
        firstPeriod,
        shown ? Document.of(() -> variants.apply(this)) : Document.EMPTY,
        shown && hasHeaders ? Document.of(() -> periods.apply(this)) : Document.EMPTY);
  }
}
