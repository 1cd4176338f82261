package io.millrace.packager.presentation;

import io.millrace.media.Broadcast;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a broadcast offers its viewers at one moment. Immutable: the broadcast's home context makes
 * the next one and swaps it in through one volatile field, any thread reads it.
 *
 * @param targetSeconds the target duration; 0 while it is not known
 * @param partTarget the longest part, where playlists list parts: the same for the whole broadcast
 *     (HLS L2)
 * @param endedAt when the broadcast ended, if it has
 * @param multivariant its playlist; empty until every rendition has had a segment
 */
public record Presentation(
    Broadcast broadcast,
    int targetSeconds,
    Optional<Duration> partTarget,
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
      Optional<Duration> partTarget,
      List<Rendition> renditions,
      Optional<Instant> endedAt) {
    return new Presentation(
        broadcast, targetSeconds, partTarget, renditions, endedAt, Document.EMPTY);
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

  /** Writes playlists, when they are asked for. */
  public interface Playlists {
    /** The media playlist of a rendition that lists something. */
    Buffer media(Presentation presentation, Rendition rendition);

    /** The same as a delta update. */
    Buffer delta(Presentation presentation, Rendition rendition);

    Buffer multivariant(Presentation presentation);
  }

  /**
   * The same with its playlists.
   *
   * @param playable whether players may be told of the broadcast
   */
  public Presentation written(boolean playable, Playlists playlists) {
    return with(
        writtenRenditions(playlists),
        playable && !offered().isEmpty()
            ? Document.of(() -> playlists.multivariant(this))
            : Document.EMPTY);
  }

  /** The same with other renditions, whose media playlists are written anew. */
  public Presentation with(List<Rendition> changed, Playlists playlists) {
    Presentation next = with(changed, multivariant);
    return next.with(next.writtenRenditions(playlists), multivariant);
  }

  private Presentation with(List<Rendition> changed, Document newMultivariant) {
    return new Presentation(
        broadcast, targetSeconds, partTarget, changed, endedAt, newMultivariant);
  }

  private List<Rendition> writtenRenditions(Playlists playlists) {
    List<Rendition> listed = new ArrayList<>(renditions.size());
    for (Rendition rendition : renditions) {
      listed.add(
          rendition.isEmpty()
              ? rendition
              : rendition.with(
                  Document.of(() -> playlists.media(this, rendition)),
                  Document.of(() -> playlists.delta(this, rendition))));
    }
    return listed;
  }
}
