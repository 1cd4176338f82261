package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RungOutputTest {
  private static final List<Track> SMALL = List.of(MediaFixture.pictures(426, 240));

  private final List<String> events = new ArrayList<>();
  private final RungOutput output =
      new RungOutput(
          event ->
              events.add(
                  switch (event) {
                    case MediaEvent.TracksReady(var tracks) -> "tracks " + tracks.size();
                    case MediaEvent.SampleReady(var sample) -> "sample " + sample.dts();
                    case MediaEvent.Discontinuity(long nanos) -> "break " + nanos / 1_000_000;
                    case MediaEvent.Ended(var reason) -> "ended " + reason;
                  }));

  @Test
  void tracksAreToldWithTheirFirstSample() {
    output.tracks(SMALL);
    assertThat(events).isEmpty();
    output.sample(MediaFixture.picture(0, true));
    output.sample(MediaFixture.picture(40, false));
    output.ended(EndReason.UNPUBLISHED);

    assertThat(events).containsExactly("tracks 1", "sample 0", "sample 40", "ended UNPUBLISHED");
  }

  @Test
  void howeverManyAreLostThereIsOneDiscontinuity() {
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(0, true));
    output.lost(true);
    output.tracks(SMALL);
    output.lost(true);
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(4_000, true));
    output.sample(MediaFixture.picture(4_040, false));

    assertThat(events)
        .containsExactly(
            "tracks 1", "sample 0", "break 4000", "tracks 1", "sample 4000", "sample 4040");
  }

  @Test
  void oneThatIsLostBeforeItMadeAnythingIsNotNoticed() {
    output.tracks(SMALL);
    output.lost(true);
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(4_000, true));

    assertThat(events).containsExactly("tracks 1", "sample 4000");
  }

  @Test
  void aBreakOfTheSourceIsWhereTheSourceSays() {
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(0, true));
    output.broken(5_000_000_000L);
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(5_040, true));

    assertThat(events)
        .containsExactly("tracks 1", "sample 0", "break 5000", "tracks 1", "sample 5040");
  }

  @Test
  void tracksOfSoundAreToldTogether() {
    output.tracks(List.of(MediaFixture.sound()));
    output.tracks(SMALL);
    output.sample(MediaFixture.sound(0));
    output.keep(Set.of(MediaFixture.SOUND));
    output.sample(MediaFixture.sound(20));

    assertThat(events).containsExactly("tracks 2", "sample 0", "tracks 1", "sample 20");
  }

  @Test
  void aRungThatIsNotMadeAnyMoreHasNoTracks() {
    output.tracks(SMALL);
    output.sample(MediaFixture.picture(0, true));
    output.away();
    output.away();
    output.sample(MediaFixture.picture(40, false));

    assertThat(events).containsExactly("tracks 1", "sample 0", "tracks 0");
  }
}
