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
 * @param firstPeriod where the period starts in which the playlists begin
 * @param cues what is said of cue points
 * @param multivariant its playlist; empty until every rendition has had a segment
 * @param manifest the DASH manifest; empty where the multivariant playlist is, and where segments
 *     have no headers
 */
public record Presentation(
    Broadcast broadcast,
    int targetSeconds,
    Optional<Duration> partTarget,
    List<Rendition> renditions,
    Optional<Instant> endedAt,
    Optional<PeriodStart> firstPeriod,
    CueLines cues,
    Document multivariant,
    Document manifest) {
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
        broadcast,
        targetSeconds,
        partTarget,
        renditions,
        endedAt,
        Optional.empty(),
        CueLines.NONE,
        Document.EMPTY,
        Document.EMPTY);
  }

  /** The same, whose first period started there. */
  public Presentation startingIn(Optional<PeriodStart> period) {
    return new Presentation(
        broadcast,
        targetSeconds,
        partTarget,
        renditions,
        endedAt,
        period,
        cues,
        multivariant,
        manifest);
  }

  /** The same with cue points. */
  public Presentation withCues(CueLines newCues) {
    return new Presentation(
        broadcast,
        targetSeconds,
        partTarget,
        renditions,
        endedAt,
        firstPeriod,
        newCues,
        multivariant,
        manifest);
  }

  /** The same with other renditions, for playlists of its own. */
  public Presentation withRenditions(List<Rendition> changed) {
    return with(changed, multivariant, manifest);
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

    /** The same without date ranges that a player knows (HLS L21). */
    Buffer deltaOfRanges(Presentation presentation, Rendition rendition);

    Buffer multivariant(Presentation presentation);

    /** The DASH manifest of a presentation whose segments have headers. */
    Buffer manifest(Presentation presentation);
  }

  /**
   * The same with its playlists.
   *
   * @param playable whether players may be told of the broadcast
   */
  public Presentation written(boolean playable, Playlists playlists) {
    boolean shown = playable && !offered().isEmpty();
    boolean hasHeaders = renditions.stream().anyMatch(Rendition::hasHeaders);
    return with(
        writtenRenditions(playlists),
        shown ? Document.of(() -> playlists.multivariant(this)) : Document.EMPTY,
        shown && hasHeaders ? Document.of(() -> playlists.manifest(this)) : Document.EMPTY);
  }

  /** The same with other renditions, whose media playlists are written anew. */
  public Presentation with(List<Rendition> changed, Playlists playlists) {
    Presentation next = with(changed, multivariant, manifest);
    return next.with(next.writtenRenditions(playlists), multivariant, manifest);
  }

  private Presentation with(
      List<Rendition> changed, Document newMultivariant, Document newManifest) {
    return new Presentation(
        broadcast,
        targetSeconds,
        partTarget,
        changed,
        endedAt,
        firstPeriod,
        cues,
        newMultivariant,
        newManifest);
  }

  private List<Rendition> writtenRenditions(Playlists playlists) {
    List<Rendition> listed = new ArrayList<>(renditions.size());
    for (Rendition rendition : renditions) {
      listed.add(
          rendition.isEmpty()
              ? rendition
              : rendition.with(
                  Document.of(() -> playlists.media(this, rendition)),
                  Document.of(() -> playlists.delta(this, rendition)),
                  Document.of(() -> playlists.deltaOfRanges(this, rendition))));
    }
    return listed;
  }
}
