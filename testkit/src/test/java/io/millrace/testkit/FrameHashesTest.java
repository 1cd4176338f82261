package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FrameHashesTest {
  private static final FrameHashes SOURCE =
      FrameHashes.parse(
          """
          #tb 0: 1/1000
          0,  0,  0, 21, 7, aa
          0, 21, 21, 21, 7, bb
          0, 43, 43, 21, 7, cc
          """);

  @Test
  void timesAreComparedWhateverTheirTimebases() {
    FrameHashes later = played(480_000, 481_024, 482_048);

    assertThat(SOURCE.timeDifferenceTo(later, 10, 0.001)).isEmpty();
    assertThat(SOURCE.timeDifferenceTo(later, 9.99, 0.001)).hasValueSatisfying(starts("entry 0"));
  }

  @Test
  void anEntryThatIsShownAtAnotherTimeIsNamed() {
    FrameHashes moved = played(480_000, 481_024, 482_148);

    assertThat(SOURCE.differenceTo(moved)).isEmpty();
    assertThat(SOURCE.timeDifferenceTo(moved, 10, 0.001))
        .hasValueSatisfying(starts("entry 2 is shown 0.001750 s off"));
    assertThat(SOURCE.part(0, 2).timeDifferenceTo(moved.part(0, 2), 10, 0.001)).isEmpty();
  }

  private static Consumer<String> starts(String words) {
    return text -> assertThat(text).startsWith(words);
  }

  private static FrameHashes played(long first, long second, long third) {
    return FrameHashes.parse(
        """
        #tb 0: 1/48000
        0, %1$d, %1$d, 1024, 7, aa
        0, %2$d, %2$d, 1024, 7, bb
        0, %3$d, %3$d, 1024, 7, cc
        """
            .formatted(first, second, third));
  }
}
