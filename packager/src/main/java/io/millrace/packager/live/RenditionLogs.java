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

/**
 * The renditions of one broadcast, each of which lives as long as the broadcast does. A line of the
 * segmenter writes one of them; as long as its track is away it lists gaps:
 *
 * <pre>
 *   line ──► rendition ──its track is away──► gaps ──it comes again──► media
 *   after a restart, until a line is opened for it: a gap for each segment of the first that has one
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

  /** Those of before a restart whose tracks have not come again. */
  private final Set<RenditionLog> awaited = new HashSet<>();

  private boolean complete;

  /**
   * Goes on with what was stored: the first of a kind belongs to its first line; where the picture
   * has sound in it, that is the first line's.
   */
  RenditionLogs(List<RenditionLog> stored) {
    Map<String, Integer> lines = new HashMap<>();
    if (stored.stream().anyMatch(log -> log.info().isVideo() && log.info().channels() > 0)) {
      lines.put("audio", 2);
    }
    for (RenditionLog log : stored) {
      if (!log.isEmpty()) {
        insert(log);
        awaited.add(log);
        String kind = log.info().kind();
        if (log.info().isRung()) {
          byLine.put(log.name(), log);
        } else {
          byLine.put(RenditionInfo.name(kind, lines.getOrDefault(kind, 1)), log);
          lines.merge(kind, 2, (number, two) -> number + 1);
        }
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

  /** Whether every rendition of the source has had a segment, so that players may be told. */
  boolean isComplete() {
    if (!complete) {
      complete =
          !logs.isEmpty() && logs.stream().noneMatch(log -> !log.info().isRung() && log.isEmpty());
    }
    return complete;
  }

  /** To where they reach by the wall clock. */
  Optional<Instant> end() {
    return logs.stream().flatMap(log -> log.end().stream()).findFirst();
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
        awaited.remove(log);
        RenditionInfo same = info.withName(log.name()).withFrameRate(log.info().frameRate());
        if (!same.equals(log.info())) {
          log.describe(info.withName(log.name()));
        }
      }
    }
  }

  /** The rendition of a name. */
  Optional<RenditionLog> named(String name) {
    for (RenditionLog log : logs) {
      if (log.name().equals(name)) {
        return Optional.of(log);
      }
    }
    return Optional.empty();
  }

  /** The rendition that a line's segments will belong to, if it has one already. */
  Optional<RenditionLog> findLine(String line) {
    return Optional.ofNullable(byLine.get(line));
  }

  /** The rendition that a line's segments belong to. */
  RenditionLog ofLine(String line) {
    RenditionLog log = byLine.get(line);
    if (log == null) {
      throw new IllegalStateException("a segment of no rendition: " + line);
    }
    return log;
  }

  /**
   * Lists a segment; the first rendition that has media again takes those along that wait for
   * theirs.
   */
  void append(RenditionLog log, Segment segment, int targetSeconds) {
    log.append(segment, targetSeconds);
    if (!awaited.isEmpty()
        && logs.stream().filter(l -> !awaited.contains(l)).findFirst().orElse(log) == log) {
      awaited.forEach(behind -> behind.appendGapsBeside(log, targetSeconds));
    }
  }

  /** All have had the same discontinuities before a segment (HLS D4). */
  private void open(String line, RenditionInfo info, long msn) {
    Set<String> taken = new HashSet<>();
    long discontinuities = 0;
    for (RenditionLog log : logs) {
      taken.add(log.name());
      discontinuities = Math.max(discontinuities, log.discontinuitiesBefore(msn));
    }
    int number = 1;
    while (taken.contains(RenditionInfo.name(info.kind(), number))) {
      number++;
    }
    RenditionInfo named =
        info.isRung() ? info : info.withName(RenditionInfo.name(info.kind(), number));
    RenditionLog log = new RenditionLog(named.withFrameRate(0), msn, discontinuities);
    insert(log);
    byLine.put(line, log);
  }

  /**
   * Adds gaps to all, but to a rung that has yet to start; false when there is another one that has
   * nothing to put them behind.
   */
  boolean appendGaps(int count, int seconds, int epoch) {
    if (logs.isEmpty() || logs.stream().anyMatch(log -> !log.info().isRung() && log.isEmpty())) {
      return false;
    }
    for (RenditionLog log : logs) {
      for (int i = 0; i < count && !log.isEmpty(); i++) {
        log.appendGap(seconds, epoch);
      }
    }
    return true;
  }

  void trim(Duration window, int targetSeconds, Instant now) {
    for (RenditionLog log : logs) {
      log.trim(window, targetSeconds, now);
    }
  }

  /**
   * Forgets what nobody can still ask for.
   *
   * @param expired is told of each segment
   */
  void expire(Instant now, BiConsumer<RenditionLog, Segment> expired) {
    for (RenditionLog log : logs) {
      log.expire(now).forEach(segment -> expired.accept(log, segment));
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

  /**
   * As others see them.
   *
   * @param partsListed how near to the end parts are listed
   */
  List<Rendition> snapshots(int targetSeconds, Duration partsListed) {
    Duration patience =
        logs.isEmpty() ? RenditionLog.FOR_EVER : liveliest().plus(longestSilence(targetSeconds));
    List<Rendition> snapshots = new ArrayList<>(logs.size());
    for (RenditionLog log : logs) {
      snapshots.add(log.snapshot(patience, partsListed));
    }
    return snapshots;
  }

  /** An outage of everything makes nobody silent. */
  private Duration liveliest() {
    Duration least = RenditionLog.FOR_EVER;
    for (RenditionLog log : logs) {
      least = log.silence().compareTo(least) < 0 ? log.silence() : least;
    }
    return least;
  }

  private static Duration longestSilence(int targetSeconds) {
    Duration targets = Duration.ofSeconds((long) SILENT_TARGETS * targetSeconds);
    return targets.compareTo(LEAST_SILENCE) > 0 ? targets : LEAST_SILENCE;
  }
}
