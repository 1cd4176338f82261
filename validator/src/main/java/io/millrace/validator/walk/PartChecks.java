package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.media.PartMediaRules;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Judges the parts that were fetched: B13, L10, and beside their segment L3, L5, L7 and L28. */
final class PartChecks {
  /**
   * What came of a request for a part.
   *
   * @param answer empty when there was none
   * @param isLate whether it was waited for in vain, rather than cut off
   */
  record Reply(Optional<Fetcher.Answer> answer, boolean isLate) {}

  private static final long RETRY_NANOS = 500_000_000L;
  private static final int TRIES = 60;
  private static final double NANOS = 1e9;
  private static final long PATIENCE_SECONDS = 30;

  /** So many hinted parts are fetched once more, to see whether the hint's answer was whole. */
  private static final int FETCHED_TWICE = 5;

  /**
   * Bytes that come this slowly may come as they are made; a link may be slow, too, and an answer
   * may be held up once.
   */
  private static final double SLOW_SECONDS = 0.15;

  private static final double SLOW_OF_PART = 0.5;

  /** What is sent as it is made begins before the part is listed, by as long as it takes. */
  private static final double EARLY_SECONDS = 0.05;

  private static final int TRICKLED_TIMES = 2;
  private static final int TIMES_SLOWER = 4;
  private static final byte TS_SYNC = 0x47;

  private final HlsWalker walker;
  private final URI playlist;
  private final SegmentFetches segments;
  private final AtomicInteger fetchedTwice = new AtomicInteger();
  private final AtomicInteger trickled = new AtomicInteger();

  PartChecks(HlsWalker walker, URI playlist, SegmentFetches segments) {
    this.walker = walker;
    this.playlist = playlist;
    this.segments = segments;
  }

  /**
   * B13: of a part that was asked for when it was listed. Where the server was away it may have
   * lost its parts.
   *
   * @param headers to ask for the part
   */
  void fetched(URI uri, Map<String, String> headers, Reply reply) {
    if (reply.answer().isPresent()) {
      int status = reply.answer().get().status();
      if (status != expected(headers)) {
        broken(Rule.B13, uri, "answers " + status);
      }
      return;
    }
    for (int i = 0; i < TRIES && !walker.isClosed(); i++) {
      LockSupport.parkNanos(RETRY_NANOS);
      try {
        int status = walker.fetcher().file(uri, headers).status();
        if (status == expected(headers)) {
          return;
        }
        if (status < 500) {
          walker.findings().note(playlist + ": parts went while the server was away");
          return;
        }
      } catch (IOException e) {
        // It may be starting again.
      }
    }
    broken(Rule.B13, uri, "no answer");
  }

  private static int expected(Map<String, String> headers) {
    return headers.isEmpty() ? 200 : 206;
  }

  /**
   * L10: of a part that was asked for when it was hinted, and is listed now.
   *
   * @param listedNanos when the version came that lists it
   * @param headers to ask for the part alone
   */
  void hinted(URI uri, Part part, long listedNanos, Map<String, String> headers, Reply reply) {
    Optional<Fetcher.Answer> answer = reply.answer();
    if (answer.isEmpty() && !reply.isLate()) {
      fetched(uri, headers, reply);
      return;
    }
    if (answer.isEmpty() || answer.get().status() != expected(headers)) {
      broken(
          Rule.L10,
          uri,
          "was hinted, and "
              + answer.map(a -> "answered " + a.status()).orElse("not answered")
              + ", and is listed now");
      return;
    }
    long first = answer.get().firstByteNanos();
    long last = answer.get().receivedNanos();
    double slow = (last - first - walker.pulse().stalledNanos(first, last)) / NANOS;
    boolean maybeTrickled =
        slow > Math.max(SLOW_SECONDS, part.seconds().doubleValue() * SLOW_OF_PART)
            && (listedNanos - first) / NANOS > EARLY_SECONDS;
    if (!maybeTrickled && fetchedTwice.getAndIncrement() >= FETCHED_TWICE) {
      return;
    }
    try {
      Fetcher.Answer again = walker.fetcher().file(uri, headers);
      fetched(uri, headers, new Reply(Optional.of(again), false));
      double link = (again.receivedNanos() - again.firstByteNanos()) / NANOS;
      if (maybeTrickled
          && link * TIMES_SLOWER < slow
          && trickled.incrementAndGet() >= TRICKLED_TIMES) {
        broken(
            Rule.L10,
            uri,
            "its bytes came over %.3f s when it was hinted, over %.3f s later"
                .formatted(slow, link));
      }
      if (again.status() == answer.get().status()
          && !Arrays.equals(again.body(), answer.get().body())) {
        broken(
            Rule.L10,
            uri,
            "%d bytes when it was hinted, %d later"
                .formatted(answer.get().body().length, again.body().length));
      }
    } catch (IOException e) {
      fetched(uri, headers, new Reply(Optional.empty(), false));
    }
  }

  /** L11: of a part that was hinted and did not come. */
  void dropped(URI uri, Reply reply) {
    if (reply.isLate()) {
      broken(Rule.L11, uri, "was hinted no longer, and its request was never answered");
    } else if (reply.answer().isPresent() && reply.answer().get().status() >= 500) {
      broken(Rule.L11, uri, "was hinted no longer, and answered " + reply.answer().get().status());
    }
  }

  /**
   * L3, L5, L7, L28: of a segment that is complete. It waits on a thread of its own.
   *
   * @param target PART-TARGET in seconds
   * @param parts the answers to requests for its parts
   * @param judged run once, when it is
   */
  void whole(
      Segment segment,
      Optional<BigDecimal> target,
      List<CompletableFuture<Reply>> parts,
      Runnable judged) {
    CompletableFuture<Optional<SegmentFetches.Whole>> whole = segments.whole(segment.sequence());
    Thread.ofVirtual()
        .name("parts of " + segment.uri())
        .start(
            () -> {
              try {
                judge(segment, target, parts, whole);
              } catch (RuntimeException e) {
                walker.findings().failed(playlist + ", parts of " + segment.uri(), e);
              } finally {
                judged.run();
              }
            });
  }

  private void judge(
      Segment segment,
      Optional<BigDecimal> target,
      List<CompletableFuture<Reply>> parts,
      CompletableFuture<Optional<SegmentFetches.Whole>> whole) {
    try {
      Optional<SegmentFetches.Whole> all = whole.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      List<byte[]> bodies = new ArrayList<>();
      for (CompletableFuture<Reply> part : parts) {
        Optional<Fetcher.Answer> answer = part.get(PATIENCE_SECONDS, TimeUnit.SECONDS).answer();
        if (answer.isEmpty() || answer.get().status() / 100 != 2) {
          return;
        }
        bodies.add(answer.get().body());
      }
      if (all.isPresent()) {
        byte[] body = all.get().body();
        walker
            .findings()
            .add(
                PartMediaRules.check(
                    playlist.toString(),
                    segment,
                    target,
                    bodies,
                    body,
                    bytes -> media(segment, all.get().init(), bytes)));
      }
    } catch (TimeoutException e) {
      walker.findings().note(playlist + ": segments that were not there to be compared with parts");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<SegmentMedia> media(
      Segment segment, Optional<byte[]> init, byte[] bytes) {
    if (segment.encrypted()) {
      return Optional.empty();
    }
    if (init.isPresent()) {
      return Optional.of(Mp4Reader.read(init.get(), bytes));
    }
    return bytes.length > 0 && bytes[0] == TS_SYNC
        ? Optional.of(new TsReader().read(bytes, false))
        : Optional.empty();
  }

  private void broken(Rule rule, URI uri, String seen) {
    if (!walker.isClosed()) {
      walker.findings().add(new Violation(rule, uri.toString(), seen));
    }
  }
}
