package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.presentation.RenditionInfo;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class RenditionLogTest {
  private final RenditionLog log =
      new RenditionLog(new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 0), 0, 0);

  @Test
  void showsTheNewestPictureAmongThoseThatAreAboutAsLarge() {
    log.showStill(Buffer.buffer(new byte[1000]));
    Buffer newest = Buffer.buffer(new byte[700]);
    log.showStill(newest);

    assertThat(log.snapshot().still()).contains(newest);
  }

  @Test
  void showsNoBlackPictureWhileThereIsABetterOne() {
    Buffer picture = Buffer.buffer(new byte[1000]);
    log.showStill(Buffer.buffer(new byte[80]));
    log.showStill(picture);
    log.showStill(Buffer.buffer(new byte[90]));
    assertThat(log.snapshot().still()).contains(picture);

    for (int i = 0; i < 4; i++) {
      log.showStill(Buffer.buffer(new byte[100 + i]));
    }
    assertThat(log.snapshot().still()).map(Buffer::length).contains(103);
  }
}
