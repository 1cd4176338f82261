package io.millrace.packager.live;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.RungMaker;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes the rung of 240 lines of a source's pictures, each so many pictures later, on the caller's
 * stack: what a transcoder does, but for the pictures.
 */
final class EchoingRungs implements RungMaker {
  private final int lag;

  /** While it is, what comes is lost. */
  private volatile boolean dead;

  EchoingRungs(int lag) {
    this.lag = lag;
  }

  void die() {
    dead = true;
  }

  void live() {
    dead = false;
  }

  @Override
  public Making start(String stream, Context home, TranscodingWish wish, RungListener listener) {
    return new Echo(listener);
  }

  private final class Echo implements Making {
    private final RungListener listener;
    private final Deque<MediaEvent> coming = new ArrayDeque<>();
    private boolean lost;
    private boolean segmentStarts;
    private int picture;

    Echo(RungListener listener) {
      this.listener = listener;
    }

    @Override
    public void accept(MediaEvent event) {
      switch (event) {
        case MediaEvent.TracksReady(var tracks) -> tracks(tracks);
        case MediaEvent.SampleReady(var sample) -> sample(sample);
        case MediaEvent.Discontinuity _, MediaEvent.Ended _ -> {
          deliver(0);
          listener.event(Rung.P240, event);
        }
      }
    }

    @Override
    public void startSegment() {
      segmentStarts = true;
    }

    private void tracks(List<Track> tracks) {
      List<Track> made = new ArrayList<>();
      for (Track track : tracks) {
        if (track.isVideo()) {
          picture = track.id().value();
          made.add(
              new Track(
                  track.id(),
                  RandomBroadcast.smallVideo(Timescale.VIDEO).format(),
                  track.timescale()));
        }
      }
      coming.add(new MediaEvent.TracksReady(made));
    }

    private void sample(Sample sample) {
      if (sample.track().value() != picture) {
        return;
      }
      if (dead || (lost && !sample.sync())) {
        lost = true;
        coming.removeIf(MediaEvent.SampleReady.class::isInstance);
        return;
      }
      if (lost) {
        lost = false;
        coming.add(new MediaEvent.Discontinuity(0));
      }
      coming.add(
          new MediaEvent.SampleReady(
              new Sample(
                  sample.track(),
                  sample.dts(),
                  sample.compositionOffset(),
                  sample.sync() || segmentStarts,
                  sample.payload())));
      segmentStarts = false;
      deliver(lag);
    }

    private void deliver(int kept) {
      while (coming.size() > kept) {
        listener.event(Rung.P240, coming.removeFirst());
      }
    }

    @Override
    public void close() {
      dead = true;
    }
  }
}
