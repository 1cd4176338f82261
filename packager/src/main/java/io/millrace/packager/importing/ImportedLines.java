package io.millrace.packager.importing;

import io.millrace.media.Broadcast;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.FrameRate;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has been cut of a file, by rendition, and the records that come of it. Of a day it is some
 * hundred thousand segments. Confined to one context until nothing more is added.
 */
final class ImportedLines {
  /** Numbers in one chunk. */
  private static final int CHUNK = 1024;

  /** Its objects are written once. */
  private static final int EPOCH = 1;

  private final Broadcast broadcast;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  ImportedLines(Broadcast broadcast) {
    this.broadcast = broadcast;
  }

  /** One rendition. */
  private static final class Line {
    private final List<Segment> segments = new ArrayList<>();
    private final Map<String, RenditionInfo> formats = new HashMap<>();
    private RenditionInfo info;
    private BitRate rate = BitRate.NONE;

    Line(RenditionInfo info) {
      this.info = info;
    }

    private void measured(double frameRate) {
      info = info.withFrameRate(frameRate);
      formats.replaceAll(
          (header, format) -> format.frameRate() == 0 ? format.withFrameRate(frameRate) : format);
    }
  }

  /** The segments of a rendition are these from now on. */
  void describe(RenditionInfo info) {
    Line known = lines.get(info.name());
    if (known == null) {
      lines.put(info.name(), new Line(info));
    } else {
      known.info = info;
    }
  }

  /**
   * Adds the next segment of a rendition that was described.
   *
   * @return whether its header has not been there before
   */
  boolean add(CutSegment cut, int targetSeconds) {
    Line line = lines.get(cut.rendition());
    if (line == null) {
      throw new IllegalStateException("a segment of " + cut.rendition());
    }
    Segment segment = segment(cut);
    line.segments.add(segment);
    line.rate = line.rate.with(segment, targetSeconds);
    boolean isNew =
        cut.header().isPresent()
            && line.formats.putIfAbsent(cut.header().get().name(), line.info) == null;
    if (line.info.isVideo() && line.info.frameRate() == 0 && !cut.gap() && cut.frames() > 1) {
      line.measured(FrameRate.of(cut.frames(), cut.framesTicks(), cut.timescale()));
    }
    return isNew;
  }

  private Segment segment(CutSegment cut) {
    return new Segment(
        cut.msn(),
        EPOCH,
        cut.header().map(Header::name).orElse(Segment.NO_INIT),
        cut.durationTicks(),
        cut.timescale().ticksPerSecond(),
        cut.mediaNanos(),
        date(cut.mediaNanos()),
        cut.discontinuity(),
        cut.gap(),
        cut.independent(),
        cut.bytes().length(),
        cut.keyFrame().map(key -> key.end()).orElse(0),
        List.of(),
        Optional.empty(),
        true);
  }

  /** As if it were on air from when it was imported. */
  private Instant date(long mediaNanos) {
    return broadcast.startedAt().plusNanos(mediaNanos);
  }

  /** The newest segment of a rendition, as it is called in the store. */
  String newest(String rendition) {
    Line line = lines.get(rendition);
    return line == null ? "" : line.segments.getLast().name();
  }

  /** Whether there is any media. */
  boolean hasMedia() {
    return lines.values().stream()
        .flatMap(line -> line.segments.stream())
        .anyMatch(segment -> !segment.gap());
  }

  /** Bytes of all segments. */
  long bytes() {
    return lines.values().stream()
        .flatMap(line -> line.segments.stream())
        .mapToLong(Segment::size)
        .sum();
  }

  /** Chunks by their names behind the broadcast's prefix, in order. */
  Map<String, RecordedChunk> chunks() {
    Map<String, List<Segment>> all = new LinkedHashMap<>();
    lines.forEach((name, line) -> all.put(name, line.segments));
    Map<String, RecordedChunk> chunks = new LinkedHashMap<>();
    for (long first = 0; first < nextMsn(); first += CHUNK) {
      chunks.put(ObjectNames.chunk(first, EPOCH), RecordedChunk.of(all, first, first + CHUNK));
    }
    return chunks;
  }

  private long nextMsn() {
    return lines.values().stream()
        .filter(line -> !line.segments.isEmpty())
        .mapToLong(line -> line.segments.getLast().msn() + 1)
        .max()
        .orElse(0);
  }

  /**
   * The asset's record, in the making.
   *
   * @param targetSeconds the target duration of its playlists
   */
  AssetRecord record(String title, int targetSeconds) {
    List<Rendition> renditions = new ArrayList<>();
    int width = 0;
    int height = 0;
    Duration duration = Duration.ZERO;
    for (Line line : lines.values()) {
      if (!line.segments.isEmpty()) {
        renditions.add(
            Rendition.recorded(
                line.info, line.formats, line.segments.getLast().msn() + 1, line.rate));
        long nanos = line.segments.stream().mapToLong(Segment::durationNanos).sum();
        duration =
            duration.compareTo(Duration.ofNanos(nanos)) < 0 ? Duration.ofNanos(nanos) : duration;
      }
      for (RenditionInfo format : line.formats.values()) {
        if (format.width() > width) {
          width = format.width();
          height = format.height();
        }
      }
    }
    renditions.sort(Comparator.comparing(Rendition::info, RenditionInfo.ORDER));
    Instant endsAt = broadcast.startedAt().plus(duration);
    return new AssetRecord(
        new Asset(
            broadcast.id(),
            broadcast.tenant(),
            broadcast.stream(),
            broadcast.startedAt(),
            endsAt,
            duration,
            bytes(),
            width,
            height,
            true,
            endsAt,
            title,
            new AssetSource.Whole()),
        AssetRecord.Stage.MAKING,
        targetSeconds,
        List.copyOf(chunks().keySet()),
        renditions);
  }
}
