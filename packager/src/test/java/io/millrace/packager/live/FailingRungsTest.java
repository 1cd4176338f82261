package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MediaEvent;
import io.millrace.packager.RungMaker;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.millrace.validator.hls.MediaPlaylist;
import io.vertx.core.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broadcast ends, whatever fails while it does. */
class FailingRungsTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  @Test
  void endsThoughItsEndCannotBeHandedOn() {
    endsAnyway(
        new RungMaker.Making() {
          @Override
          public void accept(MediaEvent event) {
            if (event instanceof MediaEvent.Ended) {
              throw new IllegalStateException("the test's");
            }
          }

          @Override
          public void close() {}
        });
  }

  @Test
  void endsThoughItsRungsCannotBeClosed() {
    endsAnyway(
        new RungMaker.Making() {
          @Override
          public void accept(MediaEvent event) {}

          @Override
          public void close() {
            throw new IllegalStateException("the test's");
          }
        });
  }

  private void endsAnyway(RungMaker.Making making) {
    LiveNode node =
        fixture.nodeWithRung(
            (String stream, Context home, TranscodingWish wish, RungListener listener) -> making);
    node.publish().send(7);
    assertThatThrownBy(node::end).hasMessage("the test's");

    MediaPlaylist ended =
        LiveNode.awaitPresent(
            () -> {
              node.advance(LadderWriter.PATIENCE);
              node.writers.tick(fixture.clock.instant());
              return node.playlist("video").filter(MediaPlaylist::ended);
            });
    assertThat(ended.segments()).hasSize(4);
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(200);
  }
}
