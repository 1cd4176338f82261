package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.PROBLEM;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.UNCLEAR;
import static io.millrace.media.health.HealthRules.RECENT;
import static io.millrace.media.health.HealthRules.SECOND;
import static io.millrace.media.health.HealthRules.bad;
import static io.millrace.media.health.HealthRules.rough;

import io.millrace.media.health.HealthRule.Verdict;
import java.util.List;

/** What can be wrong with how media arrives. */
final class ArrivalRules {
  private ArrivalRules() {}

  static List<HealthRule> all() {
    return List.of(
        new HealthRule("nothing-arrives", 1, 1, ArrivalRules::nothingArrives),
        new HealthRule("video-stopped", 2, 2, ArrivalRules::videoStopped),
        new HealthRule("audio-stopped", 2, 2, ArrivalRules::audioStopped),
        new HealthRule("audio-missing", 10, 1, ArrivalRules::audioMissing),
        new HealthRule("audio-late", 1, 5, ArrivalRules::audioLate),
        new HealthRule("audio-video-apart", 5, 10, ArrivalRules::apart),
        new HealthRule("slower-than-real-time", 5, 10, ArrivalRules::slow),
        new HealthRule("faster-than-real-time", 10, 10, ArrivalRules::fast),
        new HealthRule("arrives-in-bursts", 5, 30, ArrivalRules::bursts),
        new HealthRule("reconnecting-often", 1, 30, ArrivalRules::reconnecting),
        new HealthRule("server-too-slow", 1, 30, ArrivalRules::dropping));
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
    if (seen.video() == null || seen.audio() == null) {
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
    if (seen.video() == null || seen.audio() == null) {
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

  /** What had stopped when the publisher left stays said: nothing better has come since. */
  private static Verdict stopped(
      Observation seen,
      TrackMeter silent,
      TrackMeter other,
      String what,
      String effect,
      String advice) {
    long without = seen.silentNanos(silent);
    if (!seen.publishing()) {
      return UNCLEAR;
    }
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

  private static String percent(double pace) {
    return Math.round(pace * 100) + " %";
  }
}
