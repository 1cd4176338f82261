package io.millrace.packager.metadata;

import io.millrace.media.cue.TimedMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The timed metadata of one broadcast that is to come in its files, by its time. Each file format
 * takes what is due with the media that it writes; what comes once is taken once by each line.
 * Confined to the broadcast's home context.
 */
public final class MetadataQueue {
  /** So long it is kept for lines that come late. */
  private static final long KEPT_NANOS = 30_000_000_000L;

  private static final class Entry {
    private final TimedMetadata metadata;
    private final Set<String> takenBy = new HashSet<>();

    Entry(TimedMetadata metadata) {
      this.metadata = metadata;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private boolean hasPictures;

  /** Whether pictures carry it; else every sound does. */
  public void setPictures(boolean pictures) {
    hasPictures = pictures;
  }

  /** Adds what is to come. */
  public void add(TimedMetadata metadata) {
    entries.add(new Entry(metadata));
    entries.sort(Comparator.comparingLong(entry -> entry.metadata.mediaNanos()));
  }

  /**
   * What a line's files have to say with the media up to a time, and have not said yet.
   *
   * @param picture whether the line is one of pictures
   * @param untilNanos in presentation time
   */
  public List<TimedMetadata> take(String line, boolean picture, long untilNanos) {
    if (picture != hasPictures || entries.isEmpty()) {
      return List.of();
    }
    List<TimedMetadata> due = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.metadata.mediaNanos() < untilNanos && entry.takenBy.add(line)) {
        due.add(entry.metadata);
      }
    }
    return due;
  }

  /** What no line has taken, by its time. */
  public List<TimedMetadata> pending() {
    return entries.stream()
        .filter(entry -> entry.takenBy.isEmpty())
        .map(entry -> entry.metadata)
        .toList();
  }

  /**
   * Forgets what everybody has had who could.
   *
   * @param edgeNanos how far the media has come
   */
  public void forget(long edgeNanos) {
    entries.removeIf(entry -> entry.metadata.mediaNanos() < edgeNanos - KEPT_NANOS);
  }
}
