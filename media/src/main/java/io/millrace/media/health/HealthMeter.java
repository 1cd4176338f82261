package io.millrace.media.health;

import io.millrace.media.Sample;
import io.millrace.media.StreamHealth;
import io.millrace.media.TimestampRepair;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackHealth;
import io.millrace.media.TrackHealth.Picture;
import io.millrace.media.TrackId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Watches one broadcast: is told of every sample as it is placed, and of everything that went
 * wrong; once a second it says how the publisher is doing. Pure and confined to the stream's home
 * context; {@code nowNanos} is {@link System#nanoTime}. A sample makes no object.
 */
public final class HealthMeter {
  private static final double STEADY = 0.3;
  private static final long STOPPED_NANOS = 1_000_000_000;
  private static final int REMEMBERED_RECONNECTS = 16;

  private final List<TrackMeter> meters = new ArrayList<>();
  private final ArrivalMeter arrivals = new ArrivalMeter();
  private final InterleaveMeter interleave = new InterleaveMeter();
  private final HealthRules rules = new HealthRules();
  private final Map<TimestampRepair, Long> repairs = new EnumMap<>(TimestampRepair.class);
  private final Trail repairTrail = new Trail();
  private final Trail compositionTrail = new Trail();
  private final Trail skippedTrail = new Trail();
  private final Trail droppedTrail = new Trail();
  private final long[] reconnectTimes = new long[REMEMBERED_RECONNECTS];

  private final Moment broken = new Moment();
  private final Moment jump = new Moment();
  private final Moment trackJump = new Moment();
  private final Moment standstill = new Moment();
  private final Moment resize = new Moment();

  private long repaired;
  private long discontinuities;
  private long reconnects;
  private boolean publishing;
  private boolean unpublished;
  private long leftNanos;
  private Predicate<Track> filled = track -> false;
  private boolean started;
  private long runStartedNanos;
  private @Nullable TrackMeter video;
  private @Nullable TrackMeter audio;
  private List<String> codecs = List.of();

  /** A publisher comes; it is the second or a later one where {@code again}. */
  public void publisher(boolean again, long nowNanos) {
    publishing = true;
    if (again) {
      reconnectTimes[(int) (reconnects++ % REMEMBERED_RECONNECTS)] = nowNanos;
    }
  }

  /**
   * The publisher is gone: that nothing comes is no finding any more, but that it is away.
   *
   * @param done whether it said that it was done
   */
  public void gone(boolean done, long nowNanos) {
    publishing = false;
    unpublished = done;
    leftNanos = nowNanos;
  }

  /** Whose sound is silence for viewers where it is away. */
  public void filled(Predicate<Track> tracks) {
    filled = tracks;
  }

  /** What follows is these tracks. */
  public void tracks(List<Track> tracks, long nowNanos) {
    List<TrackMeter> present = new ArrayList<>();
    for (Track track : tracks) {
      TrackMeter meter = find(track.id());
      if (meter == null) {
        meter = new TrackMeter(track);
      } else if (!meter.track().equals(track)) {
        noticeSize(meter.track().format(), track.format(), nowNanos);
        if (!meter.track().timescale().equals(track.timescale())) {
          meter.restart();
        }
        meter.describe(track);
      }
      present.add(meter);
    }
    meters.clear();
    meters.addAll(present);
    video = first(true);
    audio = first(false);
    codecs =
        tracks.stream().map(track -> track.format().codecs().toLowerCase(Locale.ROOT)).toList();
  }

  private void noticeSize(TrackFormat before, TrackFormat now, long nowNanos) {
    if (before instanceof TrackFormat.Video was
        && now instanceof TrackFormat.Video is
        && (was.width() != is.width() || was.height() != is.height())) {
      resize.mark(nowNanos);
    }
  }

  /**
   * A run of samples begins.
   *
   * @param discontinuity whether something came before
   * @param jumped whether it is the same publisher whose timestamps broke
   */
  public void run(boolean discontinuity, boolean jumped, long nowNanos) {
    started = true;
    runStartedNanos = nowNanos;
    if (discontinuity) {
      discontinuities++;
    }
    if (jumped) {
      broken.mark(nowNanos);
    }
    meters.forEach(TrackMeter::restart);
    arrivals.restart();
    interleave.restart();
  }

  /** A sample in the broadcast's time. */
  public void sample(Sample sample, long arrivedNanos) {
    TrackMeter meter = find(sample.track());
    if (meter == null) {
      return;
    }
    meter.sample(sample, arrivedNanos);
    arrivals.arrived(meter.lastNanos, arrivedNanos);
    if (meter == audio && video != null && isComing(video, arrivedNanos)) {
      interleave.apart(meter.lastNanos, video.lastNanos);
    } else if (meter == video && audio != null && isComing(audio, arrivedNanos)) {
      interleave.apart(audio.lastNanos, meter.lastNanos);
    }
  }

  /** A track that has stopped is not late. */
  private static boolean isComing(TrackMeter meter, long nowNanos) {
    return meter.started && nowNanos - meter.lastArrivedNanos < STOPPED_NANOS;
  }

  /** Timestamps were put right. */
  public void repaired(TimestampRepair repair, int samples) {
    repairs.merge(repair, (long) samples, Long::sum);
    repaired += samples;
  }

  /** How long media has been on its way at the least; empty in a run's first ten seconds. */
  public Optional<Long> quickestNanos() {
    return arrivals.isMeasured() ? Optional.of(arrivals.quickestNanos()) : Optional.empty();
  }

  /** How far media has come in the broadcast's time. */
  public long mediaNanos() {
    return arrivals.mediaNanos();
  }

  /**
   * What is to be said now. Called about once a second.
   *
   * @param skipped messages that were of no use so far
   * @param dropped samples that readers were too slow for so far
   */
  public StreamHealth tick(Instant now, long nowNanos, long skipped, long dropped) {
    arrivals.tick(nowNanos);
    long jumps = counted(TimestampRepair.JUMP);
    long trackJumps = counted(TimestampRepair.TRACK_JUMP);
    jump.count(jumps, nowNanos);
    trackJump.count(trackJumps, nowNanos);
    long standing = counted(TimestampRepair.STANDSTILL);
    standstill.count(standing, nowNanos);
    long wrongCompositions = counted(TimestampRepair.COMPOSITION);
    repairTrail.tick(repaired - wrongCompositions - jumps - trackJumps - standing);
    compositionTrail.tick(wrongCompositions);
    skippedTrail.tick(skipped);
    droppedTrail.tick(dropped);
    Observation seen =
        new Observation(
            publishing && started,
            publishing || !started ? 0 : Math.max(1, nowNanos - leftNanos),
            unpublished,
            audio != null && filled.test(audio.track()),
            nowNanos,
            runStartedNanos,
            video,
            audio,
            codecs,
            arrivals.pace(),
            arrivals.flow(),
            arrivals.longestStallNanos(),
            arrivals.driftPpm(),
            interleave.furthestNanos(),
            repairTrail.lastMinute(),
            compositionTrail.lastMinute(),
            skippedTrail.lastMinute(),
            droppedTrail.lastMinute(),
            broken.since(nowNanos),
            jump.since(nowNanos),
            trackJump.since(nowNanos),
            standstill.since(nowNanos),
            resize.since(nowNanos),
            recentReconnects(nowNanos));
    StreamHealth health =
        new StreamHealth(
            now,
            meters.stream().map(meter -> healthOf(meter, nowNanos)).toList(),
            arrivals.pace(),
            Duration.ofNanos(arrivals.longestStallNanos()),
            arrivals.driftPpm(),
            apart(interleave.audioAheadNanos()),
            apart(interleave.furthestNanos()),
            repairs,
            discontinuities,
            reconnects,
            skipped,
            dropped,
            rules.judge(seen, now));
    interleave.tick();
    return health;
  }

  private long counted(TimestampRepair repair) {
    return repairs.getOrDefault(repair, 0L);
  }

  private Optional<Duration> apart(long nanos) {
    return interleave.isMeasured() ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
  }

  private int recentReconnects(long nowNanos) {
    int recent = 0;
    for (int i = 0; i < Math.min(reconnects, REMEMBERED_RECONNECTS); i++) {
      if (nowNanos - reconnectTimes[i] < HealthRules.RECONNECTS_WITHIN.toNanos()) {
        recent++;
      }
    }
    return recent;
  }

  private static TrackHealth healthOf(TrackMeter meter, long nowNanos) {
    Optional<Picture> picture =
        meter.track().isVideo()
            ? Optional.of(
                new Picture(
                    meter.framesPerSecond(),
                    meter.scatter() < STEADY,
                    Optional.of(Duration.ofNanos(meter.keyIntervalNanos()))
                        .filter(Duration::isPositive),
                    Duration.ofNanos(meter.longestKeyIntervalNanos()),
                    meter.isOpenGroup(),
                    meter.isReordered()))
            : Optional.empty();
    Duration since =
        meter.samples == 0
            ? Duration.ZERO
            : Duration.ofNanos(Math.max(0, nowNanos - meter.lastArrivedNanos));
    return new TrackHealth(
        meter.track(),
        meter.bitsPerSecond(),
        meter.peakBitsPerSecond(),
        since,
        meter.samples,
        picture);
  }

  private @Nullable TrackMeter find(TrackId id) {
    for (int i = 0; i < meters.size(); i++) {
      if (meters.get(i).track().id().equals(id)) {
        return meters.get(i);
      }
    }
    return null;
  }

  private @Nullable TrackMeter first(boolean isVideo) {
    for (TrackMeter meter : meters) {
      if (meter.track().isVideo() == isVideo) {
        return meter;
      }
    }
    return null;
  }
}
