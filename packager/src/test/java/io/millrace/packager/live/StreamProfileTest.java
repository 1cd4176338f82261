package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.StreamProfile;
import io.millrace.packager.RungMaker;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.millrace.validator.hls.MediaPlaylist;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stream has what is wanted of it, on a node that is configured for another ladder and window.
 */
class StreamProfileTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  private final CopyOnWriteArrayList<Ladder> asked = new CopyOnWriteArrayList<>();

  /** Makes nothing, and remembers what was asked for. */
  private final RungMaker rungs =
      (String stream, Context home, TranscodingWish wish, RungListener listener) -> {
        asked.add(wish.ladder());
        return new RungMaker.Making() {
          @Override
          public void accept(MediaEvent event) {}

          @Override
          public void close() {}
        };
      };

  private static StreamProfile ladder(String... words) {
    return new StreamProfile(Optional.of(List.of(words)), Optional.empty());
  }

  @Test
  void aLadderOfItsOwnIsMadeInsteadOfTheNodes() {
    fixture.nodeWithRung(rungs).wanting(ladder("copy", "audio")).publish().send(3);

    assertThat(asked).containsExactly(new Ladder(List.of(Rung.COPY, Rung.AUDIO)));
  }

  @Test
  void copyAloneLeavesTheNodesLadderOut() {
    fixture.nodeWithRung(rungs).wanting(ladder("copy")).publish().send(3);

    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsNoLadderIsAsConfigured() {
    fixture.nodeWithRung(rungs).wanting(ladder("copy", "9000p")).publish().send(3);

    assertThat(asked).containsExactly(new Ladder(List.of(Rung.COPY, Rung.P240)));
  }

  @Test
  void aBroadcastKeepsItsLadderOverARestart() {
    LiveNode first = fixture.nodeWithRung(rungs);
    first.wanting(ladder("copy", "audio")).publish().send(5);
    LiveNode.awaitPresent(() -> first.advance(LadderWriter.PATIENCE).tick().playlist("video"));
    first.kill();

    fixture.nodeWithRung(rungs).publish().send(3);

    Ladder wanted = new Ladder(List.of(Rung.COPY, Rung.AUDIO));
    assertThat(asked).containsExactly(wanted, wanted);
  }

  @Test
  void aWindowOfItsOwnIsListed() {
    LiveNode node = fixture.node(Duration.ofSeconds(60));
    node.wanting(new StreamProfile(Optional.empty(), Optional.of(Duration.ofSeconds(10))))
        .publish()
        .send(40);

    MediaPlaylist listed = node.awaitSegments("video", 19);

    assertThat(listed.segments()).hasSizeBetween(5, 7);
    assertThat(listed.segments().getFirst().sequence()).isGreaterThan(10);
  }
}
