package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.junit.jupiter.api.Test;

class SegmentBytesTest {
  private final SegmentBytes bytes = new SegmentBytes();

  @Test
  void aSegmentIsItsPiecesInOrder() {
    bytes.append(Buffer.buffer("one "));
    bytes.append(Buffer.buffer("two "));
    bytes.append(Buffer.buffer("three"));
    assertThat(bytes.length()).isEqualTo(13);

    Buffer segment = bytes.finish();

    assertThat(segment).isEqualTo(Buffer.buffer("one two three"));
    assertThat(segment.slice(2, 9)).isEqualTo(Buffer.buffer("e two t"));
    assertThat(segment.getBytes()).asString().isEqualTo("one two three");
  }

  @Test
  void aSegmentHoldsThePiecesThemselves() {
    Buffer first = Buffer.buffer("first");
    bytes.append(first);
    bytes.append(Buffer.buffer("second"));

    Buffer segment = bytes.finish();
    first.setString(0, "FIRST");

    assertThat(segment.getString(0, 5)).isEqualTo("FIRST");
  }

  @Test
  void theNextSegmentStartsEmpty() {
    bytes.append(Buffer.buffer("one"));
    Buffer first = bytes.finish();
    assertThat(bytes.finish().length()).isZero();
    bytes.append(Buffer.buffer("two"));

    assertThat(bytes.finish()).isEqualTo(Buffer.buffer("two"));
    assertThat(first).isEqualTo(Buffer.buffer("one"));
  }

  @Test
  void aReaderThatGivesItBackTakesItFromNobody() {
    for (int pieces = 1; pieces <= 2; pieces++) {
      for (int i = 0; i < pieces; i++) {
        bytes.append(Buffer.buffer("x"));
      }
      Buffer segment = bytes.finish();
      ByteBuf sent = ((BufferInternal) segment.slice()).getByteBuf();
      sent.release();

      assertThat(segment.getBytes()).hasSize(pieces);
    }
  }
}
