package io.millrace.media.input;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last media of an input that stands by: whole groups of pictures that reach back as far as the
 * input on air may have been silent before this one takes over, at most {@value #MOST_BYTES} bytes
 * and half a minute. What is too much goes from the front. Confined to the stream's home context;
 * {@code nowNanos} is {@link System#nanoTime}.
 */
public final class Backlog {
  /** One sample that waits. */
  public record Waiting(Sample sample, long arrivedNanos) {}

  static final int MOST_BYTES = 32 << 20;
  private static final long MOST_NANOS = 30_000_000_000L;

  /** Inputs are not delivered equally fast. */
  private static final long MARGIN_NANOS = 2_000_000_000L;

  /** What a sample takes besides its payload. */
  private static final int SAMPLE_BYTES = 128;

  private final long reachNanos;
  private final KeyMarks marks = new KeyMarks();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private List<Track> tracks = List.of();
  private @Nullable TrackId lead;
  private long bytes;
  private long firstNanos;
  private long lastNanos;
  private boolean hasCome;

  /**
   * @param reach how long the input on air may be silent before this one takes over
   */
  public Backlog(Duration reach) {
    this.reachNanos = reach.toNanos() + MARGIN_NANOS;
  }

  /** The input sends this. */
  public void accept(MediaEvent event, long nowNanos) {
    switch (event) {
      case MediaEvent.TracksReady ready -> {
        if (!ready.tracks().equals(tracks)) {
          clear();
          tracks = ready.tracks();
          lead = Lead.of(tracks);
          marks.tracks(tracks);
        }
      }
      case MediaEvent.SampleReady ready -> add(ready.sample(), nowNanos);
      case MediaEvent.Discontinuity _ -> {
        clear();
        marks.clear();
      }
      case MediaEvent.Ended _ -> {}
    }
  }

  /** Of what waits and of what follows. */
  public List<Track> tracks() {
    return tracks;
  }

  /** Whether viewers could be shown this input now. */
  public boolean isWarm() {
    return waiting.stream().anyMatch(this::isKey);
  }

  /**
   * How long it has been sending without a pause of so much.
   *
   * @return 0 when it is silent
   */
  public long steadyNanos(Duration pause, long nowNanos) {
    return hasCome && nowNanos - lastNanos < pause.toNanos() ? nowNanos - firstNanos : 0;
  }

  /** When its last sample came. */
  public long lastNanos() {
    return lastNanos;
  }

  Deque<Waiting> waiting() {
    return waiting;
  }

  KeyMarks marks() {
    return marks;
  }

  boolean isKey(Waiting next) {
    return isLead(next.sample) && next.sample.sync();
  }

  boolean isLead(Sample sample) {
    return sample.track().equals(lead);
  }

  private void add(Sample sample, long nowNanos) {
    if (!hasCome || nowNanos - lastNanos >= reachNanos - MARGIN_NANOS) {
      firstNanos = nowNanos;
    }
    hasCome = true;
    lastNanos = nowNanos;
    Waiting next = new Waiting(sample, nowNanos);
    marks.sample(sample, nowNanos);
    waiting.addLast(next);
    bytes += bytesOf(next);
    if (isKey(next)) {
      dropGroupsBefore(nowNanos - reachNanos);
    }
    while (waiting.size() > 1
        && (bytes > MOST_BYTES || nowNanos - waiting.getFirst().arrivedNanos > MOST_NANOS)) {
      dropFirst();
    }
  }

  /** The newest group that was there by then, and all behind it, stay. */
  private void dropGroupsBefore(long nanos) {
    int from = 0;
    int at = 0;
    for (Waiting next : waiting) {
      if (next.arrivedNanos > nanos) {
        break;
      }
      from = isKey(next) ? at : from;
      at++;
    }
    for (int i = 0; i < from; i++) {
      dropFirst();
    }
  }

  private void dropFirst() {
    bytes -= bytesOf(waiting.removeFirst());
  }

  private void clear() {
    waiting.clear();
    bytes = 0;
  }

  private static int bytesOf(Waiting next) {
    return next.sample.payload().length() + SAMPLE_BYTES;
  }
}
