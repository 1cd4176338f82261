package io.millrace.packager.segment;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives a segmenter its events at the pace of the media: a sample comes when its timestamp says,
 * and one that is behind others comes with them.
 */
public final class MediaPace {
  private final Segmenter segmenter;
  private final Map<TrackId, Timescale> timescales = new HashMap<>();
  private long nowNanos;

  public MediaPace(Segmenter segmenter) {
    this.segmenter = segmenter;
  }

  /** Gives the next event. */
  public void accept(MediaEvent event) {
    switch (event) {
      case MediaEvent.TracksReady ready -> {
        for (Track track : ready.tracks()) {
          timescales.put(track.id(), track.timescale());
        }
      }
      case MediaEvent.SampleReady ready -> {
        Timescale timescale = timescales.getOrDefault(ready.sample().track(), Timescale.MILLIS);
        nowNanos = Math.max(nowNanos, timescale.toNanos(ready.sample().dts()));
      }
      default -> {}
    }
    segmenter.accept(event, Instant.ofEpochSecond(0, nowNanos));
  }

  /** Ends the broadcast. */
  public void end() {
    accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }
}
