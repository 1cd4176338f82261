package io.millrace.packager.live;

import io.millrace.media.Timescale;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The segments of one rendition as they come and go. Confined to the broadcast's home context;
 * {@link #snapshot} is what others see.
 */
final class RenditionLog {
  /** RFC 8216bis 6.2.2: a playlist never gets shorter than three target durations by removal. */
  private static final int LEAST_TARGETS = 3;

  /** Apple's authoring rules 8.11: at least six segments in a live playlist. */
  private static final int LEAST_SEGMENTS = 6;

  /** How many key frames the still is chosen from. */
  private static final int STILLS = 4;

  private record Retired(Segment segment, Instant expiresAt) {}

  private RenditionInfo info;
  private final List<Segment> segments = new ArrayList<>();
  private final Deque<Retired> retired = new ArrayDeque<>();
  private final Map<String, Buffer> headers = new LinkedHashMap<>();
  private long discontinuitySequence;
  private long nextMsn;
  private BitRate bitRate = BitRate.NONE;
  private final Deque<Buffer> stills = new ArrayDeque<>();

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
    segments.addAll(stored.segments());
    headers.putAll(stored.headers());
    bitRate = stored.bitRate();
  }

  String name() {
    return info.name();
  }

  RenditionInfo info() {
    return info;
  }

  void describe(RenditionInfo newInfo) {
    info = newInfo;
  }

  /** True when the header is a new one. */
  boolean addHeader(String name, Buffer bytes) {
    return headers.put(name, bytes) == null;
  }

  void showStill(Buffer newStill) {
    stills.addLast(newStill);
    if (stills.size() > STILLS) {
      stills.removeFirst();
    }
  }

  /** The newest that is not much smaller than its predecessors: those are black, or nearly. */
  private Optional<Buffer> still() {
    int largest = stills.stream().mapToInt(Buffer::length).max().orElse(0);
    Optional<Buffer> chosen = Optional.empty();
    for (Buffer candidate : stills) {
      if (candidate.length() * 2L >= largest) {
        chosen = Optional.of(candidate);
      }
    }
    return chosen;
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** The discontinuity sequence number of the last segment. */
  long discontinuities() {
    return discontinuitySequence + segments.stream().filter(Segment::discontinuity).count();
  }

  /** Where the last segment ends on the wall clock; empty before the first. */
  Optional<Instant> end() {
    return segments.isEmpty()
        ? Optional.empty()
        : Optional.of(
            segments.getLast().programDateTime().plusNanos(segments.getLast().durationNanos()));
  }

  void append(Segment segment) {
    segments.add(segment);
    nextMsn = segment.msn() + 1;
    bitRate = bitRate.with(segment);
  }

  /** Adds a gap behind the last segment; there must be one. */
  void appendGap(int seconds, int epoch) {
    Segment last = segments.getLast();
    append(
        new Segment(
            nextMsn,
            epoch,
            last.init(),
            (long) seconds * last.timescale(),
            last.timescale(),
            last.programDateTime().plusNanos(last.durationNanos()),
            false,
            true,
            false,
            0,
            List.of(),
            Optional.empty(),
            true));
  }

  /** The store has confirmed a segment. */
  void confirm(long msn) {
    segments.replaceAll(segment -> segment.msn() == msn ? segment.asStored() : segment);
    List<Retired> confirmed =
        retired.stream()
            .map(
                old ->
                    old.segment.msn() == msn
                        ? new Retired(old.segment.asStored(), old.expiresAt)
                        : old)
            .toList();
    retired.clear();
    retired.addAll(confirmed);
  }

  /** Whether a segment is still to be served, so that storing it makes sense. */
  boolean holds(long msn) {
    return segments.stream().anyMatch(segment -> segment.msn() == msn)
        || retired.stream().anyMatch(old -> old.segment.msn() == msn);
  }

  /** Takes from the front what the window no longer covers (HLS B10, D3). */
  void trim(Duration window, int targetSeconds, Instant now) {
    long keep = Math.max(window.toNanos(), (long) LEAST_TARGETS * targetSeconds * 1_000_000_000L);
    long total = segments.stream().mapToLong(Segment::durationNanos).sum();
    while (segments.size() > LEAST_SEGMENTS
        && total - segments.getFirst().durationNanos() >= keep) {
      long listed = total;
      Segment removed = segments.removeFirst();
      total -= removed.durationNanos();
      if (removed.discontinuity()) {
        discontinuitySequence++;
      }
      Instant expiresAt = now.plusNanos(listed + removed.durationNanos());
      retired.add(new Retired(removed, expiresAt));
    }
    headers.keySet().removeIf(header -> !isUsed(header));
  }

  private boolean isUsed(String header) {
    return segments.stream().anyMatch(segment -> segment.init().equals(header))
        || retired.stream().anyMatch(old -> old.segment.init().equals(header))
        || segments.isEmpty();
  }

  /** Drops from memory what the store has and what is not recent; true when there was any. */
  boolean spareMemory(Duration memory) {
    boolean spared = false;
    long behind = 0;
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      if (behind >= memory.toNanos() && segment.stored() && segment.content().isPresent()) {
        segments.set(i, segment.withoutContent());
        spared = true;
      }
      behind += segment.durationNanos();
    }
    return spared;
  }

  /** Segments that nobody can still ask for (HLS B11); they are forgotten here. */
  List<Segment> expire(Instant now) {
    List<Segment> expired = new ArrayList<>();
    while (!retired.isEmpty() && !retired.getFirst().expiresAt.isAfter(now)) {
      expired.add(retired.removeFirst().segment);
    }
    return expired;
  }

  /** Pictures a second, from a segment that was just cut; near a common rate, that one. */
  static double frameRate(int frames, long durationTicks, Timescale timescale) {
    double measured = frames / timescale.toSeconds(durationTicks);
    for (double common :
        new double[] {24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48, 50, 60000 / 1001.0, 60}) {
      if (Math.abs(measured - common) < common * 0.0005) {
        return common;
      }
    }
    return Math.round(measured) > 0 && Math.abs(measured - Math.round(measured)) < measured * 0.005
        ? Math.round(measured)
        : measured;
  }

  Rendition snapshot() {
    return new Rendition(
        info,
        discontinuitySequence,
        nextMsn,
        segments,
        retired.stream().map(Retired::segment).toList(),
        headers,
        bitRate,
        still(),
        Document.EMPTY);
  }
}
