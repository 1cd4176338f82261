package io.millrace.validator.walk;

import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.BlockingRules;
import io.millrace.validator.hls.ByteRange;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Fetches the parts of one playlist as a player at its live edge does: the hinted one before it is
 * there, each other one when it is listed. The polling thread offers versions; every request waits
 * on a virtual thread of its own.
 */
final class PartFetches {
  /** So many answers are kept, for the segments that their parts become. */
  private static final int KEPT = 160;

  /** What is asked for: a resource or a part of it, by where that starts. */
  private record Key(URI uri, long offset) {}

  private final HlsWalker walker;
  private final URI playlist;
  private final PartChecks checks;
  private final AtomicInteger pending = new AtomicInteger();

  // Of the polling thread.
  private final Map<Key, CompletableFuture<PartChecks.Reply>> asked =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<Key, CompletableFuture<PartChecks.Reply>> eldest) {
          return size() > KEPT;
        }
      };
  private Optional<EdgePosition> known = Optional.empty();
  private long firstWhole = Long.MAX_VALUE;
  private Optional<Key> lastHint = Optional.empty();

  PartFetches(HlsWalker walker, URI playlist, SegmentFetches segments) {
    this.walker = walker;
    this.playlist = playlist;
    this.checks = new PartChecks(walker, playlist, segments);
  }

  /** Whether nothing that is listed waits to be fetched or judged. */
  boolean idle() {
    return pending.get() == 0;
  }

  /** Takes the next version, before its segments are fetched. */
  void take(MediaPlaylist list, long receivedNanos) {
    if (list.iFramesOnly()) {
      return;
    }
    EdgePosition last = list.lastPart().orElse(EdgePosition.whole(list.nextSequence() - 1));
    if (known.isEmpty()) {
      firstWhole = last.sequence() + 1;
    } else {
      EdgePosition from = known.get();
      for (Segment segment : list.segments()) {
        parts(list, segment.sequence(), segment.parts(), from, receivedNanos);
        if (segment.sequence() >= Math.max(firstWhole, from.sequence())) {
          whole(list, segment);
        }
      }
      parts(list, list.nextSequence(), list.nextParts(), from, receivedNanos);
    }
    known = Optional.of(last);
    Optional<Key> before = lastHint;
    lastHint = Optional.empty();
    list.hint("PART").ifPresent(hint -> hint(list, hint));
    before.filter(key -> !lastHint.equals(before) && !lists(list, key)).ifPresent(this::dropped);
  }

  private boolean lists(MediaPlaylist list, Key key) {
    return Stream.concat(
            list.segments().stream().flatMap(segment -> segment.parts().stream()),
            list.nextParts().stream())
        .anyMatch(part -> key(part).equals(Optional.of(key)));
  }

  /** What was hinted did not come, and is hinted no longer. */
  private void dropped(Key key) {
    CompletableFuture<PartChecks.Reply> hint = asked.get(key);
    if (hint != null) {
      judge(key, hint, reply -> checks.dropped(key.uri(), reply));
    }
  }

  private void parts(
      MediaPlaylist list, long sequence, List<Part> parts, EdgePosition from, long receivedNanos) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (new EdgePosition(sequence, i).compareTo(from) > 0 && !part.gap()) {
        key(part).ifPresent(key -> listed(list, key, part, receivedNanos));
      }
    }
  }

  private Optional<Key> key(Part part) {
    return walker
        .resolve(playlist, part.uri())
        .map(uri -> new Key(uri, part.range().map(ByteRange::offset).orElse(-1L)));
  }

  private void listed(MediaPlaylist list, Key key, Part part, long receivedNanos) {
    CompletableFuture<PartChecks.Reply> hinted = asked.get(key);
    Map<String, String> headers = range(part.range());
    if (hinted == null) {
      judge(
          key,
          ask(key, headers, deadline(list)),
          reply -> checks.fetched(key.uri(), headers, reply));
    } else {
      judge(key, hinted, reply -> checks.hinted(key.uri(), part, receivedNanos, headers, reply));
    }
  }

  /** Judges an answer when it is there, on a thread of its own. */
  private void judge(
      Key key, CompletableFuture<PartChecks.Reply> reply, Consumer<PartChecks.Reply> judge) {
    pending.incrementAndGet();
    Thread.ofVirtual()
        .name("judge " + key.uri().getPath())
        .start(
            () -> {
              try {
                judge.accept(reply.join());
              } catch (RuntimeException e) {
                walker.findings().failed(key.uri().toString(), e);
              } finally {
                pending.decrementAndGet();
              }
            });
  }

  /** A segment is complete: its parts are compared with it, if all of them were fetched. */
  private void whole(MediaPlaylist list, Segment segment) {
    List<CompletableFuture<PartChecks.Reply>> answers = new ArrayList<>();
    for (Part part : segment.parts()) {
      Optional<CompletableFuture<PartChecks.Reply>> reply =
          part.gap() ? Optional.empty() : key(part).map(asked::get);
      if (reply.isEmpty()) {
        return;
      }
      answers.add(reply.get());
    }
    if (answers.isEmpty() || segment.gap()) {
      return;
    }
    pending.incrementAndGet();
    checks.whole(segment, list.partTarget(), answers, pending::decrementAndGet);
    firstWhole = segment.sequence() + 1;
  }

  private void hint(MediaPlaylist list, AttributeList hint) {
    long start = hint.decimal("BYTERANGE-START").map(Number::longValue).orElse(-1L);
    long length = hint.decimal("BYTERANGE-LENGTH").map(Number::longValue).orElse(0L);
    Optional<URI> uri = walker.resolve(playlist, hint.text("URI").orElse(""));
    if (uri.isEmpty() || list.ended()) {
      return;
    }
    Key key = new Key(uri.get(), start);
    lastHint = Optional.of(key);
    if (start >= 0 && length <= 0) {
      // The answer goes on to the end of the segment, part by part.
      walker.findings().note(playlist + ": hints of byte ranges without an end are not asked for");
    } else if (!asked.containsKey(key)) {
      Map<String, String> headers =
          start < 0 ? Map.of() : range(Optional.of(new ByteRange(start, length)));
      var _ = ask(key, headers, deadline(list));
    }
  }

  private static Map<String, String> range(Optional<ByteRange> range) {
    return range.map(some -> Map.of("Range", some.header())).orElse(Map.of());
  }

  /** A part that is hinted may be as far away as the server holds a request. */
  private static Duration deadline(MediaPlaylist list) {
    double longest = BlockingRules.longestSeconds(list.targetDuration()) + list.targetDuration();
    return Duration.ofMillis(Math.round(longest * 1000));
  }

  private CompletableFuture<PartChecks.Reply> ask(
      Key key, Map<String, String> headers, Duration deadline) {
    CompletableFuture<PartChecks.Reply> reply = new CompletableFuture<>();
    asked.put(key, reply);
    Thread.ofVirtual()
        .name("part " + key.uri().getPath())
        .start(
            () -> {
              try {
                Fetcher.Answer answer = walker.fetcher().heldFile(key.uri(), headers, deadline);
                reply.complete(new PartChecks.Reply(Optional.of(answer), false));
              } catch (HttpTimeoutException e) {
                reply.complete(new PartChecks.Reply(Optional.empty(), true));
              } catch (IOException e) {
                reply.complete(new PartChecks.Reply(Optional.empty(), false));
              } catch (RuntimeException e) {
                reply.completeExceptionally(e);
              }
            });
    return reply;
  }
}
