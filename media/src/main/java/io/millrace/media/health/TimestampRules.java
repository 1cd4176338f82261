package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.UNCLEAR;
import static io.millrace.media.health.HealthRules.RECENT;
import static io.millrace.media.health.HealthRules.bad;

import io.millrace.media.health.HealthRule.Verdict;
import java.util.List;

/** What can be wrong with timestamps and clocks. */
final class TimestampRules {
  private TimestampRules() {}

  static List<HealthRule> all() {
    return List.of(
        new HealthRule("timestamps-repaired", 1, 30, TimestampRules::repaired),
        new HealthRule("timestamps-jumped", 1, 1, TimestampRules::jumped),
        new HealthRule("timestamps-jump-repaired", 1, 1, TimestampRules::jumpRepaired),
        new HealthRule("track-jumped", 1, 1, TimestampRules::trackJumped),
        new HealthRule("clock-stands-still", 1, 1, TimestampRules::standing),
        new HealthRule("composition-times-wrong", 1, 30, TimestampRules::composition),
        HealthRule.ofPresent("clock-drift", 10, 60, TimestampRules::drift),
        new HealthRule("messages-skipped", 1, 30, TimestampRules::skipped));
  }

  private static Verdict repaired(Observation seen) {
    if (seen.repairs() == 0) {
      return GOOD;
    }
    return seen.repairs() < 5
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

  private static Verdict jumpRepaired(Observation seen) {
    return seen.sinceJumpNanos() > RECENT
        ? GOOD
        : bad(
            WARNING,
            "Timestamps jumped between two key frames; the jump has been taken out.",
            "Viewers see nothing of it, unless another source was switched to: then pictures are"
                + " broken up to its next key frame.",
            "Keep the encoder's clock steady while on air, and switch sources at key frames.");
  }

  private static Verdict trackJumped(Observation seen) {
    return seen.sinceTrackJumpNanos() > RECENT
        ? GOOD
        : bad(
            WARNING,
            "The clock of the sound or of the picture jumped, or stood still, by itself; it has"
                + " been put back beside the other.",
            "Sound and picture may be out of step from then on.",
            "Check the encoder's inputs for one that drops out; if lips and sound do not agree,"
                + " stop and start the stream.");
  }

  private static Verdict standing(Observation seen) {
    return seen.sinceStandstillNanos() > RECENT
        ? GOOD
        : bad(
            WARNING,
            "Timestamps stood still, or nearly so, while pictures or sound came; what came was"
                + " given the time at which it arrived.",
            "Motion is uneven, and sound may be broken or a little off the picture.",
            "Restart the encoder, or update it; check the clock of its source.");
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
    if (ppm < 300) {
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
}
