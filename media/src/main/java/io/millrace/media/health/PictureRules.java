package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRule.UNCLEAR;
import static io.millrace.media.health.HealthRules.RECENT;
import static io.millrace.media.health.HealthRules.bad;

import io.millrace.media.health.HealthRule.Verdict;
import java.util.List;

/** What can be wrong with pictures and their bit rate. */
final class PictureRules {
  private PictureRules() {}

  static List<HealthRule> all() {
    return List.of(
        new HealthRule("frame-rate-unsteady", 10, 20, PictureRules::unsteady),
        new HealthRule("bitrate-spikes", 10, 30, PictureRules::spikes),
        new HealthRule("resolution-changed", 1, 1, PictureRules::resized));
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
}
