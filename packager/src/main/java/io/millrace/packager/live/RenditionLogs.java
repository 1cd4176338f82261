package io.millrace.packager.live;

import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The renditions of one broadcast. Each line of the segmenter writes one at a time:
 *
 * <pre>
 *   line ──► rendition ──silent while others go on──► given up: its playlist ends
 *     └─ media comes again ──► another rendition, under the next free name
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
final class RenditionLogs {
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(30);
  private static final int SILENT_TARGETS = 6;

  /** In the order of the multivariant playlist. */
  private final List<RenditionLog> logs = new ArrayList<>();

  private final Map<String, RenditionLog> byLine = new HashMap<>();
  private boolean complete;

  /**
   * Goes on with what was stored: the first of a kind that is left belongs to its first line; where
   * the picture has sound in it, that is the first line's.
   */
  RenditionLogs(List<RenditionLog> stored) {
    Map<String, Integer> lines = new HashMap<>();
    if (stored.stream().anyMatch(log -> log.info().isVideo() && log.info().channels() > 0)) {
      lines.put("audio", 2);
    }
    for (RenditionLog log : stored) {
      insert(log);
      if (log.endedAt().isEmpty()) {
        String kind = log.info().kind();
        byLine.put(RenditionInfo.name(kind, lines.getOrDefault(kind, 1)), log);
        lines.merge(kind, 2, (number, two) -> number + 1);
      }
    }
    complete = !logs.isEmpty();
  }

  private void insert(RenditionLog log) {
    logs.add(log);
    logs.sort(Comparator.comparing(RenditionLog::info, RenditionInfo.ORDER));
  }

  /** The lines that have a rendition. */
  Set<String> lines() {
    return byLine.keySet();
  }

  boolean isEmpty() {
    return logs.isEmpty();
  }

  /** Whether every rendition has had a segment, so that players may be told. */
  boolean isComplete() {
    if (!complete) {
      complete = !logs.isEmpty() && logs.stream().noneMatch(RenditionLog::isEmpty);
    }
    return complete;
  }

  /** To where they reach by the wall clock. */
  Optional<Instant> end() {
    return active().stream().flatMap(log -> log.end().stream()).findFirst();
  }

  /**
   * The tracks are these from now on.
   *
   * @param described by the names of their lines
   * @param nextMsn what the next segment of a new rendition is called
   */
  void describe(List<RenditionInfo> described, long nextMsn) {
    for (RenditionInfo info : described) {
      RenditionLog log = byLine.get(info.name());
      if (log == null) {
        open(info.name(), info, nextMsn);
      } else {
        RenditionInfo same = info.withName(log.name()).withFrameRate(log.info().frameRate());
        if (!same.equals(log.info())) {
          log.describe(info.withName(log.name()));
        }
      }
    }
  }

  /** The rendition that a line's next segment belongs to; null for a gap in none. */
  @Nullable RenditionLog forCut(String line, long msn, boolean gap) {
    RenditionLog log = byLine.get(line);
    if (log == null) {
      throw new IllegalStateException("a segment of no rendition: " + line);
    }
    if (log.endedAt().isEmpty()) {
      return log;
    }
    return gap ? null : open(line, log.info(), msn);
  }

  /** All have had the same discontinuities before a segment (HLS D4). */
  private RenditionLog open(String line, RenditionInfo info, long msn) {
    Set<String> taken = new HashSet<>();
    long discontinuities = 0;
    for (RenditionLog log : logs) {
      taken.add(log.name());
      if (log.endedAt().isEmpty()) {
        discontinuities = Math.max(discontinuities, log.discontinuitiesBefore(msn));
      }
    }
    int number = 1;
    while (taken.contains(RenditionInfo.name(info.kind(), number))) {
      number++;
    }
    RenditionInfo named = info.withName(RenditionInfo.name(info.kind(), number));
    RenditionLog log = new RenditionLog(named.withFrameRate(0), msn, discontinuities);
    insert(log);
    byLine.put(line, log);
    return log;
  }

  private List<RenditionLog> active() {
    return logs.stream().filter(log -> log.endedAt().isEmpty()).toList();
  }

  /** Adds gaps to all; false when there is one that has nothing to put them behind. */
  boolean appendGaps(int count, int seconds, int epoch) {
    List<RenditionLog> active = active();
    if (active.isEmpty() || active.stream().anyMatch(RenditionLog::isEmpty)) {
      return false;
    }
    for (RenditionLog log : active) {
      for (int i = 0; i < count; i++) {
        log.appendGap(seconds, epoch);
      }
    }
    return true;
  }

  /**
   * Ends the playlists of those that have had no media for long while another had some.
   *
   * @return how many
   */
  int giveUpSilent(int targetSeconds, Instant now) {
    long limit = Math.max(LEAST_SILENCE.toSeconds(), (long) SILENT_TARGETS * targetSeconds);
    Duration liveliest = Duration.ofSeconds(Long.MAX_VALUE);
    for (RenditionLog log : logs) {
      if (log.endedAt().isEmpty() && log.silence().compareTo(liveliest) < 0) {
        liveliest = log.silence();
      }
    }
    int ended = 0;
    for (RenditionLog log : logs) {
      if (log.endedAt().isEmpty() && log.silence().minus(liveliest).toSeconds() >= limit) {
        log.end(now);
        ended++;
      }
    }
    return ended;
  }

  void trim(Duration window, int targetSeconds, Instant now) {
    for (RenditionLog log : logs) {
      if (log.endedAt().isEmpty()) {
        log.trim(window, targetSeconds, now);
      }
    }
  }

  /**
   * Forgets what nobody can still ask for, and renditions that ended so long ago.
   *
   * @param expired is told of each segment
   */
  void expire(Instant now, Duration keepEnded, BiConsumer<RenditionLog, Segment> expired) {
    for (RenditionLog log : List.copyOf(logs)) {
      Optional<Instant> endedAt = log.endedAt();
      if (endedAt.isPresent() && !now.isBefore(endedAt.get().plus(keepEnded))) {
        log.unlistAll(now);
      }
      log.expire(now).forEach(segment -> expired.accept(log, segment));
      if (endedAt.isPresent() && log.holdsNothing()) {
        logs.remove(log);
      }
    }
  }

  /** Forgets what no playlist lists and the store has not taken. */
  void forgetUnstored(BiConsumer<RenditionLog, Segment> forgotten) {
    for (RenditionLog log : logs) {
      log.forgetUnstored().forEach(segment -> forgotten.accept(log, segment));
    }
  }

  /** Drops from memory what the store has and what is not recent; true when there was any. */
  boolean spareMemory(Duration memory) {
    boolean spared = false;
    for (RenditionLog log : logs) {
      spared |= log.spareMemory(memory);
    }
    return spared;
  }

  long unstoredBytes() {
    long sum = 0;
    for (RenditionLog log : logs) {
      sum += log.unstoredBytes();
    }
    return sum;
  }

  /** The duration of the longest playlist that there has been. */
  Duration longest() {
    long longest = 0;
    for (RenditionLog log : logs) {
      longest = Math.max(longest, log.longestNanos());
    }
    return Duration.ofNanos(longest);
  }

  List<Rendition> snapshots() {
    List<Rendition> snapshots = new ArrayList<>(logs.size());
    for (RenditionLog log : logs) {
      snapshots.add(log.snapshot());
    }
    return snapshots;
  }
}
