package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.BlockingRules;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks for one playlist with directives as no single player does, once while it is on air and once
 * when it has ended: L11, L13 to L17, L19 and L25, and with {@link DeltaProbes} L20 to L22. On a
 * thread of its own.
 */
final class DirectiveProbes {
  /** Within this an answer is immediate, over any network. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private static final List<String> NO_NUMBERS = List.of("abc", "-1", "99999999999999999999");
  private static final long FAR_AHEAD = 10;
  private static final int MUST_NOT = 400;

  /** So often the list may go on between two questions. */
  private static final int TRIES = 3;

  private final HlsWalker walker;
  private final URI playlist;
  private final AtomicInteger pending = new AtomicInteger();

  // Of the polling thread.
  private boolean askedOnAir;
  private boolean askedAtEnd;

  DirectiveProbes(HlsWalker walker, URI playlist) {
    this.walker = walker;
    this.playlist = playlist;
  }

  /** Whether nothing is being asked. */
  boolean idle() {
    return pending.get() == 0;
  }

  /** A version came whose server takes directives. */
  void offered(MediaPlaylist now) {
    if (now.ended()) {
      if (!askedAtEnd) {
        askedAtEnd = true;
        start(this::ended);
      }
    } else if (!askedOnAir && !now.segments().isEmpty()) {
      askedOnAir = true;
      start(this::onAir);
    }
  }

  /** Some questions, one after the other. */
  private interface Questions {
    void ask() throws IOException;
  }

  private void start(Questions questions) {
    pending.incrementAndGet();
    Thread.ofVirtual()
        .name("probes " + playlist.getPath())
        .start(
            () -> {
              try {
                questions.ask();
              } catch (IOException | MalformedPlaylistException e) {
                if (!walker.isClosed()) {
                  walker.findings().note(playlist + " could not be probed: " + e.getMessage());
                }
              } catch (RuntimeException e) {
                walker.findings().failed(playlist.toString(), e);
              } finally {
                pending.decrementAndGet();
              }
            });
  }

  private void onAir() throws IOException {
    MediaPlaylist now = plain();
    unknownName(now);
    unknownDirective();
    if (now.control("CAN-SKIP-UNTIL").isPresent()) {
      new DeltaProbes(walker, playlist, longestHold(now)).ask(now);
    }
    if (now.blocksReload()) {
      noNumbers();
      tooFarAhead();
      longGone();
      nextSegmentsFirstPart();
      wholeSegment();
    }
  }

  private MediaPlaylist plain() throws IOException {
    return read(walker.fetcher().playlist(playlist, Map.of()));
  }

  static MediaPlaylist read(Fetcher.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException("answers " + answer.status());
    }
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    if (PlaylistReader.read(body, problem -> {}) instanceof MediaPlaylist media) {
      return media;
    }
    throw new IOException("is no media playlist");
  }

  /** L11. */
  private void unknownName(MediaPlaylist now) throws IOException {
    String known =
        now.hint("PART")
            .flatMap(hint -> hint.text("URI"))
            .orElseGet(() -> now.segments().getLast().uri());
    int query = known.indexOf('?');
    String path = query < 0 ? known : known.substring(0, query);
    int name = path.lastIndexOf('/') + 1;
    String unknown =
        path.substring(0, name)
            + "no-such-part-"
            + path.substring(name)
            + known.substring(path.length());
    Optional<URI> uri = walker.resolve(playlist, unknown);
    if (uri.isEmpty()) {
      return;
    }
    try {
      int status = walker.fetcher().heldFile(uri.get(), Map.of(), AT_ONCE.multipliedBy(2)).status();
      if (status / 100 != 4) {
        broken(Rule.L11, uri.get() + " is not there, and answers " + status);
      }
    } catch (HttpTimeoutException e) {
      broken(Rule.L11, uri.get() + " is not there, and is not answered");
    }
  }

  /** L25. */
  private void unknownDirective() throws IOException {
    int status = asked("_HLS_foo=1").map(Fetcher.Answer::status).orElse(0);
    if (status != 200) {
      broken(Rule.L25, "_HLS_foo=1 " + words(status));
    }
  }

  /** L17. */
  private void noNumbers() throws IOException {
    refused(Rule.L17, "_HLS_part=0");
    for (String value : NO_NUMBERS) {
      refused(Rule.L17_SHOULD, "_HLS_msn=" + value);
    }
  }

  /** L16. */
  private void tooFarAhead() throws IOException {
    MediaPlaylist now = plain();
    refused(Rule.L16, "_HLS_msn=" + (now.nextSequence() + 1 + FAR_AHEAD));
    if (!now.hasParts() || now.partTarget().isEmpty()) {
      return;
    }
    for (int i = 0; i < TRIES; i++) {
      now = plain();
      long index = now.nextParts().size() + advanceLimit(now.partTarget().get()) + FAR_AHEAD;
      String directives = "_HLS_msn=" + now.nextSequence() + "&_HLS_part=" + index;
      Optional<Fetcher.Answer> answer = asked(directives);
      // When the segment is complete by now it is the next one's first part that is asked for.
      boolean isOver =
          answer.isPresent()
              && answer.get().status() == 200
              && read(answer.get()).nextSequence() > now.nextSequence();
      if (!isOver) {
        refused(Rule.L16, directives, answer);
        return;
      }
    }
  }

  /** The Advance Part Limit (6.2.5.2). */
  private static long advanceLimit(BigDecimal target) {
    BigDecimal three = BigDecimal.valueOf(3);
    return target.signum() > 0 && target.compareTo(BigDecimal.ONE) < 0
        ? three.divide(target, 0, RoundingMode.CEILING).longValue()
        : 3;
  }

  private void refused(Rule rule, String directives) throws IOException {
    refused(rule, directives, asked(directives));
  }

  /** Once the list has ended no directive means anything (L19), so there is nothing to refuse. */
  private void refused(Rule rule, String directives, Optional<Fetcher.Answer> answer)
      throws IOException {
    int status = answer.map(Fetcher.Answer::status).orElse(0);
    boolean isOver = status == 200 && read(answer.get()).ended();
    if (status != MUST_NOT && !isOver) {
      broken(rule, directives + " has to be refused, and " + words(status));
    }
  }

  /** L15. */
  private void longGone() throws IOException {
    MediaPlaylist now = plain();
    long gone = Math.max(0, now.firstSequence() - FAR_AHEAD);
    for (String directives : List.of("_HLS_msn=" + gone, "_HLS_msn=" + gone + "&_HLS_part=0")) {
      Optional<Fetcher.Answer> answer = asked(directives);
      int status = answer.map(Fetcher.Answer::status).orElse(0);
      if (status != 200) {
        broken(
            Rule.L15,
            "%s, the list starts at %d, %s"
                .formatted(directives, now.firstSequence(), words(status)));
      } else if (read(answer.get()).nextSequence() < now.nextSequence()) {
        broken(Rule.L15, directives + " is answered with an older list");
      }
    }
  }

  /** L14: beyond a segment's last part. */
  private void nextSegmentsFirstPart() throws IOException {
    MediaPlaylist now = plain();
    Segment last = now.segments().getLast();
    if (!last.parts().isEmpty()) {
      blocked(new EdgePosition(last.sequence(), last.parts().size()), now);
    }
  }

  /** L13. */
  private void wholeSegment() throws IOException {
    MediaPlaylist now = plain();
    blocked(EdgePosition.whole(now.nextSequence()), now);
  }

  private static Duration longestHold(MediaPlaylist now) {
    double seconds = BlockingRules.longestSeconds(now.targetDuration());
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private void blocked(EdgePosition awaited, MediaPlaylist now) throws IOException {
    Fetcher.Answer answer =
        walker.fetcher().heldPlaylist(Directives.waiting(playlist, awaited), longestHold(now));
    BlockingRules rules = new BlockingRules(playlist.toString(), awaited);
    walker
        .findings()
        .add(
            answer.status() == 200
                ? rules.listed(read(answer))
                : rules.refused(answer.status(), answer.heldSeconds(), now.targetDuration()));
  }

  /** L19. */
  private void ended() throws IOException {
    MediaPlaylist last = plain();
    for (String directives :
        List.of(
            "_HLS_msn=" + (last.nextSequence() + 1) + "&_HLS_part=0",
            "_HLS_msn=" + last.nextSequence(),
            "_HLS_skip=YES")) {
      Optional<Fetcher.Answer> answer = asked(directives);
      int status = answer.map(Fetcher.Answer::status).orElse(0);
      if (status != 200) {
        broken(Rule.L19, directives + " of a list that has ended " + words(status));
      } else if (read(answer.get()).skip().isPresent()) {
        broken(Rule.L19, directives + " of a list that has ended is answered with EXT-X-SKIP");
      }
    }
  }

  /** What is answered at once; empty where the request is held. */
  private Optional<Fetcher.Answer> asked(String directives) throws IOException {
    URI uri = Directives.on(playlist, directives);
    try {
      return Optional.of(walker.fetcher().heldPlaylist(uri, AT_ONCE));
    } catch (HttpTimeoutException e) {
      return Optional.empty();
    }
  }

  private static String words(int status) {
    return status == 0 ? "is not answered at once" : "answers " + status;
  }

  private void broken(Rule rule, String seen) {
    walker.findings().add(new Violation(rule, playlist.toString(), seen));
  }
}
