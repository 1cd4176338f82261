package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.PROBLEM;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.UNCLEAR;

import io.millrace.media.HealthFinding;
import io.millrace.media.HealthFinding.Severity;
import io.millrace.media.health.HealthRule.Verdict;
import io.millrace.media.health.HealthRule.Verdict.Bad;
import io.millrace.media.health.HealthRule.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that is said to broadcasters about their streams, with the limits from which it is
 * said. One instance a broadcast; confined to its home context.
 */
final class HealthRules {
  /** How long ago a reconnect still counts. */
  static final Duration RECONNECTS_WITHIN = Duration.ofMinutes(10);

  private static final long SECOND = 1_000_000_000L;
  private static final long RECENT = 300 * SECOND;

  private final List<HealthRule> rules =
      Stream.of(arriving(), keyFrames(), timestamps(), picture(), CodecRules.all())
          .flatMap(List::stream)
          .toList();

  /** What is to be said now, the worst first. */
  List<HealthFinding> judge(Observation seen, Instant now) {
    List<HealthFinding> found = new ArrayList<>();
    for (HealthRule rule : rules) {
      rule.judge(seen, now).ifPresent(found::add);
    }
    found.sort(Comparator.comparing(HealthFinding::severity).reversed());
    return found;
  }

  /** Every code that can occur. */
  List<String> codes() {
    return rules.stream().map(HealthRule::code).toList();
  }

  private static List<HealthRule> arriving() {
    return List.of(
        new HealthRule("nothing-arrives", 1, 1, HealthRules::nothingArrives),
        new HealthRule("video-stopped", 2, 2, HealthRules::videoStopped),
        new HealthRule("audio-stopped", 2, 2, HealthRules::audioStopped),
        new HealthRule("audio-missing", 10, 1, HealthRules::audioMissing),
        new HealthRule("audio-late", 1, 5, HealthRules::audioLate),
        new HealthRule("audio-video-apart", 5, 10, HealthRules::apart),
        new HealthRule("slower-than-real-time", 5, 10, HealthRules::slow),
        new HealthRule("faster-than-real-time", 10, 10, HealthRules::fast),
        new HealthRule("arrives-in-bursts", 5, 30, HealthRules::bursts),
        new HealthRule("reconnecting-often", 1, 30, HealthRules::reconnecting),
        new HealthRule("server-too-slow", 1, 30, HealthRules::dropping));
  }

  private static Verdict nothingArrives(Observation seen) {
    long silent = Long.MAX_VALUE;
    if (seen.video() != null) {
      silent = seen.silentNanos(seen.video());
    }
    if (seen.audio() != null) {
      silent = Math.min(silent, seen.silentNanos(seen.audio()));
    }
    if (!seen.publishing() || silent == Long.MAX_VALUE || silent < 2 * SECOND) {
      return GOOD;
    }
    return silent < 4 * SECOND
        ? UNCLEAR
        : bad(
            PROBLEM,
            "Nothing has arrived for " + rough(silent) + ", though the encoder is connected.",
            "Viewers see the picture stand still.",
            "Check the encoder and its network.");
  }

  private static Verdict videoStopped(Observation seen) {
    if (!seen.publishing() || seen.video() == null || seen.audio() == null) {
      return GOOD;
    }
    return stopped(
        seen,
        seen.video(),
        seen.audio(),
        "The picture stopped " + rough(seen.silentNanos(seen.video())) + " ago; sound still comes.",
        "Viewers hear the sound with a picture that stands still.",
        "Check the camera and the encoder's video input.");
  }

  private static Verdict audioStopped(Observation seen) {
    if (!seen.publishing() || seen.video() == null || seen.audio() == null) {
      return GOOD;
    }
    return stopped(
        seen,
        seen.audio(),
        seen.video(),
        "Sound stopped " + rough(seen.silentNanos(seen.audio())) + " ago; the picture still comes.",
        "Viewers hear nothing, and some players stop and wait for sound.",
        "Check the encoder's audio input; send silence rather than no sound.");
  }

  private static Verdict stopped(
      Observation seen,
      TrackMeter silent,
      TrackMeter other,
      String what,
      String effect,
      String advice) {
    long without = seen.silentNanos(silent);
    if (without < 2 * SECOND) {
      return GOOD;
    }
    return without < 3 * SECOND || seen.silentNanos(other) > 2 * SECOND
        ? UNCLEAR
        : bad(PROBLEM, what, effect, advice);
  }

  private static Verdict audioMissing(Observation seen) {
    if (seen.video() == null || seen.audio() != null) {
      return GOOD;
    }
    return !seen.publishing()
        ? UNCLEAR
        : bad(
            INFO,
            "There is no sound in this stream.",
            "Viewers see a silent picture.",
            "If there should be sound, turn on an audio input in the encoder.");
  }

  private static Verdict audioLate(Observation seen) {
    if (seen.video() == null || seen.audio() == null || !seen.publishing()) {
      return GOOD;
    }
    if (!seen.video().started || !seen.audio().started) {
      return UNCLEAR;
    }
    long late = seen.audio().firstNanos - seen.video().firstNanos;
    return late < SECOND || seen.runNanos() > RECENT
        ? GOOD
        : bad(
            INFO,
            "Sound began " + rough(late) + " after the picture.",
            "The beginning of the broadcast is silent; the rest is not affected.",
            "");
  }

  private static Verdict apart(Observation seen) {
    long apart = seen.furthestApartNanos();
    if (apart < SECOND * 3 / 2 || !seen.publishing()) {
      return GOOD;
    }
    return apart < 2 * SECOND
        ? UNCLEAR
        : bad(
            WARNING,
            "Sound and picture arrive " + rough(apart) + " apart from each other.",
            "Latency grows by as much, and players may stall.",
            "Lower the encoder's look-ahead, or check the slower of the two inputs.");
  }

  private static Verdict slow(Observation seen) {
    double pace = seen.pace().orElse(1);
    if (pace > 0.985 || !seen.publishing()) {
      return GOOD;
    }
    return pace > 0.95
        ? UNCLEAR
        : bad(
            PROBLEM,
            "The stream comes at " + percent(pace) + " of real time.",
            "Viewers' players run empty and stall.",
            "The network or the encoder can't keep up: lower the bit rate, the resolution or the"
                + " frame rate, or choose a faster preset.");
  }

  private static Verdict fast(Observation seen) {
    double pace = seen.pace().orElse(1);
    if (pace < 1.03 || !seen.publishing()) {
      return GOOD;
    }
    return pace < 1.1
        ? UNCLEAR
        : bad(
            INFO,
            "The stream comes at " + percent(pace) + " of real time.",
            "Live players fall behind and skip.",
            "Send at the pace of the clock; with ffmpeg, put -re before the input.");
  }

  private static Verdict bursts(Observation seen) {
    long stall = seen.longestStallNanos();
    if (stall < SECOND || !seen.publishing()) {
      return GOOD;
    }
    return stall < SECOND * 3 / 2 || seen.pace().orElse(1) < 0.95
        ? UNCLEAR
        : bad(
            WARNING,
            "The stream comes in bursts, with up to " + rough(stall) + " of nothing between.",
            "Viewers near the live edge stall.",
            "The network is unsteady: use a cable, or lower the bit rate.");
  }

  private static Verdict reconnecting(Observation seen) {
    if (seen.reconnects() < 2) {
      return GOOD;
    }
    return seen.reconnects() < 3
        ? UNCLEAR
        : bad(
            PROBLEM,
            "The encoder has come back " + seen.reconnects() + " times within ten minutes.",
            "Each time viewers lose a few seconds.",
            "Check the encoder's network, and whether the bit rate fits it.");
  }

  private static Verdict dropping(Observation seen) {
    return seen.dropped() == 0
        ? GOOD
        : bad(
            PROBLEM,
            "This server was too slow and left out " + seen.dropped() + " samples within a minute.",
            "Viewers see jumps.",
            "It is not the encoder: the server needs more processors or faster storage.");
  }

  private static List<HealthRule> keyFrames() {
    return List.of(
        new HealthRule("no-key-frame", 1, 1, HealthRules::noKeyFrame),
        new HealthRule("key-frames-far-apart", 1, 10, HealthRules::farApart),
        new HealthRule("key-frames-irregular", 5, 30, HealthRules::irregular),
        new HealthRule("long-first-group", 1, 10, HealthRules::longFirstGroup),
        new HealthRule("open-gop", 1, 10, HealthRules::openGroups));
  }

  private static Verdict noKeyFrame(Observation seen) {
    TrackMeter video = seen.video();
    long without = video == null ? 0 : video.withoutKeyFrameNanos();
    if (without < 12 * SECOND || !seen.publishing()) {
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

  private static List<HealthRule> timestamps() {
    return List.of(
        new HealthRule("timestamps-repaired", 1, 30, HealthRules::repaired),
        new HealthRule("timestamps-jumped", 1, 1, HealthRules::jumped),
        new HealthRule("composition-times-wrong", 1, 30, HealthRules::composition),
        new HealthRule("clock-drift", 10, 60, HealthRules::drift),
        new HealthRule("messages-skipped", 1, 30, HealthRules::skipped));
  }

  private static Verdict repaired(Observation seen) {
    long repairs = seen.repairs() - seen.compositionRepairs();
    if (repairs == 0) {
      return GOOD;
    }
    return repairs < 5
        ? UNCLEAR
        : bad(
            WARNING,
            "Timestamps were wrong and have been repaired.",
            "Small jerks, or sound that is a little off the picture.",
            "Update the encoder, or turn off its variable frame rate.");
  }

  private static Verdict jumped(Observation seen) {
    return seen.sinceBreakNanos() > RECENT
        ? GOOD
        : bad(
            WARNING,
            "Timestamps jumped, or the encoder paused for long.",
            "Viewers see a short jump.",
            "Keep the encoder's clock steady while on air, and don't pause it.");
  }

  private static Verdict composition(Observation seen) {
    return seen.compositionRepairs() == 0
        ? GOOD
        : bad(
            WARNING,
            "Some pictures said that they are to be shown seconds off their place.",
            "Pictures may appear in the wrong order.",
            "Turn off B-frames, or update the encoder.");
  }

  private static Verdict drift(Observation seen) {
    double ppm = Math.abs(seen.driftPpm().orElse(0));
    if (ppm < 300 || !seen.publishing()) {
      return GOOD;
    }
    boolean isPaced = seen.pace().orElse(0) > 0.97 && seen.pace().orElse(0) < 1.03;
    return ppm < 500 || !isPaced
        ? UNCLEAR
        : bad(
            INFO,
            "The encoder's clock is "
                + Math.round(ppm * 3.6)
                + " ms an hour "
                + (seen.driftPpm().orElse(0) > 0 ? "fast." : "slow."),
            "Over hours, players skip or repeat a little.",
            "Let the encoder's machine synchronise its clock (NTP).");
  }

  private static Verdict skipped(Observation seen) {
    if (seen.skipped() == 0) {
      return GOOD;
    }
    return seen.skipped() < 10
        ? UNCLEAR
        : bad(
            INFO,
            "Some of what the encoder sends is of no use and is left out.",
            "",
            "Check that the encoder sends only formats that are named here.");
  }

  private static List<HealthRule> picture() {
    return List.of(
        new HealthRule("frame-rate-unsteady", 10, 20, HealthRules::unsteady),
        new HealthRule("bitrate-spikes", 10, 30, HealthRules::spikes),
        new HealthRule("resolution-changed", 1, 1, HealthRules::resized));
  }

  private static Verdict unsteady(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || video.framesPerSecond() == 0) {
      return UNCLEAR;
    }
    double scatter = video.scatter();
    if (scatter < 0.25) {
      return GOOD;
    }
    return scatter < 0.4
        ? UNCLEAR
        : bad(
            INFO,
            "The frame rate is not steady.",
            "Motion may look jerky.",
            "If it should be steady, the encoder leaves out pictures: lower its load, or set a"
                + " constant frame rate.");
  }

  private static Verdict spikes(Observation seen) {
    TrackMeter video = seen.video();
    if (video == null || !video.hasMinute()) {
      return UNCLEAR;
    }
    double times = (double) video.peakBitsPerSecond() / Math.max(1, video.longBitsPerSecond());
    if (times < 2.5 || video.peakBitsPerSecond() < 1_000_000) {
      return GOOD;
    }
    return times < 3
        ? UNCLEAR
        : bad(
            INFO,
            "The bit rate rises to " + Math.round(times) + " times its average for seconds.",
            "Viewers with little bandwidth to spare stall then.",
            "Use constant bit rate (CBR), or cap the peaks (VBV).");
  }

  private static Verdict resized(Observation seen) {
    return seen.sinceResizeNanos() > RECENT
        ? GOOD
        : bad(
            INFO,
            "The picture's size changed during the broadcast.",
            "Some players show a short break.",
            "Keep one size while on air.");
  }

  static Verdict bad(Severity severity, String what, String effect, String advice) {
    return new Bad(new Words(severity, what, effect, advice));
  }

  /** {@code 4.5 s}, {@code 10 s}, {@code 2 min}: only as exact as it is steady. */
  static String rough(long nanos) {
    double seconds = (double) nanos / SECOND;
    if (seconds >= 120) {
      return Math.round(seconds / 60) + " min";
    }
    if (seconds >= 20) {
      return Math.round(seconds / 5) * 5 + " s";
    }
    double halves = Math.round(seconds * 2) / 2.0;
    return halves == Math.rint(halves) ? (long) halves + " s" : halves + " s";
  }

  private static String percent(double pace) {
    return Math.round(pace * 100) + " %";
  }
}
