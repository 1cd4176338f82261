package io.millrace.transcoding;

import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The renditions that are wanted of a stream, whatever its source is.
 *
 * @param rungs each once, at least one, the source first and then from large to small
 */
public record Ladder(List<Rung> rungs) {
  /** The source alone: nothing is transcoded. */
  public static final Ladder COPY = new Ladder(List.of(Rung.COPY));

  public Ladder {
    if (rungs.isEmpty()) {
      throw new IllegalArgumentException("a ladder needs a rung");
    }
    rungs = List.copyOf(EnumSet.copyOf(rungs));
  }

  /**
   * Reads the words of a configuration.
   *
   * @throws IllegalArgumentException with words for the user, when one is unknown, or there is none
   */
  public static Ladder of(List<String> words) {
    List<Rung> rungs = new ArrayList<>();
    for (String word : words) {
      rungs.add(
          Rung.of(word)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "there is no rung '" + word + "'; rungs are " + known())));
    }
    if (rungs.isEmpty()) {
      throw new IllegalArgumentException("names no rung; rungs are " + known());
    }
    return new Ladder(rungs);
  }

  private static String known() {
    return Arrays.stream(Rung.values()).map(Rung::word).collect(Collectors.joining(", "));
  }

  /**
   * The rungs that a source gets: never one above it, nor one as large beside {@link Rung#COPY},
   * and sound only where there is some. Where pictures are wanted and all rungs are above them, the
   * source itself is the only one.
   *
   * @param tracks the source's
   */
  public Set<Rung> rungsFor(List<Track> tracks) {
    Set<Rung> result = EnumSet.noneOf(Rung.class);
    Optional<TrackFormat.Video> pictures = pictures(tracks);
    boolean copied = rungs.contains(Rung.COPY);
    for (Rung rung : rungs) {
      boolean fits =
          switch (rung) {
            case COPY -> true;
            case AUDIO -> tracks.stream().anyMatch(track -> !track.isVideo());
            default ->
                pictures.isPresent()
                    && (copied
                        ? rung.lines() < lines(pictures.get())
                        : rung.lines() <= lines(pictures.get()));
          };
      if (fits) {
        result.add(rung);
      }
    }
    boolean wanted = rungs.stream().anyMatch(Rung::isPicture);
    if (wanted && pictures.isPresent() && !copied && result.stream().noneMatch(Rung::isPicture)) {
      result.add(Rung.COPY);
    }
    return result;
  }

  /** Whether a transcoder is needed for a source. */
  public boolean transcodes(List<Track> tracks) {
    return rungsFor(tracks).stream().anyMatch(rung -> rung != Rung.COPY);
  }

  static Optional<TrackFormat.Video> pictures(List<Track> tracks) {
    for (Track track : tracks) {
      if (track.format() instanceof TrackFormat.Video video) {
        return Optional.of(video);
      }
    }
    return Optional.empty();
  }

  private static int lines(TrackFormat.Video video) {
    return Math.min(video.width(), video.height());
  }
}
