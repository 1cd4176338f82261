package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RtmpChunkReaderTest {
  private final RtmpChunkReader reader = new RtmpChunkReader();

  // RTMP R7
  @Test
  void aRepeatedHeaderStartsANewMessageWithTheSameDelta() {
    feed("04 000064 000001 08 01000000 aa", "44 000017 000001 08 bb", "c4 cc");
    assertThat(reader.next().timestamp()).isEqualTo(100);
    assertThat(reader.next().timestamp()).isEqualTo(123);
    assertThat(reader.next().timestamp()).isEqualTo(146);
  }

  // RTMP R8
  @Test
  void aFreshChunkStreamMayBeginWithoutStreamIdOnlyForPings() {
    feed("42 000000 000006 04 000600000001");
    assertThat(reader.next().type()).isEqualTo(RtmpMessage.USER_CONTROL);
    feed("45 000000 000001 08 aa");
    assertThatThrownBy(reader::next)
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("begins chunk stream 5");
  }

  // RTMP R9
  @Test
  void abortDropsOneUnfinishedMessage() {
    feed("06 000000 0000c8 09 01000000" + "00".repeat(128));
    assertThat(reader.next()).isNull();
    feed("02 000000 000004 02 00000000 00000006");
    assertThat(reader.next()).isNull();
    feed("06 000001 000001 09 01000000 ee");
    assertThat(reader.next().payload()).isEqualTo(Buffer.buffer(new byte[] {(byte) 0xEE}));
  }

  // RTMP R9
  @Test
  void aNewHeaderWithinAMessageIsAnError() {
    feed("06 000000 0000c8 09 01000000" + "00".repeat(128), "06 000000 000001 09 01000000 ee");
    assertThatThrownBy(reader::next).hasMessageContaining("within an unfinished message");
  }

  // RTMP R5
  @Test
  void aChunkSizeOfNothingOrBeyond31BitsIsAnError() {
    for (String size : new String[] {"00000000", "80000000"}) {
      RtmpChunkReader fresh = new RtmpChunkReader();
      fresh.feed(hex("02 000000 000004 01 00000000" + size));
      assertThatThrownBy(fresh::next).hasMessageContaining("chunk size");
    }
  }

  // RTMP R5
  @Test
  void aNewChunkSizeHoldsWithinAnUnfinishedMessageToo() {
    feed("06 000000 0000c8 09 01000000" + "11".repeat(128));
    feed("02 000000 000004 01 00000000 00000028");
    feed("c6" + "22".repeat(40), "c6" + "33".repeat(32));
    assertThat(reader.next().payload().length()).isEqualTo(200);
  }

  // RTMP R10
  @Test
  void aMessageBeyondTheLimitIsRefusedByItsHeader() {
    feed("06 000000 100001 09 01000000");
    assertThatThrownBy(reader::next).hasMessageContaining("1048577 bytes");
  }

  // RTMP R12
  @Test
  void anExtendedDeltaIsADelta() {
    feed("06 000005 000001 09 01000000 aa", "46 ffffff 000001 09 01000000 bb");
    assertThat(reader.next().timestamp()).isEqualTo(5);
    assertThat(reader.next().timestamp()).isEqualTo(5 + 0x01000000L);
  }

  private void feed(String... chunks) {
    for (String chunk : chunks) {
      reader.feed(hex(chunk));
    }
  }

  private static Buffer hex(String text) {
    return Buffer.buffer(HexFormat.of().parseHex(text.replace(" ", "")));
  }
}
