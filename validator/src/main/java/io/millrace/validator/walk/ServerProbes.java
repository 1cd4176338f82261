package io.millrace.validator.walk;

import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Asks as browsers, caches and proxies do, beside what a player asks: H1, H2, H3, H4, H7, H8. */
final class ServerProbes {
  private static final String ORIGIN = "https://player.example";
  private static final int RANGE = 100;

  private final Fetcher fetcher;
  private final Findings findings;

  ServerProbes(Fetcher fetcher, Findings findings) {
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /**
   * Probes a playlist.
   *
   * @param answer the one that was judged
   */
  List<Violation> playlist(Fetcher.Answer answer, MediaPlaylist list) {
    return text(answer, page -> HttpRules.playlist(page, !list.ended(), list.targetDuration()));
  }

  /** Probes a manifest. */
  List<Violation> manifest(Fetcher.Answer answer, boolean live) {
    return text(answer, page -> HttpRules.manifest(page, live));
  }

  private List<Violation> text(
      Fetcher.Answer answer, Function<Fetcher.Answer, List<Violation>> judge) {
    List<Violation> violations = new ArrayList<>();
    try {
      Fetcher.Answer page = fetcher.playlist(answer.uri(), Map.of("Origin", ORIGIN));
      if (page.status() == 200) {
        violations.addAll(judge.apply(page));
      }
      Fetcher.Answer compressed = fetcher.playlist(answer.uri(), Map.of("Accept-Encoding", "gzip"));
      if (compressed.status() == 200) {
        violations.addAll(HttpRules.compressed(compressed, answer.body().length));
      }
      violations.addAll(HttpRules.head(answer, fetcher.head(answer.uri()), false));
    } catch (IOException e) {
      findings.note(answer.uri() + " could not be probed: " + e.getMessage());
    }
    return violations;
  }

  /** Probes a segment. */
  List<Violation> segment(URI address, long targetSeconds) {
    List<Violation> violations = new ArrayList<>();
    try {
      Fetcher.Answer whole = fetcher.file(address, Map.of("Origin", ORIGIN));
      if (whole.status() != 200) {
        return violations;
      }
      violations.addAll(HttpRules.segment(whole, 3 * targetSeconds));
      violations.addAll(HttpRules.head(whole, fetcher.head(address), true));
      violations.addAll(
          HttpRules.range(
              whole, fetcher.file(address, Map.of("Range", "bytes=0-" + (RANGE - 1))), RANGE));
      String etag = whole.header("etag");
      if (!etag.isEmpty()) {
        violations.addAll(
            HttpRules.conditional(fetcher.file(address, Map.of("If-None-Match", etag))));
      }
    } catch (IOException e) {
      findings.note(address + " could not be probed: " + e.getMessage());
    }
    return violations;
  }
}
