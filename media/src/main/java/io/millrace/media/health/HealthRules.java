package io.millrace.media.health;

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

  static final long SECOND = 1_000_000_000L;

  /** How long what happened once is still spoken of. */
  static final long RECENT = 300 * SECOND;

  private final List<HealthRule> rules =
      Stream.of(
              ArrivalRules.all(),
              KeyFrameRules.all(),
              TimestampRules.all(),
              PictureRules.all(),
              CodecRules.all())
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
}
