package io.millrace.transcoding;

import io.millrace.children.BackOff;
import io.millrace.media.EndReason;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.RungWish;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transcoding of one broadcast: takes its events, gives those of every rung, and keeps a
 * transcoder running for it, one process for one broadcast.
 *
 * <pre>
 *   Idle ──tracks that have rungs──> Starting ──its hello──> Running ──Ended──> Stopped
 *                                        │ (it ends, or does not answer)  │
 *                                        └────────> Restarting <──────────┘
 *                                 (nothing can be made of it) ──> Refused ──other tracks──> Starting
 * </pre>
 *
 * <p>Confined to the stream's home context, but for {@link #state}.
 */
public final class Transcoding {
  private static final Logger LOGGER = LoggerFactory.getLogger(Transcoding.class);
  private static final long WATCH_MILLIS = 250;
  private static final Duration STOP_GRACE = Duration.ofSeconds(1);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Transcoders all;
  private final String stream;
  private final TranscodingWish wish;
  private final RungListener listener;
  private final Child.Place place;
  private final SourceQueue queue;
  private final BackOff backOff = new BackOff();
  private final Map<Rung, RungOutput> outputs = new EnumMap<>(Rung.class);
  private final Map<Rung, String> encoders = new EnumMap<>(Rung.class);

  private volatile TranscoderState state = new TranscoderState.Idle();

  private Set<Rung> rungs = EnumSet.noneOf(Rung.class);
  private List<Track> tracks = List.of();
  private @Nullable Child child;
  private boolean ready;
  private boolean closed;
  private @Nullable EndReason ending;
  private ChildFailure failure = ChildFailure.DIED;

  /** Why it was given up; null while it is not. */
  private @Nullable String failureReason;

  private final long watch;

  /** When the child was started, became ready, answered, or was owed an answer again; the last. */
  private long heardNanos;

  private long startedNanos;
  private long readyNanos;
  private long answered;
  private long skipped;
  private final DropReports drops = new DropReports();

  Transcoding(
      Transcoders all,
      String stream,
      TranscodingWish wish,
      RungListener listener,
      Child.Place place) {
    this.all = all;
    this.stream = stream;
    this.wish = wish;
    this.listener = listener;
    this.place = place;
    this.queue =
        new SourceQueue(
            wish.whole()
                ? SourceQueue.Limits.none()
                : SourceQueue.Limits.behind(all.config().maxBehind().toNanos()));
    this.watch = place.vertx().setPeriodic(WATCH_MILLIS, _ -> watch());
  }

  /** What it is doing. From any thread. */
  public TranscoderState state() {
    return state;
  }

  /** The process that works for it now; negative while there is none. */
  public long pid() {
    return child == null ? -1 : child.pid();
  }

  /** The source's next event. */
  public void accept(MediaEvent event) {
    if (closed || ending != null) {
      return;
    }
    switch (event) {
      case MediaEvent.TracksReady(var next) -> tracks(next);
      case MediaEvent.SampleReady(var sample) -> {
        if (!rungs.isEmpty() && !(state instanceof TranscoderState.Refused)) {
          queue.sample(sample);
        }
      }
      case MediaEvent.Discontinuity(long mediaNanos) -> {
        if (child != null) {
          queue.discontinuity(mediaNanos);
        }
      }
      case MediaEvent.Ended(var reason) -> end(reason);
    }
    pump();
  }

  /** The source's next picture starts a segment: it is a key frame of every rung. */
  public void startSegment() {
    queue.startSegment();
  }

  /** Ends it at once; what is under way is lost. */
  public void close() {
    if (!closed) {
      closed = true;
      place.vertx().cancelTimer(watch);
      state = new TranscoderState.Stopped();
      all.ended(this);
      if (child != null) {
        child.stop(STOP_GRACE);
      }
    }
  }

  private void tracks(List<Track> next) {
    boolean same = next.equals(tracks);
    Set<Rung> wanted = EnumSet.copyOf(wish.ladder().rungsFor(next));
    wanted.remove(Rung.COPY);
    outputs.values().forEach(output -> output.keep(ids(next)));
    tracks = next;
    rungs = wanted;
    encoders.keySet().retainAll(wanted);
    if (child != null || !wanted.isEmpty()) {
      queue.tracks(next, wanted.stream().map(rung -> wish(rung, next)).toList());
    }
    boolean begins =
        state instanceof TranscoderState.Idle
            || (state instanceof TranscoderState.Refused && !same);
    if (begins && !wanted.isEmpty()) {
      state = new TranscoderState.Starting();
      if (child == null) {
        startChild();
      }
    }
  }

  private static Set<TrackId> ids(List<Track> tracks) {
    return tracks.stream().map(Track::id).collect(Collectors.toSet());
  }

  private static RungWish wish(Rung rung, List<Track> tracks) {
    double frames = Ladder.pictures(tracks).map(format -> format.picture().frameRate()).orElse(0.0);
    return new RungWish(rung.number(), rung.lines(), rung.bitRate(frames));
  }

  private void end(EndReason reason) {
    ending = reason;
    queue.end();
    if (child == null) {
      finished();
    }
  }

  /** Everything that will come has come. */
  private void finished() {
    if (closed) {
      return;
    }
    EndReason reason = ending == null ? EndReason.SHUTDOWN : ending;
    close();
    outputs.values().forEach(output -> output.ended(reason));
    listener.over(Optional.empty());
  }

  /** Of a source that is to be transcoded whole, nothing can be made up for. */
  private void lost(String reason) {
    if (!closed) {
      close();
      listener.over(Optional.of(reason));
    }
  }

  private void startChild() {
    ready = false;
    failure = ChildFailure.START;
    answered = 0;
    skipped = 0;
    heardNanos = System.nanoTime();
    startedNanos = heardNanos;
    all.metrics().running.inc();
    child =
        Child.start(
            place,
            new Child.Listener() {
              @Override
              public void frame(Frame frame) {
                received(frame);
              }

              @Override
              public void ended(String reason) {
                childEnded(reason);
              }
            });
  }

  private void pump() {
    Child to = child;
    if (to == null || !ready) {
      return;
    }
    boolean owed = queue.isOwed();
    for (Frame frame = queue.poll(); frame != null; frame = queue.poll()) {
      to.send(frame);
    }
    if (!owed && queue.isOwed()) {
      heardNanos = System.nanoTime();
    }
  }

  private void received(Frame frame) {
    heardNanos = System.nanoTime();
    switch (frame) {
      case Frame.Hello hello -> greeted(hello);
      case Frame.Taken taken -> {
        queue.answered(taken.samples() - answered);
        all.metrics().skipped.inc(taken.skipped() - skipped);
        answered = taken.samples();
        skipped = taken.skipped();
        pump();
        listener.taken(queue.unanswered());
      }
      case Frame.RungTracks(int number, String encoder, var next) ->
          rungTracks(number, encoder, next.stream().map(WireMedia::track).toList());
      case Frame.RungSample(int number, var sample) ->
          output(number).sample(WireMedia.sample(sample));
      case Frame.RungBreak(int number, long mediaNanos) -> output(number).broken(mediaNanos);
      case Frame.Still still ->
          listener.still(
              new Still(
                  still.wish(),
                  still.mediaNanos(),
                  still.width(),
                  still.height(),
                  WireMedia.buffer(still.jpeg())));
      case Frame.Refused(String reason) -> refused(reason);
      case Frame.Ended() -> finished();
      case Frame.Open _,
          Frame.Tracks _,
          Frame.SourceSample _,
          Frame.Break _,
          Frame.End _,
          Frame.KeyFrame _,
          Frame.Tile _,
          Frame.Sheet _,
          Frame.OpenFile _,
          Frame.FileTracks _,
          Frame.FileSample _ ->
          throw new MalformedMediaException("frame", 0, "is not a transcoder's");
    }
  }

  private void greeted(Frame.Hello hello) {
    if (hello.version() != Frame.VERSION) {
      failed(
          ChildFailure.START,
          "it speaks version %d of the protocol, this server %d"
              .formatted(hello.version(), Frame.VERSION));
      return;
    }
    LOGGER
        .atInfo()
        .addKeyValue("stream", stream)
        .addKeyValue("program", hello.program())
        .addKeyValue("encoders", String.join(",", hello.encoders()))
        .log("transcoder is ready");
    ready = true;
    readyNanos = System.nanoTime();
    failure = ChildFailure.DIED;
    state = new TranscoderState.Running(encoders);
    Child to = child;
    if (to != null) {
      to.send(new Frame.Hello(Frame.VERSION, "millrace", List.of()));
      to.send(wish.open(all.config()));
    }
    pump();
  }

  private void rungTracks(int number, String encoder, List<Track> next) {
    if (next.isEmpty()) {
      output(number).away();
      return;
    }
    output(number).tracks(next);
    Rung rung = rung(number);
    if (rung.isPicture() && !encoder.equals(encoders.put(rung, encoder))) {
      state = new TranscoderState.Running(encoders);
    }
  }

  private static Rung rung(int number) {
    return Rung.of(number)
        .orElseThrow(() -> new MalformedMediaException("frame", 0, "rung " + number));
  }

  private RungOutput output(int number) {
    return outputs.computeIfAbsent(
        rung(number), of -> new RungOutput(event -> listener.event(of, event)));
  }

  private void refused(String reason) {
    LOGGER
        .atWarn()
        .addKeyValue("stream", stream)
        .addKeyValue("reason", reason)
        .log("a source cannot be transcoded");
    all.metrics().refused.inc();
    state = new TranscoderState.Refused(reason);
    if (child != null) {
      child.stop(STOP_GRACE);
    }
    if (wish.whole()) {
      lost(reason);
    }
  }

  /** Looks whether it still answers, and tells of what was dropped. */
  private void watch() {
    long now = System.nanoTime();
    if (child != null && !(state instanceof TranscoderState.Refused)) {
      Duration hang = all.config().hangTimeout();
      if (!ready && now - startedNanos > START_LIMIT.toNanos()) {
        failed(ChildFailure.START, "it was not ready in " + START_LIMIT.toSeconds() + " s");
      } else if (ready && (queue.isOwed() || ending != null) && now - heardNanos > hang.toNanos()) {
        failed(ChildFailure.HUNG, "it did not answer for " + hang.toMillis() + " ms");
      }
    }
    all.metrics().dropped.inc(drops.counted(queue.dropped()));
    drops
        .due(now)
        .ifPresent(
            samples ->
                LOGGER
                    .atWarn()
                    .addKeyValue("stream", stream)
                    .addKeyValue("samples", samples)
                    .log("not transcoded: the transcoder is too slow, or away"));
  }

  /** Gives it up; it is started again when it has ended. */
  private void failed(ChildFailure why, String reason) {
    if (child != null && failureReason == null) {
      failure = why;
      failureReason = reason;
      child.stop();
    }
  }

  private void childEnded(String words) {
    all.metrics().running.dec();
    String reason = failureReason == null ? words : failureReason;
    failureReason = null;
    child = null;
    boolean wasReady = ready;
    ready = false;
    if (closed) {
      return;
    }
    if (wish.whole()) {
      lost(reason);
      return;
    }
    if (ending != null) {
      finished();
      return;
    }
    queue.restart();
    outputs.forEach((rung, output) -> output.lost(rungs.contains(rung)));
    outputs.keySet().forEach(listener::lost);
    encoders.clear();
    if (state instanceof TranscoderState.Refused) {
      return;
    }
    if (state instanceof TranscoderState.Starting && !tracks.isEmpty() && rungs.isEmpty()) {
      state = new TranscoderState.Idle();
      return;
    }
    all.metrics().ended.labelValues(failure.word()).inc();
    Duration ran = wasReady ? Duration.ofNanos(System.nanoTime() - readyNanos) : Duration.ZERO;
    Duration pause = backOff.afterRun(ran);
    state = restarting(reason);
    LOGGER
        .atError()
        .addKeyValue("stream", stream)
        .addKeyValue("reason", reason)
        .addKeyValue("pauseMillis", pause.toMillis())
        .log("transcoder ended, starting it again");
    place
        .vertx()
        .setTimer(
            pause.toMillis(),
            _ -> {
              if (!closed && child == null) {
                startChild();
              }
            });
  }

  private TranscoderState restarting(String reason) {
    return state instanceof TranscoderState.Restarting before
        ? new TranscoderState.Restarting(before.since(), before.times() + 1, reason)
        : new TranscoderState.Restarting(all.clock().instant(), 1, reason);
  }
}
