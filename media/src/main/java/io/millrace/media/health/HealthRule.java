package io.millrace.media.health;

import io.millrace.media.HealthFinding;
import io.millrace.media.HealthFinding.Severity;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that may be wrong. Nothing flaps: a finding is made when the rule has found it bad for
 * some seconds, and withdrawn when it has found it good for some; between the two limits things
 * stay as they are.
 */
final class HealthRule {
  /** What a rule makes of an observation. */
  sealed interface Verdict {
    /** It is the case. */
    record Bad(Words words) implements Verdict {}

    /** It is not the case. */
    record Good() implements Verdict {}

    /** Neither clearly, or it cannot be known now; what has been said stays, in these words. */
    record Unclear(Optional<Words> words) implements Verdict {}

    /** It certainly is not the case any more: nothing is said from now on. */
    record Over() implements Verdict {}
  }

  /** What is said about it. */
  record Words(Severity severity, String what, String effect, String advice) {}

  static final Verdict GOOD = new Verdict.Good();
  static final Verdict UNCLEAR = new Verdict.Unclear(Optional.empty());
  static final Verdict OVER = new Verdict.Over();

  private final String code;
  private final int badSeconds;
  private final int goodSeconds;
  private final Function<Observation, Verdict> judge;
  private int bad;
  private int good;
  private @Nullable HealthFinding finding;

  /**
   * @param badSeconds ticks of a second it must be bad for before it is said
   * @param goodSeconds ticks it must be good for before it is no longer said
   */
  HealthRule(String code, int badSeconds, int goodSeconds, Function<Observation, Verdict> judge) {
    this.code = code;
    this.badSeconds = badSeconds;
    this.goodSeconds = goodSeconds;
    this.judge = judge;
  }

  /** The same for what is said of what comes now: while nobody publishes there is none of it. */
  static HealthRule ofPresent(
      String code, int badSeconds, int goodSeconds, Function<Observation, Verdict> judge) {
    return new HealthRule(
        code, badSeconds, goodSeconds, seen -> seen.publishing() ? judge.apply(seen) : OVER);
  }

  String code() {
    return code;
  }

  Optional<HealthFinding> judge(Observation seen, Instant now) {
    switch (judge.apply(seen)) {
      case Verdict.Bad(Words words) -> {
        good = 0;
        bad++;
        if (finding != null) {
          finding = said(words, finding.since());
        } else if (bad >= badSeconds) {
          finding = said(words, now);
        }
      }
      case Verdict.Good _ -> {
        bad = 0;
        good++;
        if (good >= goodSeconds) {
          finding = null;
        }
      }
      case Verdict.Unclear(Optional<Words> words) -> {
        bad = 0;
        good = 0;
        if (finding != null && words.isPresent()) {
          finding = said(words.get(), finding.since());
        }
      }
      case Verdict.Over _ -> {
        bad = 0;
        good = 0;
        finding = null;
      }
    }
    return Optional.ofNullable(finding);
  }

  private HealthFinding said(Words words, Instant since) {
    return new HealthFinding(
        code, words.severity(), words.what(), words.effect(), words.advice(), since);
  }
}
