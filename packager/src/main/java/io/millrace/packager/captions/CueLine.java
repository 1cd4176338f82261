package io.millrace.packager.captions;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns what one channel shows, whenever it changes, into cues. Times are nanoseconds and never
 * decrease.
 *
 * <p>Text that is written before the viewer's eyes comes two characters a picture: what is written
 * within {@link #GATHERED} is one change, shown from the first of its characters on. Whoever takes
 * text away calls {@link #settle} before and {@link #replaced} after it, so that nothing is lost to
 * that.
 */
final class CueLine {
  /** How long characters are gathered. */
  static final Duration GATHERED = Duration.ofMillis(500);

  /** A caption that nobody cares for any more goes away. */
  static final Duration ABANDONED = Duration.ofSeconds(16);

  /** Older cues of a segment are forgotten: one for each picture of the longest are fewer. */
  private static final int MAX_CUES = 512;

  private static final long NEVER = Long.MIN_VALUE;

  private final Screen screen;
  private final Map<Caption, Long> shown = new LinkedHashMap<>();
  private final Deque<TimedCaption> cues = new ArrayDeque<>();
  private long writtenAt = NEVER;
  private long touchedAt = NEVER;
  private boolean used;

  /** What a channel shows. */
  interface Screen {
    List<Caption> captions();

    /** Takes everything away that is shown. */
    void blank();
  }

  CueLine(Screen screen) {
    this.screen = screen;
  }

  /** Whether there has ever been something to be seen. */
  boolean used() {
    return used;
  }

  /** The channel was spoken to. */
  void touch(long now) {
    touchedAt = Math.max(touchedAt, now);
  }

  /** Text has been added to what the screen shows. */
  void written(long now) {
    writtenAt = writtenAt == NEVER ? now : writtenAt;
  }

  /** What the screen shows may be another. */
  void replaced(long now) {
    if (!Set.copyOf(screen.captions()).equals(shown.keySet())) {
      written(now);
    }
  }

  /** Whatever was written becomes cues. */
  void settle() {
    if (writtenAt == NEVER) {
      return;
    }
    long at = writtenAt;
    writtenAt = NEVER;
    List<Caption> next = screen.captions();
    List<Caption> gone = new ArrayList<>(shown.keySet());
    gone.removeAll(next);
    for (Caption caption : gone) {
      end(caption, at);
      shown.remove(caption);
    }
    for (Caption caption : next) {
      shown.putIfAbsent(caption, at);
      used = true;
    }
  }

  /** Time goes on. */
  void tick(long now) {
    if (writtenAt != NEVER && now - writtenAt >= GATHERED.toNanos()) {
      settle();
    }
    boolean isBlank = shown.isEmpty() && writtenAt == NEVER;
    if (!isBlank && now - touchedAt >= ABANDONED.toNanos()) {
      blank(touchedAt + ABANDONED.toNanos());
    }
  }

  /** Nothing is shown from this time on. */
  void blank(long now) {
    settle();
    screen.blank();
    written(now);
    settle();
  }

  /** The cues since the last cut; what is still shown goes on as a cue of the next. */
  List<TimedCaption> cut(long until) {
    tick(until);
    settle();
    for (Map.Entry<Caption, Long> each : shown.entrySet()) {
      end(each.getKey(), until);
      each.setValue(Math.max(each.getValue(), until));
    }
    List<TimedCaption> result = List.copyOf(cues);
    cues.clear();
    return result;
  }

  private void end(Caption caption, long at) {
    long start = shown.getOrDefault(caption, at);
    if (start < at) {
      if (cues.size() == MAX_CUES) {
        cues.removeFirst();
      }
      cues.addLast(new TimedCaption(start, at, caption));
    }
  }
}
