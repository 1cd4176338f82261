package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class StillChoiceTest {
  private final StillChoice choice = new StillChoice();

  @Test
  void showsTheNewestPictureAmongThoseThatAreAboutAsLarge() {
    choice.add(Buffer.buffer(new byte[1000]));
    Buffer newest = Buffer.buffer(new byte[700]);
    choice.add(newest);

    assertThat(choice.chosen()).contains(newest);
  }

  @Test
  void showsNoBlackPictureWhileThereIsABetterOne() {
    Buffer picture = Buffer.buffer(new byte[1000]);
    choice.add(Buffer.buffer(new byte[80]));
    choice.add(picture);
    choice.add(Buffer.buffer(new byte[90]));
    assertThat(choice.chosen()).contains(picture);

    for (int i = 0; i < 4; i++) {
      choice.add(Buffer.buffer(new byte[100 + i]));
    }
    assertThat(choice.chosen()).map(Buffer::length).contains(103);
  }
}
