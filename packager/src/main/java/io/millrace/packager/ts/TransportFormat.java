package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackLabel;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.Id3Tag;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.KeyFrame;
import io.millrace.packager.segment.SampleMemory;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.TimedSample;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * MPEG-TS: the picture and the first sound are one rendition, {@code video}, as players expect that
 * know no others; each further sound, or the first where there is no picture, is a rendition of its
 * own. A segment is written when all of its tracks have been cut, with whatever they have: a gap of
 * one is no gap of the other. Where asked for, sound that is away beside pictures is silence
 * ({@link SoundFiller}).
 *
 * <p>What a rendition is made of never changes within a broadcast, so sound that was a rendition
 * before there was a picture stays one.
 */
public final class TransportFormat implements SegmentFormat {
  private static final String PICTURE = "video";

  /**
   * How far the sound may come behind its segment: 300 ms, less than the clock is behind decoding.
   */
  private static final long LATEST = 27_000;

  private final boolean fillsSilence;
  private final Set<String> listed;
  private final MetadataQueue metadata;
  private final Consumer<CutSegment> output;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final Map<String, Program> programs = new HashMap<>();
  private boolean pictureHasSound;
  private long dropped;
  private long unwrittenBytes;

  /** Writes no silence. */
  public TransportFormat(Set<String> listed, Consumer<CutSegment> output) {
    this(false, listed, output);
  }

  /** Nothing comes with the samples. */
  public TransportFormat(boolean fillsSilence, Set<String> listed, Consumer<CutSegment> output) {
    this(fillsSilence, listed, new MetadataQueue(), output);
  }

  /**
   * @param fillsSilence whether sound that is away beside pictures is silence, where that can be
   *     made
   * @param listed names of the renditions that the broadcast has already
   * @param metadata what is to come with the samples
   */
  public TransportFormat(
      boolean fillsSilence,
      Set<String> listed,
      MetadataQueue metadata,
      Consumer<CutSegment> output) {
    this.fillsSilence = fillsSilence;
    this.listed = Set.copyOf(listed);
    this.metadata = metadata;
    this.output = output;
  }

  @Override
  public Optional<String> objection(Track track) {
    try {
      Streams.of(track);
      return Optional.empty();
    } catch (UnsupportedMediaException e) {
      return Optional.of(Objects.toString(e.getMessage(), "MPEG-TS cannot carry this track"));
    }
  }

  @Override
  public boolean fillsSound(Track track) {
    return fillsSilence && SilentFrame.of(track).isPresent();
  }

  @Override
  public TrackWriter open(String name, Track track) {
    Line line = lines.get(name);
    if (line == null) {
      String rendition = renditionOf(name);
      pictureHasSound |= rendition.equals(PICTURE) && !name.equals(PICTURE);
      Program program = programs.computeIfAbsent(rendition, Program::new);
      line = new Line(program, name.equals(PICTURE));
      program.lines.add(line);
      lines.put(name, line);
    }
    line.use(track);
    return line;
  }

  @Override
  public long dropped() {
    long covered = 0;
    for (Program program : programs.values()) {
      covered += program.filler.dropped();
    }
    return dropped + covered;
  }

  @Override
  public long unwrittenBytes() {
    return unwrittenBytes;
  }

  @Override
  public boolean writesDurations() {
    return false;
  }

  @Override
  public void close(String name) {
    Line line = lines.get(name);
    if (line != null) {
      line.stream = null;
    }
  }

  @Override
  public boolean isShared(String name) {
    Line line = lines.get(name);
    String rendition = line == null ? renditionOf(name) : line.program.rendition;
    return !rendition.equals(name);
  }

  @Override
  public List<RenditionInfo> renditions(List<RenditionInfo> tracks) {
    Map<String, List<RenditionInfo>> members = new LinkedHashMap<>();
    for (RenditionInfo track : tracks) {
      Line line = lines.get(track.name());
      String rendition = line == null ? track.name() : line.program.rendition;
      members.computeIfAbsent(rendition, name -> new ArrayList<>()).add(track);
    }
    List<RenditionInfo> renditions = new ArrayList<>();
    members.forEach(
        (name, infos) ->
            infos.stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .ifPresent(main -> renditions.add(muxed(main, infos))));
    return renditions;
  }

  private static RenditionInfo muxed(RenditionInfo main, List<RenditionInfo> members) {
    String codecs = String.join(",", members.stream().map(RenditionInfo::codecs).toList());
    int channels = members.stream().mapToInt(RenditionInfo::channels).max().orElse(0);
    TrackLabel label =
        members.stream()
            .filter(info -> !info.isVideo())
            .map(RenditionInfo::label)
            .findFirst()
            .orElse(TrackLabel.NONE);
    return new RenditionInfo(
        main.name(), codecs, main.width(), main.height(), channels, main.frameRate(), label);
  }

  private String renditionOf(String line) {
    boolean picture = lines.containsKey(PICTURE) || listed.contains(PICTURE);
    boolean isOwn = line.equals(PICTURE) || pictureHasSound || !picture || listed.contains(line);
    return isOwn ? line : PICTURE;
  }

  /** The samples of one line, and its segments that wait for those of others. */
  private final class Line implements TrackWriter {
    private final Program program;
    private final boolean picture;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<TimedSample> samples = new ArrayList<>();
    private Timescale timescale = Timescale.VIDEO;
    private @Nullable Track track;
    private @Nullable ElementaryStream stream;
    private @Nullable SilentFrame silence;

    Line(Program program, boolean picture) {
      this.program = program;
      this.picture = picture;
    }

    void use(Track next) {
      timescale = next.timescale();
      stream = Streams.of(next);
      silence = fillsSilence ? SilentFrame.of(next).orElse(null) : null;
      track = next;
    }

    @Override
    public void add(Sample sample, long duration) {
      if (stream == null || !stream.carries(sample)) {
        dropped++;
      } else {
        samples.add(new TimedSample(sample, duration));
      }
    }

    @Override
    public boolean fills() {
      return false;
    }

    @Override
    public void fill(long fromTicks, long untilTicks) {
      throw new UnsupportedOperationException("silence is written with the pictures beside it");
    }

    @Override
    public void cut(Cut cut) {
      Multiplex.Content content =
          stream == null ? null : new Multiplex.Content(stream, List.copyOf(samples));
      Waiting next = new Waiting(cut, timescale, content, silence, keyFrame());
      unwrittenBytes += next.bytes();
      waiting.add(next);
      samples = new ArrayList<>();
      program.write();
    }

    private Optional<KeyFrame> keyFrame() {
      return picture && track != null && !samples.isEmpty() && samples.getFirst().sample().sync()
          ? Optional.of(new KeyFrame(track, samples.getFirst().sample(), 0))
          : Optional.empty();
    }
  }

  /**
   * A track's segment that is cut but not written.
   *
   * @param content null when there is no such track at this time
   * @param silence null where none is written
   */
  private record Waiting(
      Cut cut,
      Timescale timescale,
      Multiplex.@Nullable Content content,
      @Nullable SilentFrame silence,
      Optional<KeyFrame> keyFrame) {
    int frames() {
      return content == null ? 0 : content.samples().size();
    }

    /** How long they last. */
    long framesTicks() {
      return content == null
          ? 0
          : content.samples().stream().mapToLong(TimedSample::duration).sum();
    }

    long bytes() {
      return content == null
          ? 0
          : content.samples().stream().mapToLong(each -> SampleMemory.of(each.sample())).sum();
    }
  }

  /** One rendition: the picture's line leads where it has one. */
  private final class Program {
    private final String rendition;
    private final Multiplex multiplex = new Multiplex();
    private final SoundFiller filler = new SoundFiller();
    private final List<Line> lines = new ArrayList<>();
    private boolean begun;

    Program(String rendition) {
      this.rendition = rendition;
    }

    /** Writes each segment that all lines have been cut for. */
    void write() {
      while (lines.stream().noneMatch(line -> line.waiting.isEmpty())) {
        Waiting picture = null;
        Waiting sound = null;
        for (Line line : lines) {
          Waiting first = line.waiting.removeFirst();
          unwrittenBytes -= first.bytes();
          if (line.picture) {
            picture = first;
          } else {
            sound = first;
          }
        }
        output.accept(segment(picture, sound));
      }
    }

    /** The clock of a new timeline starts with whatever is decoded first. */
    private long clockStart(Waiting lead, @Nullable Waiting sound) {
      long start = MediaClock.of(lead.cut.startTicks(), lead.timescale);
      boolean isNew = !begun || lead.cut.discontinuity();
      begun = true;
      if (!isNew || sound == null || sound.frames() == 0) {
        return start;
      }
      Sample first = Objects.requireNonNull(sound.content).samples().getFirst().sample();
      return Math.min(start, MediaClock.of(first.dts(), sound.timescale));
    }

    /** What is heard in a segment: the sound that is in time, and silence beside the pictures. */
    private Multiplex.@Nullable Content heard(
        @Nullable Waiting picture, @Nullable Waiting sound, long start) {
      if (sound == null || sound.content == null) {
        return null;
      }
      ElementaryStream stream = sound.content.stream();
      List<TimedSample> samples = inTime(sound, sound.content.samples(), start);
      SilentFrame silence = sound.silence;
      if (silence == null) {
        return new Multiplex.Content(stream, samples);
      }
      if (picture == null || picture.frames() == 0) {
        return new Multiplex.Content(stream, filler.pass(samples, silence));
      }
      Cut cut = picture.cut;
      long endNanos = cut.mediaNanos() + picture.timescale.toNanos(cut.durationTicks());
      return new Multiplex.Content(
          stream,
          filler.fill(
              samples,
              silence,
              sound.timescale.ofNanos(cut.mediaNanos()),
              sound.timescale.ofNanos(endNanos)));
    }

    /**
     * The sound without what is later than a decoder could use: the programme clock is past it, and
     * the segments that it belongs to are listed.
     */
    private List<TimedSample> inTime(Waiting sound, List<TimedSample> samples, long start) {
      int late = 0;
      while (late < samples.size()
          && MediaClock.of(samples.get(late).sample().dts(), sound.timescale) < start - LATEST) {
        late++;
      }
      dropped += late;
      return samples.subList(late, samples.size());
    }

    /** What players are told with a segment; a gap has no place for it. */
    private List<Unit> tags(Waiting lead) {
      if (lead.frames() == 0) {
        return List.of();
      }
      long end = lead.cut.mediaNanos() + lead.timescale.toNanos(lead.cut.durationTicks());
      List<Unit> tags = new ArrayList<>();
      for (TimedMetadata due : metadata.take(rendition, rendition.equals(PICTURE), end)) {
        Id3Tag.of(due.content()).ifPresent(tag -> tags.add(Id3Stream.unit(due.mediaNanos(), tag)));
      }
      return tags;
    }

    private CutSegment segment(@Nullable Waiting picture, @Nullable Waiting sound) {
      Waiting lead = Objects.requireNonNull(picture == null ? sound : picture);
      Cut cut = lead.cut;
      long start = clockStart(lead, sound);
      if (cut.discontinuity()) {
        filler.startTimeline();
      }
      boolean soundAlone = picture == null || picture.content == null;
      Buffer bytes =
          multiplex.write(
              picture == null ? null : picture.content,
              heard(picture, sound, start),
              tags(lead),
              start,
              MediaClock.of(cut.startTicks() + cut.durationTicks(), lead.timescale),
              cut.discontinuity());
      return new CutSegment(
          rendition,
          cut.msn(),
          Optional.empty(),
          cut.durationTicks(),
          lead.timescale,
          cut.mediaNanos(),
          cut.discontinuity(),
          soundAlone || lead.keyFrame.isPresent(),
          bytes,
          List.of(),
          lead.frames(),
          lead.framesTicks(),
          lead.keyFrame.map(
              key -> new KeyFrame(key.track(), key.sample(), multiplex.firstPictureEnd())));
    }
  }
}
