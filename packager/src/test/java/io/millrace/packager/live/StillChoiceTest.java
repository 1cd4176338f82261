package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Still;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class StillChoiceTest {
  private final StillChoice choice = new StillChoice();

  @Test
  void showsTheNewestPictureAmongThoseThatAreAboutAsLarge() {
    add(1000);
    Still newest = add(700);

    assertThat(choice.chosen()).contains(newest);
  }

  @Test
  void showsNoBlackPictureWhileThereIsABetterOne() {
    add(80);
    Still picture = add(1000);
    add(90);
    assertThat(choice.chosen()).contains(picture);

    for (int i = 0; i < 3; i++) {
      add(100 + i);
    }
    Still last = add(103);
    assertThat(choice.chosen()).contains(last);
  }

  private Still add(int size) {
    Buffer payload = Buffer.buffer(new byte[size]);
    Still still =
        new Still(
            Document.of(() -> payload),
            LiveNode.VIDEO,
            new Sample(LiveNode.VIDEO.id(), 0, 0, true, payload));
    choice.add(still, size);
    return still;
  }
}
