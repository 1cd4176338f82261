package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.hls.BlockingRules;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MediaPlaylist;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the next version of a playlist is asked for: held by the server where it offers that
 * (CAN-BLOCK-RELOAD), as a player does, else after a pause. Of one thread.
 */
final class Reload {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /**
   * The next request.
   *
   * @param awaited what it waits for; empty where the server is not to hold it
   * @param deadline when it is given up
   */
  record Ask(URI uri, Optional<EdgePosition> awaited, Duration deadline) {}

  private final URI uri;
  private final WalkOptions options;
  private boolean failed;
  private boolean heldInVain;

  /**
   * What is to be said of a refusal, if the playlist is still there when it is asked for plainly.
   */
  private List<Violation> suspected = List.of();

  Reload(URI uri, WalkOptions options) {
    this.uri = uri;
    this.options = options;
  }

  /** What is asked next; after a failure nothing is to be held. */
  Ask next(Optional<MediaPlaylist> latest) {
    boolean blocking = latest.map(MediaPlaylist::blocksReload).orElse(false) && !failed;
    if (!blocking) {
      return new Ask(uri, Optional.empty(), options.requestDeadline());
    }
    MediaPlaylist list = latest.get();
    EdgePosition awaited =
        list.hasParts() ? list.edge().next() : EdgePosition.whole(list.nextSequence());
    double longest = BlockingRules.longestSeconds(list.targetDuration()) + list.targetDuration();
    return new Ask(
        Directives.waiting(uri, awaited),
        Optional.of(awaited),
        Duration.ofMillis(Math.round(longest * 1000)));
  }

  /** An answer with a playlist came. */
  List<Violation> answered(Ask ask, Fetcher.Answer answer, MediaPlaylist list) {
    failed = false;
    List<Violation> violations = new ArrayList<>(suspected);
    suspected = List.of();
    ask.awaited()
        .ifPresent(
            awaited -> {
              BlockingRules rules = new BlockingRules(uri.toString(), awaited);
              violations.addAll(rules.listed(list));
              violations.addAll(rules.held(answer.heldSeconds(), list.targetDuration()));
              // Or an answer that waits for nothing would be asked for without a pause.
              failed = !violations.isEmpty();
            });
    if (heldInVain && list.ended()) {
      violations.add(
          new Violation(
              Rule.L19, uri.toString(), "a request was held on, though the list has ended"));
    }
    heldInVain = false;
    return violations;
  }

  /** An answer came that can't be understood. */
  void unusable() {
    failed = true;
  }

  /** An answer without one came. */
  void refused(Ask ask, Fetcher.Answer answer, Optional<MediaPlaylist> latest) {
    failed = true;
    boolean broken = answer.status() >= 500 && answer.status() != 503;
    if (ask.awaited().isPresent() && latest.isPresent() && !broken) {
      suspected =
          new BlockingRules(uri.toString(), ask.awaited().get())
              .refused(answer.status(), answer.heldSeconds(), latest.get().targetDuration());
    }
  }

  /** None came. */
  List<Violation> silent(Ask ask, long sentNanos, Optional<MediaPlaylist> latest) {
    failed = true;
    if (ask.awaited().isEmpty() || latest.isEmpty()) {
      return List.of();
    }
    List<Violation> violations =
        new BlockingRules(uri.toString(), ask.awaited().get())
            .held((System.nanoTime() - sentNanos) / 1e9, latest.get().targetDuration());
    heldInVain = !violations.isEmpty();
    return violations;
  }

  /** As a player waits: half a target duration, since the next version may be due. */
  Duration pause(Optional<MediaPlaylist> latest) {
    if (!failed && latest.map(list -> list.blocksReload() && !list.ended()).orElse(false)) {
      return Duration.ZERO;
    }
    Duration wanted =
        latest.map(list -> Duration.ofMillis(list.targetDuration() * 500)).orElse(FIRST_PAUSE);
    Duration most = options.pollCeiling();
    Duration pause = wanted.compareTo(most) > 0 ? most : wanted;
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }
}
