package io.millrace.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FuzzTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final byte[] VALID = {0, 3, 'a', 'b', 'c'};

  @Test
  void passesAParserThatChecksLengths() {
    Fuzz.Outcome outcome = Fuzz.of(VALID).allowing(EOFException.class).run(FuzzTest::careful);

    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  @Test
  void findsAnExceptionThatIsNotTheParsersOwnAndNamesTheSeed() {
    assertThatThrownBy(
            () ->
                Fuzz.of(VALID)
                    .allowing(EOFException.class)
                    .run(
                        bytes -> {
                          careful(bytes);
                          assertAscii(bytes);
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("millrace.seed=")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void findsAllocationByAnAnnouncedLength() {
    assertThatThrownBy(
            () ->
                Fuzz.of(VALID)
                    .allowing(EOFException.class)
                    .allocating(16 << 10, 16)
                    .run(
                        bytes -> {
                          byte[] announced = new byte[length(bytes)];
                          careful(bytes);
                          assertThat(announced).isNotNull();
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("allocated");
  }

  @Test
  void findsAParserThatTakesLong() {
    assertThatThrownBy(
            () ->
                Fuzz.of(VALID)
                    .allowing(EOFException.class)
                    .run(
                        bytes -> {
                          careful(bytes);
                          long spin = bytes.length == 5 ? 0 : 700_000_000L;
                          long end = THREADS.getCurrentThreadCpuTime() + spin;
                          while (THREADS.getCurrentThreadCpuTime() < end) {
                            Thread.onSpinWait();
                          }
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(" ms");
  }

  @Test
  void refusesACorpusThatTheParserRefuses() {
    assertThatThrownBy(
            () -> Fuzz.of(new byte[] {9, 9}).allowing(EOFException.class).run(FuzzTest::careful))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("corpus");
  }

  private static void careful(byte[] bytes) throws EOFException {
    if (length(bytes) > bytes.length - 2) {
      throw new EOFException("announces more than there is");
    }
  }

  private static int length(byte[] bytes) throws EOFException {
    if (bytes.length < 2) {
      throw new EOFException("ends in its length");
    }
    return ByteBuffer.wrap(bytes).getChar();
  }

  private static void assertAscii(byte[] bytes) {
    String text = new String(bytes, 2, bytes.length - 2, StandardCharsets.ISO_8859_1);
    if (text.chars().anyMatch(c -> c > 0x7F)) {
      throw new IllegalStateException("not ASCII");
    }
  }
}
