package io.millrace.packager.live;

import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.Still;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.state.BroadcastState;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one rendition as they come and go. Confined to the broadcast's home context;
 * {@link #snapshot} is what others see.
 *
 * <pre>
 *   append ──► [ held, no longer listed (HLS B11) | listed ] ◄── the playlist's window
 *                  └──► expire                └──► trim
 * </pre>
 */
final class RenditionLog {
  /** Longer than any silence. */
  static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** More than this is not recent, but for the newest segment, whatever the timestamps say. */
  private static final long MOST_RECENT_BYTES = CutRules.MOST_BYTES;

  private static final long SECOND = 1_000_000_000L;
  private static final long SHORTEST_GAP = 1_000_000L;

  private RenditionInfo info;
  private final List<LoggedSegment> entries = new ArrayList<>();
  private int listedFrom;

  /** Before this number, what a state says of segments is elsewhere. */
  private long itemsFrom;

  private final GrowingText lines = new GrowingText();
  private final GrowingText items = new GrowingText();
  private final Headers headers = new Headers();

  /** What the open segment needs. */
  private String openHeader = Segment.NO_INIT;

  private long discontinuitySequence;
  private long listedDiscontinuities;
  private long nextMsn;
  private long longestNanos;
  private long silenceNanos;
  private long unstoredBytes;
  private int spared;
  private boolean sparedLate;
  private BitRate bitRate = BitRate.NONE;
  private final StillChoice still = new StillChoice();

  /**
   * @param discontinuities how many the broadcast has had before {@code nextMsn}
   */
  RenditionLog(RenditionInfo info, long nextMsn, long discontinuities) {
    this.info = info;
    this.nextMsn = nextMsn;
    this.discontinuitySequence = discontinuities;
  }

  /** Goes on from what was stored. */
  RenditionLog(Rendition stored) {
    this(stored.info(), stored.nextMsn(), stored.discontinuitySequence());
    stored.formats().forEach(headers::find);
    stored.segments().forEach(this::add);
    stored.headers().forEach((name, bytes) -> headers.find(name, info).show(bytes));
    nextMsn = stored.nextMsn();
    bitRate = stored.bitRate();
  }

  String name() {
    return info.name();
  }

  RenditionInfo info() {
    return info;
  }

  /** What comes from now on is something else. */
  void describe(RenditionInfo newInfo) {
    info = newInfo;
  }

  /** The rate of the pictures that have come last. */
  void measured(double frameRate) {
    info = info.withFrameRate(frameRate);
    if (!entries.isEmpty()) {
      entries.getLast().header.describe(info);
    }
  }

  /** True when the header is a new one. */
  boolean addHeader(String name, Buffer bytes) {
    openHeader = name;
    return headers.find(name, info).show(bytes);
  }

  /**
   * @param size bytes of the picture
   */
  void showStill(Still newStill, int size) {
    still.add(newStill, size);
  }

  /** The headers in use, and one that is needed next, by name. */
  Map<String, Buffer> headers() {
    return headers.bytes();
  }

  /** Whether the playlist lists nothing. */
  boolean isEmpty() {
    return listedFrom == entries.size();
  }

  long nextMsn() {
    return nextMsn;
  }

  /** The discontinuity sequence number that a segment would have without one of its own. */
  long discontinuitiesBefore(long msn) {
    long count = discontinuitySequence + listedDiscontinuities;
    for (int i = entries.size() - 1; i >= listedFrom; i--) {
      Segment segment = entries.get(i).segment;
      if (segment.msn() < msn) {
        break;
      }
      count -= segment.discontinuity() ? 1 : 0;
    }
    return count;
  }

  /** Where the last segment ends on the wall clock; empty before the first. */
  Optional<Instant> end() {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(entries.getLast().segment.end());
  }

  /** Where the first listed segment starts; empty while there is none. */
  OptionalLong firstNanos() {
    return isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(entries.get(listedFrom).segment.mediaNanos());
  }

  /** How much has been listed since the last media. */
  Duration silence() {
    return Duration.ofNanos(silenceNanos);
  }

  /** Bytes that the store has not confirmed; they are in memory. */
  long unstoredBytes() {
    return unstoredBytes;
  }

  void append(Segment segment, int targetSeconds) {
    add(segment);
    nextMsn = segment.msn() + 1;
    bitRate = bitRate.with(segment, targetSeconds);
  }

  private void add(Segment segment) {
    LoggedSegment last = entries.isEmpty() ? null : entries.getLast();
    boolean namesHeader =
        segment.hasInit()
            && (last == null
                || segment.discontinuity()
                || !segment.init().equals(last.segment.init()));
    byte[] text = MediaPlaylistWriter.lines(segment, namesHeader);
    byte[] item = BroadcastState.item(segment);
    lines.append(text);
    items.append(item);
    Headers.Header header = headers.of(segment, info);
    header.list();
    long end = (last == null ? 0 : last.endNanos) + segment.durationNanos();
    entries.add(new LoggedSegment(segment, header, namesHeader, text.length, item.length, end));
    listedDiscontinuities += segment.discontinuity() ? 1 : 0;
    silenceNanos = segment.gap() ? silenceNanos + segment.durationNanos() : 0;
    unstoredBytes += unstored(segment);
    longestNanos = Math.max(longestNanos, listedNanos());
  }

  private static long unstored(Segment segment) {
    return segment.stored() || segment.content().isEmpty() ? 0 : segment.size();
  }

  /** Adds a gap without parts behind the last segment; there must be one. */
  void appendGap(int seconds, int epoch) {
    appendGap(Duration.ofSeconds(seconds), seconds, epoch);
  }

  /** The same of any duration. */
  void appendGap(Duration duration, int targetSeconds, int epoch) {
    appendGap(duration, targetSeconds, epoch, Optional.empty());
  }

  /**
   * The same.
   *
   * @param partTarget the longest part, where playlists list parts
   */
  void appendGap(Duration duration, int targetSeconds, int epoch, Optional<Duration> partTarget) {
    append(gap(duration, epoch, partTarget), targetSeconds);
  }

  /** A gap behind the last segment, which is not listed. */
  Segment gap(Duration duration, int epoch, Optional<Duration> partTarget) {
    Segment last = entries.getLast().segment;
    return last.gapBehind(
        epoch, ticks(last, duration.toNanos()), last.end(), false, parts(partTarget));
  }

  /** Text has no parts, nor have its gaps. */
  Optional<Duration> parts(Optional<Duration> partTarget) {
    return info.isText() ? Optional.empty() : partTarget;
  }

  private static long ticks(Segment of, long nanos) {
    return Math.round(nanos / 1e9 * of.timescale());
  }

  /**
   * Adds a gap for each segment that another rendition is ahead by; there must be one before it. Up
   * to the other's first one the time is shared out evenly.
   */
  void appendGapsBeside(RenditionLog ahead, int targetSeconds, Optional<Duration> partTarget) {
    Segment first = ahead.entries.getFirst().segment;
    while (nextMsn < first.msn()) {
      Segment last = entries.getLast().segment;
      long left = Duration.between(last.end(), first.programDateTime()).toNanos();
      long nanos = Math.clamp(left / (first.msn() - nextMsn), SHORTEST_GAP, SECOND * targetSeconds);
      append(
          last.gapBehind(first.epoch(), ticks(last, nanos), last.end(), false, parts(partTarget)),
          targetSeconds);
    }
    while (nextMsn < ahead.nextMsn) {
      Segment other = ahead.entries.get((int) (nextMsn - first.msn())).segment;
      Segment last = entries.getLast().segment;
      long ticks = Math.round(other.seconds() * last.timescale());
      append(
          last.gapBehind(
              other.epoch(),
              ticks,
              other.programDateTime(),
              other.discontinuity(),
              parts(partTarget)),
          targetSeconds);
    }
  }

  /** The store has confirmed a segment. */
  void confirm(long msn) {
    LoggedSegment entry = entry(msn);
    if (entry != null) {
      unstoredBytes -= unstored(entry.segment);
      Segment stored = entry.segment.asStored();
      boolean isOld = msn < entries.getFirst().segment.msn() + spared;
      entry.segment = isOld ? stored.withoutContent() : stored;
      sparedLate |= isOld;
    }
  }

  /** Whether a segment is still to be served, so that storing it makes sense. */
  boolean holds(long msn) {
    return entry(msn) != null;
  }

  /** From now on a state need not tell of listed segments before a number. */
  void toldBefore(long msn) {
    for (LoggedSegment entry : entries.subList(listedFrom, entries.size())) {
      if (entry.segment.msn() >= msn) {
        break;
      }
      if (entry.segment.msn() >= itemsFrom) {
        items.drop(entry.item);
      }
    }
    itemsFrom = Math.max(itemsFrom, msn);
  }

  /** A segment that is still to be served. */
  Optional<Segment> held(long msn) {
    return Optional.ofNullable(entry(msn)).map(entry -> entry.segment);
  }

  private @Nullable LoggedSegment entry(long msn) {
    long index = entries.isEmpty() ? -1 : msn - entries.getFirst().segment.msn();
    return index < 0 || index >= entries.size() ? null : entries.get((int) index);
  }

  /** How long its longest playlist has been, in nanoseconds. */
  long longestNanos() {
    return longestNanos;
  }

  private long listedNanos() {
    return isEmpty() ? 0 : entries.getLast().endNanos - entries.get(listedFrom).startNanos();
  }

  /**
   * Takes from the front of the playlist what the window no longer covers (HLS B10, D3).
   *
   * @return what has been taken
   */
  List<Segment> trim(Duration window, int targetSeconds, Instant now) {
    long keep = Math.max(window.toNanos(), SECOND * Rendition.LEAST_TARGETS * targetSeconds);
    List<Segment> taken = new ArrayList<>();
    while (entries.size() - listedFrom > Rendition.LEAST_SEGMENTS) {
      LoggedSegment first = entries.get(listedFrom);
      if (listedNanos() - first.segment.durationNanos() < keep) {
        break;
      }
      unlist(first, now);
      taken.add(first.segment);
    }
    return taken;
  }

  /** It stays for its own duration and that of the longest playlist that held it (HLS B11). */
  private void unlist(LoggedSegment first, Instant now) {
    listedFrom++;
    lines.drop(first.lines);
    if (first.segment.msn() >= itemsFrom) {
      items.drop(first.item);
    }
    if (first.segment.discontinuity()) {
      discontinuitySequence++;
      listedDiscontinuities--;
    }
    first.expiresAt = now.plusNanos(longestNanos + first.segment.durationNanos());
    first.header.unlist();
    if (first.segment.gap()) {
      first.segment = first.segment.withoutContent();
    }
  }

  /** Segments that nobody can still ask for; they are forgotten here. */
  List<Segment> expire(Instant now) {
    int expired = 0;
    while (expired < listedFrom && isOver(entries.get(expired), now)) {
      expired++;
    }
    return forget(expired);
  }

  private static boolean isOver(LoggedSegment entry, Instant now) {
    return entry.expiresAt != null && !entry.expiresAt.isAfter(now);
  }

  /** Forgets what the playlist does not list and the store has not taken. */
  List<Segment> forgetUnstored() {
    int count = 0;
    for (int i = 0; i < listedFrom; i++) {
      count = unstored(entries.get(i).segment) > 0 ? i + 1 : count;
    }
    return forget(count);
  }

  private List<Segment> forget(int count) {
    if (count == 0) {
      return List.of();
    }
    List<Segment> forgotten = new ArrayList<>(count);
    for (LoggedSegment entry : entries.subList(0, count)) {
      unstoredBytes -= unstored(entry.segment);
      entry.header.forget();
      forgotten.add(entry.segment);
    }
    entries.subList(0, count).clear();
    listedFrom -= count;
    spared = Math.max(0, spared - count);
    if (!entries.isEmpty()) {
      headers.removeUnused(openHeader);
    }
    return forgotten;
  }

  /**
   * Drops from memory what the store has and what is not recent, the oldest first; true when there
   * was any, or when the store has confirmed something since that was not recent any more.
   */
  boolean spareMemory(Duration memory) {
    int before = spared;
    boolean late = sparedLate;
    sparedLate = false;
    long recent = 0;
    for (LoggedSegment entry : entries.subList(spared, entries.size())) {
      recent += entry.segment.size();
    }
    while (spared < entries.size()) {
      LoggedSegment entry = entries.get(spared);
      boolean young = entries.getLast().endNanos - entry.endNanos < memory.toNanos();
      boolean newest = spared == entries.size() - 1;
      if (young && (newest || recent <= MOST_RECENT_BYTES)) {
        break;
      }
      recent -= entry.segment.size();
      // What a gap has of parts is nowhere else.
      boolean isElsewhere = entry.segment.stored() && !entry.segment.gap();
      if (isElsewhere && entry.segment.content().isPresent()) {
        entry.segment = entry.segment.withoutContent();
      }
      spared++;
    }
    return late || spared > before;
  }

  /**
   * As others see it.
   *
   * @param patience its track is away when it has been silent for so long
   * @param partsListed how near to the end parts are listed
   */
  Rendition snapshot(Duration patience, Duration partsListed) {
    List<Segment> held = new ArrayList<>(entries.size());
    for (LoggedSegment entry : entries) {
      held.add(entry.segment);
    }
    int recentFrom = entries.size();
    int recentLines = 0;
    while (recentFrom > listedFrom
        && entries.getLast().endNanos - entries.get(recentFrom - 1).endNanos
            < partsListed.toNanos()) {
      recentFrom--;
      recentLines += entries.get(recentFrom).lines;
    }
    return new Rendition(
        info,
        headers.formats(),
        discontinuitySequence,
        nextMsn,
        held,
        listedFrom,
        recentFrom,
        lines.span(recentLines),
        items.span(),
        !isEmpty() && entries.get(listedFrom).namesHeader,
        headers.bytes(),
        bitRate,
        still.chosen(),
        silence().compareTo(patience) >= 0,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }
}
