package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.ByteRange;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Fetches what one playlist lists and tells what cannot be had (B13). Of one thread. */
final class MediaFiles {
  private static final long RETRY_NANOS = 500_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int KEPT_INITS = 8;

  private final HlsWalker walker;
  private final MediaPlaylistWalk walk;
  private final Map<String, byte[]> inits =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > KEPT_INITS;
        }
      };

  MediaFiles(HlsWalker walker, MediaPlaylistWalk walk) {
    this.walker = walker;
    this.walk = walk;
  }

  /**
   * The init section in force at a segment; empty when it can't be had, which is told.
   *
   * @param fetched told its size when it was not known yet
   */
  Optional<byte[]> init(Segment segment, LongConsumer fetched) {
    String key = segment.initUri() + segment.initRange();
    byte[] known = inits.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<byte[]> init =
        walker
            .resolve(walk.uri(), segment.initUri())
            .flatMap(address -> get(address, segment.initRange(), segment.sequence()))
            .map(Fetcher.Answer::body);
    init.ifPresent(
        body -> {
          inits.put(key, body);
          fetched.accept(body.length);
        });
    return init;
  }

  /** B13: a good answer; empty when there is none, which is told. */
  Optional<Fetcher.Answer> get(URI address, Optional<ByteRange> range, long sequence) {
    Map<String, String> headers =
        range.map(some -> Map.of("Range", some.header())).orElse(Map.of());
    int expected = range.isPresent() ? 206 : 200;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String reason = "";
    while (!walker.isClosed() && System.nanoTime() < deadline) {
      try {
        Fetcher.Answer answer = walker.fetcher().file(address, headers);
        if (answer.status() == expected) {
          return Optional.of(answer);
        }
        if (sequence < walk.latest().firstSequence()) {
          walker.findings().note(walk.uri() + ": segments went before they could be fetched");
          return Optional.empty();
        }
        if (answer.status() < 500) {
          walker
              .findings()
              .add(new Violation(Rule.B13, address.toString(), "answers " + answer.status()));
          return Optional.empty();
        }
        reason = "answers " + answer.status();
      } catch (Fetcher.TooLargeException e) {
        walker.findings().note(address + " has " + e.getMessage());
        return Optional.empty();
      } catch (IOException e) {
        reason = e.toString();
      }
      // The server may be starting again.
      LockSupport.parkNanos(RETRY_NANOS);
    }
    if (!walker.isClosed()) {
      walker.findings().add(new Violation(Rule.B13, address.toString(), reason));
    }
    return Optional.empty();
  }
}
