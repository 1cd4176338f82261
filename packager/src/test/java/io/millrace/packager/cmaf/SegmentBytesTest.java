package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.junit.jupiter.api.Test;

class SegmentBytesTest {
  private final SegmentBytes bytes = new SegmentBytes();

  @Test
  void aSegmentLikeTheLastOnesIsKeptAsItWasWritten() {
    segment(100_000);
    segment(98_000);
    Buffer open = bytes.open();
    open.appendBytes(new byte[97_000]);

    assertThat(bytes.finish()).isSameAs(open);
  }

  @Test
  void noSegmentKeepsMuchMoreRoomThanItNeeds() {
    int[] sizes = {100_000, 30_000, 101_000, 300_000, 140_000, 5_000_000, 4_200_000, 10, 9};
    for (int size : sizes) {
      Buffer segment = segment(size);

      assertThat(segment.length()).isEqualTo(size);
      assertThat(capacity(segment)).isBetween(size, size + size / 7);
    }
  }

  @Test
  void aGapTakesNothingAndIsForgotten() {
    segment(100_000);
    assertThat(capacity(bytes.finish())).isLessThan(1_000);
    Buffer open = bytes.open();
    open.appendBytes(new byte[100_000]);

    assertThat(bytes.finish()).isSameAs(open);
  }

  private Buffer segment(int size) {
    for (int written = 0; written < size; ) {
      int count = Math.min(10_000, size - written);
      bytes.open().appendBytes(new byte[count]);
      written += count;
    }
    return bytes.finish();
  }

  private static int capacity(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf().capacity();
  }
}
