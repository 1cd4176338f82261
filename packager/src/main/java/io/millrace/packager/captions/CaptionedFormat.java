package io.millrace.packager.captions;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.ForwardingFormat;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.SegmentStart;
import io.millrace.packager.segment.TrackWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the captions of the source's picture while another format writes its segments: what is
 * shown in each of them is known once it is cut.
 *
 * <pre>
 *   Segmenter ─► picture's writer ─► samples ─┬─► CaptionReader ─► cues of a segment ─► take
 *                                             └─► the format's own writer ─► the segment
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
public final class CaptionedFormat extends ForwardingFormat {
  /** The line whose captions are read: the picture as it came from its source. */
  public static final String PICTURE = "video";

  private record Shown(long msn, Map<CaptionChannel, List<TimedCaption>> cues) {}

  private final Set<CaptionChannel> present = EnumSet.noneOf(CaptionChannel.class);
  private final Deque<Shown> waiting = new ArrayDeque<>();
  private long damagedBefore;
  private Optional<CaptionReader> reader = Optional.empty();

  /**
   * @param format writes the segments
   */
  public CaptionedFormat(SegmentFormat format) {
    super(format);
  }

  /**
   * What is shown in a segment of the picture; asked for once, in the order of the numbers.
   *
   * @param msn of a segment that has been cut
   * @return of each channel that has shown something so far its cues, none where nobody speaks
   */
  public Map<CaptionChannel, List<TimedCaption>> take(long msn) {
    while (!waiting.isEmpty() && waiting.element().msn < msn) {
      waiting.remove();
    }
    return waiting.isEmpty() || waiting.element().msn > msn ? Map.of() : waiting.remove().cues;
  }

  /** SEI messages, byte pairs, packets and codes that could not be read. */
  public long damaged() {
    return damagedBefore + reader.map(CaptionReader::damaged).orElse(0L);
  }

  @Override
  public TrackWriter open(String line, Track track) {
    TrackWriter writer = super.open(line, track);
    if (!line.equals(PICTURE)) {
      return writer;
    }
    damagedBefore = damaged();
    reader = CaptionReader.of(track);
    return reader.<TrackWriter>map(found -> new PictureWriter(writer, found, track)).orElse(writer);
  }

  /** A segment's cues are known before its writer is told of the cut, and may list it. */
  private final class PictureWriter implements TrackWriter {
    private final TrackWriter writer;
    private final CaptionReader captions;
    private final Track track;

    PictureWriter(TrackWriter writer, CaptionReader captions, Track track) {
      this.writer = writer;
      this.captions = captions;
      this.track = track;
    }

    @Override
    public void begin(SegmentStart start) {
      if (start.discontinuity()) {
        captions.discontinuity(start.mediaNanos());
      }
      writer.begin(start);
    }

    @Override
    public void add(Sample sample, long duration) {
      captions.accept(sample);
      writer.add(sample, duration);
    }

    @Override
    public boolean fills() {
      return writer.fills();
    }

    @Override
    public void fill(long fromTicks, long untilTicks) {
      writer.fill(fromTicks, untilTicks);
    }

    @Override
    public void cut(Cut cut) {
      long until = cut.mediaNanos() + track.timescale().toNanos(cut.durationTicks());
      Map<CaptionChannel, List<TimedCaption>> spoken = captions.cut(until);
      present.addAll(captions.channels());
      Map<CaptionChannel, List<TimedCaption>> cues = new EnumMap<>(CaptionChannel.class);
      present.forEach(channel -> cues.put(channel, spoken.getOrDefault(channel, List.of())));
      waiting.add(new Shown(cut.msn(), cues));
      writer.cut(cut);
    }
  }
}
