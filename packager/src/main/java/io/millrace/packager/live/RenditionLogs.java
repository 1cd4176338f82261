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
 * Text has no line of its own; it is listed beside the picture.
 *
 * <p>Confined to the broadcast's home context.
 */
final class RenditionLogs {
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(30);
  private static final int SILENT_TARGETS = 6;

  /** In the order of the multivariant playlist. */
  private final List<RenditionLog> logs = new ArrayList<>();

  private final Map<String, RenditionLog> byLine = new HashMap<>();

  /** Those of before a restart whose tracks have not come again. */
  private final Set<RenditionLog> awaited = new HashSet<>();

  private final Optional<Duration> partTarget;
  private final BiConsumer<RenditionLog, Segment> departed;
  private boolean complete;

  /**
   * Goes on with what was stored: the first of a kind belongs to its first line; where the picture
   * has sound in it, that is the first line's.
   *
   * @param partTarget the longest part, where playlists list parts
   * @param departed is told of each segment that has left its playlist
   */
  RenditionLogs(
      List<RenditionLog> stored,
      Optional<Duration> partTarget,
      BiConsumer<RenditionLog, Segment> departed) {
    this.partTarget = partTarget;
    this.departed = departed;
    Map<String, Integer> lines = new HashMap<>();
    if (stored.stream().anyMatch(log -> log.info().isVideo() && log.info().channels() > 0)) {
      lines.put("audio", 2);
    }
    for (RenditionLog log : stored) {
      if (!log.isEmpty()) {
        insert(log);
        awaited.add(log);
        if (log.info().isText() || log.info().isRung()) {
          byLine.put(log.name(), log);
        } else {
          String kind = log.info().kind();
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
    Set<String> lines = new HashSet<>(byLine.keySet());
    texts().forEach(text -> lines.remove(text.name()));
    return lines;
  }

  /** The renditions of text. */
  List<RenditionInfo> texts() {
    return logs.stream().map(RenditionLog::info).filter(RenditionInfo::isText).toList();
  }

  /**
   * There is text of this kind from now on; nothing where there has been before.
   *
   * @param msn of its first segment
   */
  void openText(RenditionInfo info, long msn) {
    if (!byLine.containsKey(info.name())) {
      begin(info.name(), info, msn);
    }
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

  /** Where the first segment starts that any of them lists; 0 while there is none. */
  long firstNanos() {
    return logs.stream().flatMapToLong(log -> log.firstNanos().stream()).min().orElse(0);
  }

  /** The number of the segment behind the first one's last. */
  long nextMsn() {
    return logs.isEmpty() ? 0 : logs.getFirst().nextMsn();
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
        if (info.isVideo() && !info.isRung()) {
          awaited.removeIf(other -> other.info().isText());
        }
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
      awaited.forEach(behind -> behind.appendGapsBeside(log, targetSeconds, partTarget));
    }
  }

  private void open(String line, RenditionInfo info, long msn) {
    Set<String> taken = new HashSet<>();
    logs.forEach(log -> taken.add(log.name()));
    int number = 1;
    while (taken.contains(RenditionInfo.name(info.kind(), number))) {
      number++;
    }
    RenditionInfo named =
        info.isRung() ? info : info.withName(RenditionInfo.name(info.kind(), number));
    begin(line, named.withFrameRate(0), msn);
  }

  /** All have had the same discontinuities before a segment (HLS D4). */
  private void begin(String line, RenditionInfo info, long msn) {
    long discontinuities = 0;
    for (RenditionLog log : logs) {
      discontinuities = Math.max(discontinuities, log.discontinuitiesBefore(msn));
    }
    RenditionLog log = new RenditionLog(info, msn, discontinuities);
    insert(log);
    byLine.put(line, log);
  }

  /**
   * Whether there is something in each of them to put gaps behind, but for rungs that have yet to
   * start.
   */
  boolean canHaveGaps() {
    return !logs.isEmpty() && logs.stream().noneMatch(log -> !log.info().isRung() && log.isEmpty());
  }

  /** All that have begun, in the order of the multivariant playlist. */
  List<RenditionLog> begun() {
    return logs.stream().filter(log -> !log.isEmpty()).toList();
  }

  /** Adds a gap to all that have begun. */
  void appendGap(Duration length, int targetSeconds, int epoch) {
    for (RenditionLog log : begun()) {
      log.appendGap(length, targetSeconds, epoch, partTarget);
    }
  }

  void trim(Duration window, int targetSeconds, Instant now) {
    for (RenditionLog log : logs) {
      log.trim(window, targetSeconds, now).forEach(segment -> departed.accept(log, segment));
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
