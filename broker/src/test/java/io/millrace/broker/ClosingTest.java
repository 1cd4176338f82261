package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClosingTest {
  private final List<String> closed = new ArrayList<>();
  private final Closing closing = new Closing();

  @Test
  void aPartThatDoesNotCloseKeepsNoOtherOpenAndIsToldOfAtTheEnd() {
    IOException first = new IOException("the doors");
    IllegalStateException second = new IllegalStateException("the index");
    closing.step(
        () -> {
          throw first;
        });
    closing.step(() -> closed.add("topics"));
    closing.step(
        () -> {
          throw second;
        });
    closing.step(() -> closed.add("log"));

    assertThat(closed).containsExactly("topics", "log");
    assertThatThrownBy(closing::end).isSameAs(first).hasSuppressedException(second);
  }

  @Test
  void nothingIsToldWhereAllPartsClose() {
    closing.step(() -> closed.add("log"));

    assertThatCode(closing::end).doesNotThrowAnyException();
  }
}
