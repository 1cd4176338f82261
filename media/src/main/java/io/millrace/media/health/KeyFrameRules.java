package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.PROBLEM;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.UNCLEAR;
import static io.millrace.media.health.HealthRules.SECOND;
import static io.millrace.media.health.HealthRules.bad;
import static io.millrace.media.health.HealthRules.rough;

import io.millrace.media.health.HealthRule.Verdict;
import java.util.List;

/** What can be wrong with key frames and the groups that they begin. */
final class KeyFrameRules {
  private KeyFrameRules() {}

  static List<HealthRule> all() {
    return List.of(
        HealthRule.ofPresent("no-key-frame", 1, 1, KeyFrameRules::noKeyFrame),
        new HealthRule("key-frames-far-apart", 1, 10, KeyFrameRules::farApart),
        new HealthRule("key-frames-irregular", 5, 30, KeyFrameRules::irregular),
        new HealthRule("long-first-group", 1, 10, KeyFrameRules::longFirstGroup),
        new HealthRule("open-gop", 1, 10, KeyFrameRules::openGroups));
  }

  private static Verdict noKeyFrame(Observation seen) {
    TrackMeter video = seen.video();
    long without = video == null ? 0 : video.withoutKeyFrameNanos();
    if (without < 12 * SECOND) {
      return GOOD;
    }
    return without < 15 * SECOND
        ? UNCLEAR
        : bad(
            PROBLEM,
            "There has been no key frame for " + rough(without) + ".",
            "Who comes now sees no picture until the next one.",
            "Set a key frame interval of 2 s in the encoder, closed GOP, no intra refresh.");
  }

  private static Verdict farApart(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || video.keyIntervals() == 0) {
      return UNCLEAR;
    }
    long longest = video.longestKeyIntervalNanos();
    if (longest < 4 * SECOND) {
      return GOOD;
    }
    String every = video.keyIntervals() < 2 || isRegular(video) ? "every " : "up to ";
    String apart = every.equals("every ") ? "" : " apart";
    return longest < SECOND * 9 / 2
        ? UNCLEAR
        : bad(
            WARNING,
            "Key frames come " + every + rough(longest) + apart + ".",
            "Latency can't go below that, and the first picture takes long to appear.",
            "Set a key frame interval of 2 s in your encoder.");
  }

  private static boolean isRegular(TrackMeter video) {
    return video.longestKeyIntervalNanos() <= video.shortestKeyIntervalNanos() * 5 / 4;
  }

  private static Verdict irregular(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || video.keyIntervals() < 6) {
      return UNCLEAR;
    }
    long longest = video.longestKeyIntervalNanos();
    long shortest = video.shortestKeyIntervalNanos();
    if (longest < 2 * shortest || longest < SECOND * 5 / 2) {
      return GOOD;
    }
    return longest < 3 * shortest
        ? UNCLEAR
        : bad(
            INFO,
            "Key frames are "
                + rough(shortest)
                + " to "
                + rough(longest)
                + " apart, as scene detection makes them.",
            "Segments are of uneven length, and quality can't be switched smoothly.",
            "Set a fixed key frame interval of 2 s and turn scene detection off.");
  }

  private static Verdict longFirstGroup(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || video.keyIntervals() < 3) {
      return UNCLEAR;
    }
    long first = video.firstKeyIntervalNanos();
    return first < 5 * SECOND || video.longestKeyIntervalNanos() > first / 2
        ? GOOD
        : bad(
            INFO,
            "The first key frames were " + rough(first) + " apart, later ones are closer.",
            "A broadcast keeps the segment length that it began with, so latency stays higher than"
                + " it need be.",
            "Stop and start the broadcast to get shorter segments.");
  }

  private static Verdict openGroups(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || video.keyIntervals() == 0) {
      return UNCLEAR;
    }
    return !video.isOpenGroup()
        ? GOOD
        : bad(
            WARNING,
            "Groups of pictures are open: some pictures need the group before.",
            "Pictures may be broken for a moment after a jump or a change of quality.",
            "Turn on 'closed GOP' in the encoder.");
  }
}
