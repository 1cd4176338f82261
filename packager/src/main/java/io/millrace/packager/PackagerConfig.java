package io.millrace.packager;

import io.millrace.config.ConfigSection;
import io.millrace.media.StreamProfile;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How streams are cut and kept: section {@code packager}.
 *
 * @param container {@code packager.container}
 * @param segmentDuration {@code packager.segmentDuration}, the wish
 * @param targetDuration {@code packager.targetDuration}; {@code auto}, the default, is empty here
 * @param lowLatency {@code packager.lowLatency}, whether playlists list parts, where segments have
 *     any
 * @param partDuration {@code packager.partDuration}, the longest part
 * @param window {@code packager.window}, what a live playlist covers
 * @param keepEnded {@code packager.keepEnded}, how long an ended broadcast can still be played
 * @param memory {@code packager.memory}, how much media of each rendition is served from memory
 * @param spoolBytes {@code packager.spoolBytes}, what may wait for the store on this node; segments
 *     beyond it are served from memory only
 * @param missingSound {@code packager.missingSound}, what there is where sound is away
 * @param unstoredBytes {@code packager.unstoredBytes}, what may be in memory only on this node;
 *     beyond it playlists get as short as the rules allow
 * @param heldRequests {@code packager.heldRequests}, how many requests may wait for what is not
 *     listed yet; more are refused
 * @param ladder {@code packager.ladder}, the renditions that are wanted; the source is one of them
 */
public record PackagerConfig(
    Container container,
    Duration segmentDuration,
    Optional<Duration> targetDuration,
    boolean lowLatency,
    Duration partDuration,
    Duration window,
    Duration keepEnded,
    Duration memory,
    MissingSound missingSound,
    long spoolBytes,
    long unstoredBytes,
    int heldRequests,
    Ladder ladder) {
  /** The form of segments. */
  public enum Container {
    /** Fragmented MP4; each track is a rendition. */
    CMAF,
    /** MPEG-2 transport stream; picture and sound together, for players that know nothing else. */
    TS
  }

  /** What stands for sound that is away while pictures go on. */
  public enum MissingSound {
    /** Frames in which nothing is heard, for codecs that can be written; else gaps. */
    SILENCE,
    /** {@code EXT-X-GAP}; in MPEG-TS beside pictures, nothing. */
    GAPS
  }

  /** The shortest and the longest {@code packager.window}. */
  public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(6);

  public static final Duration LONGEST_WINDOW = Duration.ofHours(24);

  private static final Duration LONGEST_TARGET = Duration.ofSeconds(60);
  private static final long LEAST_BYTES = 1L << 20;
  private static final long MOST_BYTES = 1L << 40;

  /**
   * Reads the section.
   *
   * @param packager the section {@code packager}
   */
  public static PackagerConfig read(ConfigSection packager) {
    Duration segment =
        packager.duration(
            "segmentDuration",
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(30));
    Container container = packager.choice("container", Container.CMAF);
    Ladder ladder = ladder(packager, container);
    Optional<Duration> target =
        packager.string("targetDuration", "auto").equals("auto")
            ? Optional.empty()
            : Optional.of(packager.duration("targetDuration", segment, segment, LONGEST_TARGET));
    Duration window =
        packager.duration("window", Duration.ofSeconds(60), SHORTEST_WINDOW, LONGEST_WINDOW);
    Duration longest = target.orElse(segment);
    if (window.compareTo(longest) < 0) {
      packager.problem(
          "window",
          "is "
              + shown(window)
              + ", shorter than one segment, which may last "
              + shown(longest)
              + "; a player wants three segments at least");
    }
    return new PackagerConfig(
        container,
        segment,
        target,
        packager.bool("lowLatency", true),
        packager.duration(
            "partDuration", Duration.ofMillis(334), Duration.ofMillis(100), Duration.ofSeconds(2)),
        window,
        packager.duration("keepEnded", Duration.ofMinutes(5), Duration.ZERO, Duration.ofDays(30)),
        packager.duration("memory", Duration.ofSeconds(6), Duration.ZERO, Duration.ofHours(1)),
        packager.choice("missingSound", MissingSound.SILENCE),
        packager.heap("spoolBytes", 256L << 20, LEAST_BYTES, MOST_BYTES),
        packager.heap("unstoredBytes", 512L << 20, LEAST_BYTES, MOST_BYTES),
        packager.integer("heldRequests", 100_000, 1, 10_000_000),
        ladder);
  }

  private static Ladder ladder(ConfigSection packager, Container container) {
    try {
      return wish(packager.strings("ladder", List.of(Rung.COPY.word())), container);
    } catch (IllegalArgumentException e) {
      packager.problem("ladder", Objects.toString(e.getMessage(), "names what is no rung"));
      return Ladder.COPY;
    }
  }

  /**
   * Reads the words of a ladder.
   *
   * @throws IllegalArgumentException with words for the user, when it cannot be made in such files
   */
  private static Ladder ladder(List<String> words, Container container) {
    Ladder ladder = Ladder.of(words);
    if (!ladder.rungs().contains(Rung.COPY)) {
      throw new IllegalArgumentException(
          "does not name copy: the source is always one of the renditions, and leads the others");
    }
    if (!ladder.equals(Ladder.COPY) && container == Container.TS) {
      throw new IllegalArgumentException(
          "names more than copy, which needs packager.container: cmaf; in MPEG-TS the source's"
              + " picture and sound are in the same files");
    }
    return ladder;
  }

  /** The same, where whoever says so can be told of what is said twice. */
  private static Ladder wish(List<String> words, Container container) {
    List<String> twice =
        words.stream().filter(word -> Collections.frequency(words, word) > 1).distinct().toList();
    if (!twice.isEmpty()) {
      throw new IllegalArgumentException(
          "names " + String.join(" and ", twice) + " more than once");
    }
    return ladder(words, container);
  }

  /** What is wrong with a ladder that a stream is to have, in words for whoever wants it. */
  public Optional<String> ladderProblem(List<String> words) {
    try {
      var _ = wish(words, container);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(Objects.toString(e.getMessage(), "names what is no rung"));
    }
  }

  /** What is wrong with the ladder that a file is to have, which need not name the source. */
  public Optional<String> importLadderProblem(List<String> words) {
    List<String> named = new ArrayList<>(words);
    if (!words.isEmpty() && !words.contains(Rung.COPY.word())) {
      named.add(Rung.COPY.word());
    }
    return ladderProblem(named);
  }

  /**
   * What is in force for one stream.
   *
   * @param profile what of it cannot be done here (any more) is as configured
   */
  public PackagerConfig with(StreamProfile profile) {
    Ladder wanted = profile.ladder().flatMap(words -> possible(words, container)).orElse(ladder);
    Duration longest = targetDuration.orElse(segmentDuration);
    Duration covered = profile.window().filter(wish -> wish.compareTo(longest) >= 0).orElse(window);
    return new PackagerConfig(
        container,
        segmentDuration,
        targetDuration,
        lowLatency,
        partDuration,
        covered,
        keepEnded,
        memory,
        missingSound,
        spoolBytes,
        unstoredBytes,
        heldRequests,
        wanted);
  }

  private static Optional<Ladder> possible(List<String> words, Container container) {
    try {
      return Optional.of(ladder(words, container));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The longest part, where a new broadcast's playlists list parts; MPEG-TS has none. */
  public Optional<Duration> partTarget() {
    return lowLatency && container == Container.CMAF ? Optional.of(partDuration) : Optional.empty();
  }

  private static String shown(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
