package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.PROBLEM;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.OVER;
import static io.millrace.media.health.HealthRule.UNCLEAR;
import static io.millrace.media.health.HealthRules.RECENT;
import static io.millrace.media.health.HealthRules.SECOND;
import static io.millrace.media.health.HealthRules.bad;
import static io.millrace.media.health.HealthRules.rough;

import io.millrace.media.health.HealthRule.Verdict;
import io.millrace.media.health.HealthRule.Words;
import java.util.List;
import java.util.Optional;

/** What can be wrong with how media arrives. */
final class ArrivalRules {
  /** Silence from which on it is said that nothing arrives, and no more how what came arrived. */
  private static final long NOTHING = 4 * SECOND;

  private ArrivalRules() {}

  static List<HealthRule> all() {
    return List.of(
        new HealthRule("encoder-away", 1, 1, ArrivalRules::away),
        HealthRule.ofPresent("nothing-arrives", 1, 1, ArrivalRules::nothingArrives),
        HealthRule.ofPresent("video-stopped", 2, 2, ArrivalRules::videoStopped),
        HealthRule.ofPresent("audio-stopped", 2, 2, ArrivalRules::audioStopped),
        HealthRule.ofPresent("audio-missing", 10, 1, ArrivalRules::audioMissing),
        HealthRule.ofPresent("audio-late", 1, 5, ArrivalRules::audioLate),
        HealthRule.ofPresent("audio-video-apart", 5, 10, ArrivalRules::apart),
        HealthRule.ofPresent("slower-than-real-time", 5, 10, ArrivalRules::slow),
        HealthRule.ofPresent("faster-than-real-time", 10, 10, ArrivalRules::fast),
        HealthRule.ofPresent("arrives-in-bursts", 5, 30, ArrivalRules::bursts),
        new HealthRule("reconnecting-often", 1, 30, ArrivalRules::reconnecting),
        new HealthRule("server-too-slow", 1, 30, ArrivalRules::dropping));
  }

  private static Verdict away(Observation seen) {
    if (seen.awayNanos() == 0) {
      return OVER;
    }
    String away = rough(seen.awayNanos());
    return seen.unpublished()
        ? bad(
            INFO,
            "The encoder ended the stream " + away + " ago.",
            "The broadcast ends unless it comes back.",
            "")
        : bad(
            PROBLEM,
            "The encoder has been away for " + away + ".",
            "Viewers see the picture stand still; the broadcast ends unless it comes back.",
            "Check the encoder and its network.");
  }

  private static Verdict nothingArrives(Observation seen) {
    long silent = seen.silentNanos();
    if (silent < 2 * SECOND) {
      return GOOD;
    }
    return silent < NOTHING
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
        seen.soundIsFilled()
            ? "Viewers hear nothing."
            : "Viewers hear nothing, and some players stop and wait for sound.",
        seen.soundIsFilled()
            ? "Check the encoder's audio input."
            : "Check the encoder's audio input; send silence rather than no sound.");
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
    if (seen.silentNanos() >= NOTHING) {
      return OVER;
    }
    return without < 3 * SECOND || seen.silentNanos(other) > 2 * SECOND
        ? UNCLEAR
        : bad(PROBLEM, what, effect, advice);
  }

  private static Verdict audioMissing(Observation seen) {
    if (seen.video() == null || seen.audio() != null) {
      return GOOD;
    }
    return bad(
        INFO,
        "There is no sound in this stream.",
        "Viewers see a silent picture.",
        "If there should be sound, turn on an audio input in the encoder.");
  }

  private static Verdict audioLate(Observation seen) {
    if (seen.video() == null || seen.audio() == null) {
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
    if (apart < SECOND * 3 / 2) {
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
    double flow = seen.flow().orElse(1);
    if (flow > 0.985 || seen.silentNanos() >= NOTHING) {
      return OVER;
    }
    Words words =
        new Words(
            PROBLEM,
            "The stream comes at " + percent(seen) + " of real time.",
            "Viewers' players run empty and stall.",
            "The network or the encoder can't keep up: lower the bit rate, the resolution or the"
                + " frame rate, or choose a faster preset.");
    return flow > 0.95 || seen.silentNanos() >= 2 * SECOND
        ? new Verdict.Unclear(Optional.of(words))
        : new Verdict.Bad(words);
  }

  private static Verdict fast(Observation seen) {
    double pace = seen.pace().orElse(1);
    if (pace < 1.03) {
      return OVER;
    }
    Words words =
        new Words(
            INFO,
            "The stream comes at " + percent(seen) + " of real time.",
            "Live players fall behind and skip.",
            "Send at the pace of the clock; with ffmpeg, put -re before the input.");
    return pace < 1.1 ? new Verdict.Unclear(Optional.of(words)) : new Verdict.Bad(words);
  }

  private static Verdict bursts(Observation seen) {
    long stall = seen.longestStallNanos();
    if (stall < SECOND) {
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

  private static String percent(Observation seen) {
    return Math.round(seen.pace().orElse(1) * 100) + " %";
  }
}
