package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.presentation.Document;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class StillChoiceTest {
  private final StillChoice choice = new StillChoice();

  @Test
  void showsTheNewestPictureAmongThoseThatAreAboutAsLarge() {
    add(1000);
    Document newest = add(700);

    assertThat(choice.chosen()).contains(newest);
  }

  @Test
  void showsNoBlackPictureWhileThereIsABetterOne() {
    add(80);
    Document picture = add(1000);
    add(90);
    assertThat(choice.chosen()).contains(picture);

    for (int i = 0; i < 3; i++) {
      add(100 + i);
    }
    Document last = add(103);
    assertThat(choice.chosen()).contains(last);
  }

  private Document add(int size) {
    Document still = Document.of(() -> Buffer.buffer(new byte[size]));
    choice.add(still, size);
    return still;
  }
}
