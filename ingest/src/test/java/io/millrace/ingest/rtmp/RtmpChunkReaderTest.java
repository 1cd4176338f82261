package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
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

  // RTMP R12
  @Test
  void aNegativeDeltaIsAStepBackInEitherLength() {
    feed("06 000064 000001 09 01000000 aa", "46 ffffff 000001 09 fffffff6 bb");
    feed("46 ffffec 000001 09 cc");
    assertThat(reader.next().timestamp()).isEqualTo(100);
    assertThat(reader.next().timestamp()).isEqualTo(90);
    assertThat(reader.next().timestamp()).isEqualTo(70);
  }

  // RTMP R12
  @Test
  void aFullHeaderIsAlwaysAbsolute() {
    feed("06 001000 000001 09 01000000 aa", "06 000010 000001 09 01000000 bb");
    assertThat(reader.next().timestamp()).isEqualTo(0x1000);
    assertThat(reader.next().timestamp()).isEqualTo(0x10);
  }

  // RTMP R13
  @Test
  void deltasGoOnOverBothWraps() {
    feed("06 fffff0 000001 09 01000000 aa", "86 000010 bb", "c6 cc");
    assertThat(reader.next().timestamp()).isEqualTo(0xFFFFF0);
    assertThat(reader.next().timestamp()).isEqualTo(0x1000000);
    assertThat(reader.next().timestamp()).isEqualTo(0x1000010);
    feed("06 ffffff 000001 09 01000000 fffffff8 aa", "86 000010 bb");
    assertThat(reader.next().timestamp()).isEqualTo(0xFFFFFFF8L);
    assertThat(reader.next().timestamp()).isEqualTo(8);
  }

  // RTMP R11
  @Test
  void anExtendedTimestampMayBeRepeatedInContinuationsOrNot() {
    String header = "06 ffffff 000100 09 01000000 01020304";
    String whole = "11".repeat(128) + "22".repeat(128);
    for (String continuation : new String[] {"c6 01020304", "c6"}) {
      RtmpChunkReader fresh = new RtmpChunkReader();
      fresh.feed(hex(header + "11".repeat(128) + continuation + "22".repeat(128)));
      RtmpMessage message = fresh.next();
      assertThat(message.timestamp()).isEqualTo(0x01020304);
      assertThat(message.payload()).isEqualTo(hex(whole));
    }
  }

  // RTMP R11
  @Test
  void aRepeatedExtensionMayHoldTheDeltaOrTheTime() {
    for (String extension : new String[] {"01000000", "01000010"}) {
      RtmpChunkReader fresh = new RtmpChunkReader();
      fresh.feed(hex("06 000010 000001 09 01000000 aa"));
      fresh.next();
      fresh.feed(hex("46 ffffff 000081 09 01000000" + "11".repeat(128) + "c6" + extension + "22"));
      RtmpMessage message = fresh.next();
      assertThat(message.timestamp()).isEqualTo(0x01000010);
      assertThat(message.payload().getByte(128)).isEqualTo((byte) 0x22);
    }
  }

  // RTMP R11
  @Test
  void aNewMessageByARepeatedHeaderAlwaysHasItsExtension() {
    feed("06 ffffff 000001 09 01000000 01000000 aa", "c6 01000028 bb");
    assertThat(reader.next().timestamp()).isEqualTo(0x01000000);
    assertThat(reader.next().timestamp()).isEqualTo(0x01000028);
  }

  // RTMP R6
  @Test
  void everyFormOfTheBasicHeaderIsRead() {
    feed("3f 000000 000001 09 01000000 01"); // 63
    feed("00 00 000000 000001 09 01000000 02"); // 64
    feed("00 ff 000000 000001 09 01000000 03"); // 319
    feed("01 0000 000001 000001 09 01000000 04"); // 64 in three bytes
    feed("01 0001 000000 000001 09 01000000 05"); // 320
    feed("01 ffff 000000 000001 09 01000000 06"); // 65599
    feed("c0 00 07"); // 64 again: its last header, in whichever form it came
    for (int i = 1; i <= 7; i++) {
      assertThat(reader.next().payload()).isEqualTo(Buffer.buffer(new byte[] {(byte) i}));
    }
  }

  // RTMP R6, R10
  @Test
  void chunkStreamsHaveALimit() {
    for (int id = 0; id < 64; id++) {
      feed("01 %02x00 000000 000001 09 01000000 aa".formatted(id));
      assertThat(reader.next()).isNotNull();
    }
    feed("05 000000 000001 09 01000000 aa");
    assertThatThrownBy(reader::next).hasMessageContaining("more than 64 chunk streams");
  }

  // RTMP R10
  @Test
  void beforeMediaIsAllowedItIsAsShortAsACommand() {
    RtmpChunkReader publishing = new RtmpChunkReader();
    publishing.allowMedia(16 << 20);
    publishing.feed(hex("06 000000 ffffff 09 01000000" + "00".repeat(128)));
    assertThat(publishing.next()).isNull();
    publishing.feed(hex("05 000000 100001 12 01000000"));
    assertThatThrownBy(publishing::next).hasMessageContaining("1048576 are allowed");
  }

  // RTMP R10
  @Test
  void bytesThatWaitAreNotCopiedWithEachOneThatComes() {
    int count = 1 << 18;
    Buffer one = Buffer.buffer(new byte[] {7});
    feed("02 000000 000004 01 00000000 00ffffff");
    long before = allocated();
    for (int i = 0; i < count; i++) {
      reader.feed(one);
    }
    assertThat(reader.unread()).isEqualTo(16 + count);
    assertThat(allocated() - before).isLessThan(16L << 20);
  }

  // RTMP R10
  @Test
  void announcedLengthsTakeNoMemory() {
    long before = allocated();
    for (int i = 0; i < 1000; i++) {
      RtmpChunkReader one = new RtmpChunkReader();
      one.allowMedia(16 << 20);
      for (int id = 3; id < 35; id++) {
        one.feed(hex("%02x 000000 ffffff 09 01000000".formatted(id) + "00".repeat(128)));
        assertThat(one.next()).isNull();
      }
    }
    // 32,000 messages of 16 MiB are announced; 4 KiB is held for each, most of the rest is text.
    assertThat(allocated() - before).isLessThan(1L << 30);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  // RTMP R9, R10
  @Test
  void unfinishedMessagesTogetherHaveALimit() {
    feed("02 000000 000004 01 00000000 000f0000");
    assertThat(reader.next()).isNull();
    String most = "00".repeat(0xF0000);
    feed("03 000000 100000 09 01000000" + most, "04 000000 100000 09 01000000" + most);
    assertThat(reader.next()).isNull();
    feed("05 000000 100000 09 01000000" + most);
    assertThatThrownBy(reader::next).hasMessageContaining("unfinished messages");
  }

  // RTMP R10
  @Test
  void nothingOfAReadIsUsedOnceItIsKept() {
    Buffer read = hex("06 000000 000002 09 01000000 0708" + "04 0000");
    reader.feed(read);
    RtmpMessage message = reader.next();
    assertThat(reader.next()).isNull();
    reader.keep();
    for (int i = 0; i < read.length(); i++) {
      read.setByte(i, (byte) 9);
    }
    assertThat(message.payload()).isEqualTo(hex("0708"));
    reader.feed(hex("05 000001 08 01000000 aa"));
    assertThat(reader.next().timestamp()).isEqualTo(5);
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
