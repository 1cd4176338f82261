package io.millrace.bench;

import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.OpenSegment;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One low-latency media playlist that many wait for at the server, as players do: delta updates,
 * each asked for by the part that comes next. What an answer says is read once for all of them.
 * Confined to the thread that reads.
 */
final class HeldPlaylist {
  private static final double PICTURES_A_SECOND = 24;

  /** What is known of a position when an answer to a request for it has come. */
  private static final class Answered {
    private final EdgePosition next;

    /** When the part was complete that the answer is for. */
    private final long completeNanos;

    private int counted;
    private long lastNanos;

    Answered(EdgePosition next, long completeNanos) {
      this.next = next;
      this.completeNanos = completeNanos;
    }
  }

  private final String path;
  private final Instant began;
  private final IntToLongFunction sentAtNanos;
  private final Map<EdgePosition, Answered> known = new HashMap<>();
  private final EdgePosition first;
  private volatile int answerBytes;

  /**
   * @param path of the playlist
   * @param now as it is; it still lists the first segment
   * @param sentAtNanos when each picture, by its number, was sent to the server
   */
  HeldPlaylist(String path, MediaPlaylist now, IntToLongFunction sentAtNanos) {
    if (now.firstSequence() != 0) {
      throw new AssertionError("the first segment is gone, whose date is the first picture's");
    }
    this.path = path;
    this.began = now.segments().getFirst().date().orElseThrow();
    this.sentAtNanos = sentAtNanos;
    this.first = now.edge().next();
  }

  /** One who waits, from {@code next} on; connected with a request that is answered at once. */
  HttpConversation viewer() {
    return new Viewer();
  }

  private Answered read(EdgePosition asked, MediaPlaylist list) {
    double end = 0;
    int index = asked.part();
    for (Segment segment : list.segments()) {
      if (end == 0 && segment.sequence() >= asked.sequence()) {
        if (segment.parts().size() > index) {
          end = end(segment.date().orElseThrow(), segment.parts(), index);
        }
        // A part behind a segment's last is the first of the next segment.
        index = 0;
      }
    }
    OpenSegment open = list.open();
    if (end == 0 && open.parts().size() > index) {
      Segment last = list.segments().getLast();
      end = end(open.date().orElseGet(() -> end(last)), open.parts(), index);
    }
    if (end == 0) {
      throw new IllegalStateException(asked + " is not in\n" + list);
    }
    int picture = Math.toIntExact(Math.round(end * PICTURES_A_SECOND));
    return new Answered(list.edge().next(), sentAtNanos.applyAsLong(picture));
  }

  private static Instant end(Segment segment) {
    return segment.date().orElseThrow().plusNanos(segment.seconds().movePointRight(9).longValue());
  }

  /** In seconds from the first picture. */
  private double end(Instant start, List<Part> parts, int index) {
    return Duration.between(began, start).toNanos() / 1e9
        + parts.stream().limit(index + 1L).mapToDouble(part -> part.seconds().doubleValue()).sum();
  }

  /**
   * From a part's completion to the last answer for it, of the parts that so many viewers waited
   * for and were counted. When nobody reads any longer.
   *
   * @return milliseconds
   */
  double[] lastMillis(int viewers) {
    return known.values().stream()
        .filter(answered -> answered.counted == viewers)
        .mapToDouble(answered -> (answered.lastNanos - answered.completeNanos) / 1e6)
        .toArray();
  }

  /** The size of an answer as they come now, its head not counted. */
  int answerBytes() {
    return answerBytes;
  }

  /** What came too early to have been held is not counted. */
  private final class Viewer extends HttpConversation {
    private EdgePosition asked = first;
    private long askedNanos;
    private @Nullable Answered answered;

    Viewer() {
      super(path);
    }

    @Override
    public Heard hear(ByteBuffer bytes, int length) {
      if (askedNanos == 0) {
        return Heard.SUBSCRIBED;
      }
      Answered now =
          known.computeIfAbsent(
              asked, position -> read(position, PlaylistReader.readMedia(body(bytes, length))));
      answered = now;
      asked = now.next;
      answerBytes = bodyLength(length);
      return askedNanos < now.completeNanos ? Heard.ANSWER : Heard.STEP;
    }

    @Override
    public long dueNanos(ByteBuffer bytes, int length) {
      Answered counted = Objects.requireNonNull(answered);
      counted.counted++;
      counted.lastNanos = System.nanoTime();
      return counted.completeNanos;
    }

    @Override
    public byte[] next() {
      askedNanos = System.nanoTime();
      return get(
          "%s?_HLS_msn=%d&_HLS_part=%d&_HLS_skip=YES"
              .formatted(path, asked.sequence(), asked.part()));
    }
  }
}
