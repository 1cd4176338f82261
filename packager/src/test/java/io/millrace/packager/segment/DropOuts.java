package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.TrackId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is left of a broadcast whose tracks stop and come back, alone or together. */
public final class DropOuts {
  private static final int LONGEST = 600;

  private DropOuts() {}

  /** Some stretches of up to {@value #LONGEST} samples of one track, or of all, are taken away. */
  public static List<MediaEvent> of(RandomGenerator random, List<MediaEvent> events) {
    List<TrackId> tracks =
        events.stream()
            .filter(MediaEvent.SampleReady.class::isInstance)
            .map(event -> ((MediaEvent.SampleReady) event).sample().track())
            .distinct()
            .toList();
    List<MediaEvent> left = events;
    for (int i = random.nextInt(4); i >= 0; i--) {
      int chosen = random.nextInt(tracks.size() + 1);
      int from = random.nextInt(left.size());
      int count = random.nextInt(LONGEST);
      List<MediaEvent> kept = new ArrayList<>();
      for (MediaEvent event : left) {
        boolean isDropped =
            kept.size() >= from
                && count > 0
                && event instanceof MediaEvent.SampleReady(Sample sample)
                && (chosen == tracks.size() || sample.track().equals(tracks.get(chosen)));
        if (isDropped) {
          count--;
        } else {
          kept.add(event);
        }
      }
      left = kept;
    }
    return left;
  }
}
