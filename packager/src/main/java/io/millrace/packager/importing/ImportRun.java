package io.millrace.packager.importing;

import io.millrace.media.Broadcast;
import io.millrace.media.EndReason;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.media.TrackLabel;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportFailure.Reason;
import io.millrace.packager.ImportRequest;
import io.millrace.packager.MediaReader;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RungMaker;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.LabelledFormat;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.Segmenter;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.FileListener;
import io.millrace.transcoding.Ladder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Packages one file: reads it, cuts it as a broadcast is cut, has its rungs made, and puts the
 * segments. The file waits for whoever is slow, the transcoder or the store; nothing is dropped.
 *
 * <pre>
 *   file ─► Segmenter ─► ImportedLines, ObjectPuts
 *     └──► ImportLadder ─────┘
 *
 *   open ──its tracks──► (somebody looks for room) ──go──► reading ──its end, rungs, puts──► done
 * </pre>
 *
 * <p>Everything happens on its context, on which {@link #open}, {@link #go} and {@link #close} are
 * run too.
 */
final class ImportRun {
  /** Stands still: whoever is late is waited for. */
  private static final Instant NOW = Instant.EPOCH;

  private static final Duration LONGEST = Duration.ofHours(24);

  /** What there is of a file before it is read. */
  record Header(List<Track> tracks, Optional<Duration> duration) {}

  private final Context context;
  private final Broadcast broadcast;
  private final ImportRequest request;
  private final MediaReader reader;
  private final SegmentFormat format;
  private final Segmenter segmenter;
  private final ImportLadder ladder;
  private final ImportedLines lines;
  private final ObjectPuts puts;
  private final Promise<Header> opened = Promise.promise();
  private final Promise<ImportedLines> done = Promise.promise();

  /** What came before it was to go on. */
  private final List<MediaEvent> held = new ArrayList<>();

  private final Map<TrackId, Track> tracks = new HashMap<>();
  private MediaReader.@Nullable Reading reading;
  private boolean going;
  private boolean sourceEnded;
  private volatile long reachedNanos;

  ImportRun(
      Vertx vertx,
      Context context,
      PackagerConfig config,
      Ladder wanted,
      ObjectStore store,
      MediaReader reader,
      Optional<RungMaker> rungs,
      Broadcast broadcast,
      ImportRequest request) {
    this.context = context;
    this.broadcast = broadcast;
    this.request = request;
    this.reader = reader;
    this.lines = new ImportedLines(broadcast);
    this.puts = new ObjectPuts(vertx, context, store, this::goOn, this::notStored);
    CutRules rules =
        new CutRules(config.segmentDuration(), config.targetDuration(), config.partDuration());
    this.ladder =
        new ImportLadder(
            wanted,
            rungs,
            broadcast.stream().toString(),
            context,
            config.segmentDuration(),
            new CmafFormat(rules, this::segmentCut),
            lines::describe,
            this::targetSeconds,
            this::goOn,
            this::fail);
    this.format =
        new LabelledFormat(
            ladder.beside(new CmafFormat(rules, this::segmentCut)), request.labels());
    this.segmenter = new Segmenter(rules, format);
  }

  /** The target duration of the playlists, in seconds. */
  int targetSeconds() {
    return segmenter.targetSeconds();
  }

  /** How far the file has been read. From any thread. */
  Duration reached() {
    return Duration.ofNanos(Math.max(0, reachedNanos));
  }

  /** Opens the file; fails with {@link ImportFailure}. */
  Future<Header> open() {
    reading = reader.open("import", request.file(), context, new Heard());
    return opened.future();
  }

  /** Packages it; fails with {@link ImportFailure}. */
  Future<ImportedLines> go() {
    going = true;
    for (MediaEvent event : held) {
      accept(event);
    }
    held.clear();
    goOn();
    return done.future();
  }

  /**
   * Nothing more is done.
   *
   * @return completes when nothing is on its way to the store any more
   */
  Future<Void> close() {
    if (reading != null) {
      reading.close();
    }
    ladder.close();
    return puts.close();
  }

  /** Ends it, unless it is done. */
  void fail(ImportFailure failure) {
    opened.tryFail(failure);
    done.tryFail(failure);
  }

  private boolean isOver() {
    return done.future().isComplete();
  }

  private void notStored(Throwable failure) {
    fail(
        new ImportFailure(
            Reason.NODE, "the object store does not take it; import it again when it does"));
  }

  private final class Heard implements FileListener {
    @Override
    public void tracks(List<Track> ready, Optional<Duration> duration) {
      Optional<String> objection =
          ready.stream().flatMap(track -> format.objection(track).stream()).findFirst();
      if (objection.isPresent()) {
        fail(new ImportFailure(Reason.FILE, objection.get()));
        return;
      }
      take(new MediaEvent.TracksReady(ready));
      if (opened.tryComplete(new Header(ready, duration)) && reading != null) {
        reading.pause();
      }
    }

    @Override
    public void sample(Sample sample) {
      take(new MediaEvent.SampleReady(sample));
    }

    @Override
    public void ended() {
      take(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    }

    @Override
    public void failed(boolean filesFault, String reason) {
      fail(new ImportFailure(filesFault ? Reason.FILE : Reason.NODE, reason));
    }
  }

  private void take(MediaEvent event) {
    if (isOver()) {
      return;
    }
    if (!going) {
      held.add(event);
      return;
    }
    accept(event);
    goOn();
  }

  private void accept(MediaEvent event) {
    try {
      segmenter.accept(event, NOW);
      switch (event) {
        case MediaEvent.TracksReady(var ready) -> {
          ready.forEach(track -> tracks.put(track.id(), track));
          describe();
        }
        case MediaEvent.SampleReady(var sample) -> {
          Track track = tracks.get(sample.track());
          if (track != null) {
            reachedNanos = Math.max(reachedNanos, track.timescale().toNanos(sample.dts()));
            checkLength();
          }
        }
        case MediaEvent.Ended _ -> sourceEnded = true;
        case MediaEvent.Discontinuity _ -> throw new IllegalStateException("a file has none");
      }
      ladder.accept(event, soundLabel());
    } catch (ImportFailure e) {
      fail(e);
    } catch (MalformedMediaException e) {
      fail(new ImportFailure(Reason.FILE, "the file is damaged: " + e.getMessage()));
    }
  }

  /** All of it is listed in memory. */
  private void checkLength() {
    if (reachedNanos > LONGEST.toNanos()) {
      throw new ImportFailure(
          Reason.FILE, "the file is longer than %d hours; split it".formatted(LONGEST.toHours()));
    }
  }

  private void describe() {
    List<RenditionInfo> infos =
        segmenter.lines().entrySet().stream()
            .map(line -> RenditionInfo.of(line.getKey(), line.getValue()))
            .toList();
    format.renditions(infos).forEach(lines::describe);
  }

  /** What the source's first sound is to viewers. */
  private TrackLabel soundLabel() {
    Track sound = segmenter.lines().get("audio");
    return request.labels().of("audio").orElse(sound == null ? TrackLabel.NONE : sound.label());
  }

  private void segmentCut(CutSegment cut) {
    boolean newHeader = lines.add(cut, segmenter.targetSeconds());
    if (newHeader) {
      var header = cut.header().orElseThrow();
      puts.put(ObjectNames.object(broadcast, cut.rendition(), header.name()), header.bytes());
    }
    if (!cut.gap()) {
      String name = lines.newest(cut.rendition());
      puts.put(ObjectNames.object(broadcast, cut.rendition(), name), cut.bytes());
    }
  }

  /** Reads on, or waits, or is done. */
  private void goOn() {
    if (isOver() || !going) {
      return;
    }
    if (sourceEnded && ladder.isDone() && puts.isEmpty()) {
      if (lines.hasMedia()) {
        done.tryComplete(lines);
      } else {
        fail(
            new ImportFailure(
                Reason.FILE, "the file has nothing that can be decoded: it has no key frame"));
      }
    } else if (!sourceEnded && reading != null) {
      if (ladder.isFull() || puts.isFull()) {
        reading.pause();
      } else {
        reading.resume();
      }
    }
  }
}
