package io.millrace.packager.metadata;

import io.millrace.media.cue.TimedMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The timed metadata of one broadcast that is to come in its files, by its time. Each file format
 * takes what is due with the media that it writes; what comes once is taken once by each line.
 *
 * <pre>
 *   add ──► pending ──the first line takes it──► kept for the others ──► forgotten
 *                                                 30 s, 4,000 and 4 MiB at most: the oldest goes
 * </pre>
 *
 * <p>What is pending is for whoever adds to bound, by {@link #pendingCount} and {@link
 * #pendingBytes}. Confined to the broadcast's home context.
 */
public final class MetadataQueue {
  /** So long it is kept for lines that come late. */
  private static final long KEPT_NANOS = 30_000_000_000L;

  static final int MOST_KEPT = 4000;
  static final int MOST_KEPT_BYTES = 4 << 20;

  /** One of them, equal to itself alone. */
  private static final class Entry {
    private final TimedMetadata metadata;
    private final int bytes;

    /** Its place among all that came. */
    private final long number;

    Entry(TimedMetadata metadata, int bytes, long number) {
      this.metadata = metadata;
      this.bytes = bytes;
      this.number = number;
    }
  }

  private static final Comparator<Entry> ORDER =
      Comparator.<Entry>comparingLong(entry -> entry.metadata.mediaNanos())
          .thenComparingLong(entry -> entry.number);

  private final NavigableSet<Entry> entries = new TreeSet<>(ORDER);

  /** Of {@link #entries}, what some line has taken, in the order in which that was. */
  private final LinkedHashSet<Entry> kept = new LinkedHashSet<>();

  /** By line, of {@link #entries}, what it has not taken. */
  private final Map<String, NavigableSet<Entry>> ahead = new HashMap<>();

  private boolean hasPictures;
  private long added;
  private long bytes;
  private long keptBytes;

  /** Whether pictures carry it; else every sound does. */
  public void setPictures(boolean pictures) {
    hasPictures = pictures;
  }

  /**
   * Adds what is to come.
   *
   * @param size in bytes, as {@link #pendingBytes} counts it
   */
  public void add(TimedMetadata metadata, int size) {
    Entry entry = new Entry(metadata, size, added++);
    entries.add(entry);
    ahead.values().forEach(line -> line.add(entry));
    bytes += size;
  }

  /**
   * What a line's files have to say with the media up to a time, and have not said yet.
   *
   * @param picture whether the line is one of pictures
   * @param untilNanos in presentation time
   */
  public List<TimedMetadata> take(String line, boolean picture, long untilNanos) {
    if (picture != hasPictures) {
      return List.of();
    }
    NavigableSet<Entry> its = ahead.computeIfAbsent(line, first -> new TreeSet<>(entries));
    if (its.isEmpty() || its.first().metadata.mediaNanos() >= untilNanos) {
      return List.of();
    }
    List<TimedMetadata> due = new ArrayList<>();
    while (!its.isEmpty() && its.first().metadata.mediaNanos() < untilNanos) {
      Entry entry = its.removeFirst();
      due.add(entry.metadata);
      keep(entry);
    }
    return due;
  }

  private void keep(Entry entry) {
    if (kept.add(entry)) {
      keptBytes += entry.bytes;
    }
    while (kept.size() > MOST_KEPT || keptBytes > MOST_KEPT_BYTES) {
      drop(kept.getFirst());
    }
  }

  private void drop(Entry entry) {
    entries.remove(entry);
    ahead.values().forEach(line -> line.remove(entry));
    bytes -= entry.bytes;
    if (kept.remove(entry)) {
      keptBytes -= entry.bytes;
    }
  }

  /** What no line has taken, by its time. */
  public List<TimedMetadata> pending() {
    return entries.stream()
        .filter(entry -> !kept.contains(entry))
        .map(entry -> entry.metadata)
        .toList();
  }

  /** How many no line has taken. */
  public int pendingCount() {
    return entries.size() - kept.size();
  }

  /** The bytes of those that no line has taken. */
  public long pendingBytes() {
    return bytes - keptBytes;
  }

  /**
   * Forgets what everybody has had who could.
   *
   * @param edgeNanos how far the media has come
   */
  public void forget(long edgeNanos) {
    while (!entries.isEmpty() && entries.first().metadata.mediaNanos() < edgeNanos - KEPT_NANOS) {
      drop(entries.first());
    }
  }
}
