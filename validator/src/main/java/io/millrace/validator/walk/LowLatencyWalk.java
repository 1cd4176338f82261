package io.millrace.validator.walk;

import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is looked at beside the versions of a low-latency playlist: its parts and when they come,
 * what it reports of others, and how its server takes directives. The polling thread calls it.
 */
final class LowLatencyWalk {
  private final HlsWalker walker;
  private final MediaPlaylistWalk walk;
  private final PartFetches parts;
  private final PartArrivals arrivals;
  private final PartRetention retention;
  private final DirectiveProbes probes;

  LowLatencyWalk(HlsWalker walker, MediaPlaylistWalk walk, SegmentFetches segments) {
    this.walker = walker;
    this.walk = walk;
    this.parts = new PartFetches(walker, walk.uri(), segments);
    this.arrivals = new PartArrivals(walk.uri().toString(), walker.pulse());
    this.retention = new PartRetention(walker, walk.uri());
    this.probes = new DirectiveProbes(walker, walk.uri());
  }

  /** Whether nothing waits to be fetched, judged or asked. */
  boolean idle() {
    return parts.idle() && probes.idle();
  }

  /** How parts came; empty when none did. */
  Optional<ValidationReport.LiveEdge> measured() {
    return arrivals.measured();
  }

  /**
   * Takes the next version, before its segments are fetched.
   *
   * @param held whether the server held the request until there was something new
   */
  List<Violation> took(MediaPlaylist now, Fetcher.Answer answer, boolean held) {
    List<Violation> violations = new ArrayList<>();
    boolean isOffered = now.blocksReload() || now.control("CAN-SKIP-UNTIL").isPresent();
    if (isOffered) {
      probes.offered(now);
    }
    if (now.hasParts()) {
      walker.pulse().start(walker);
    }
    parts.take(now, answer.receivedNanos());
    violations.addAll(
        arrivals.took(now, held, answer.sentNanos(), answer.receivedNanos(), answer.received()));
    violations.addAll(retention.took(now, answer.receivedNanos()));
    if (!now.iFramesOnly()) {
      List<URI> others =
          walker.walks().stream()
              .filter(other -> other != walk && other.started() && !other.latest().iFramesOnly())
              .map(MediaPlaylistWalk::uri)
              .toList();
      violations.addAll(
          walker
              .reports()
              .took(walk.uri(), now, held, answer.sentNanos(), answer.receivedNanos(), others));
    }
    return violations;
  }
}
