package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RtmpChunkPropertyTest {
  // RTMP R5, R6, R7, R9, R11, R12
  @Test
  void anySplitOfAnyLegalChunksGivesTheMessages() {
    Seeds.forEach(
        300,
        random -> {
          RandomChunks sender = new RandomChunks(random, 200);
          RtmpChunkReader reader = new RtmpChunkReader();
          List<RtmpMessage> messages = new ArrayList<>();
          int at = 0;
          while (at < sender.bytes.length()) {
            int to = Math.min(sender.bytes.length(), at + 1 + splitSize(random));
            reader.feed(sender.bytes.getBuffer(at, to));
            drain(reader, messages);
            at = to;
          }
          assertThat(messages).isEqualTo(sender.messages);
        });
  }

  // RTMP R15
  @Test
  void whatTheWriterWritesTheReaderReads() {
    Seeds.forEach(
        100,
        random -> {
          RtmpChunkWriter writer = new RtmpChunkWriter();
          RtmpChunkReader reader = new RtmpChunkReader();
          List<RtmpMessage> sent = new ArrayList<>();
          Buffer out = Buffer.buffer();
          for (int i = 0; i < 20; i++) {
            byte[] payload = new byte[random.nextInt(3000)];
            random.nextBytes(payload);
            long timestamp =
                random.nextBoolean() ? random.nextInt(5000) : random.nextLong(1L << 32);
            sent.add(
                new RtmpMessage(
                    random.nextBoolean() ? RtmpMessage.AUDIO : RtmpMessage.VIDEO,
                    1,
                    timestamp,
                    Buffer.buffer(payload)));
            writer.write(sent.getLast(), out);
          }
          reader.feed(out);
          List<RtmpMessage> received = new ArrayList<>();
          drain(reader, received);
          assertThat(received).isEqualTo(sent);
        });
  }

  // RTMP R10, R32
  @Test
  void brokenBytesGiveMessagesOrOneExceptionAndNoGreatMemory() {
    Seeds.forEach(
        2000,
        random -> {
          Buffer bytes = new RandomChunks(random, 30).bytes;
          for (int i = 0; i < 1 + random.nextInt(20); i++) {
            bytes.setByte(random.nextInt(bytes.length()), (byte) random.nextInt(256));
          }
          RtmpChunkReader reader = new RtmpChunkReader();
          try {
            reader.feed(bytes);
            List<RtmpMessage> messages = new ArrayList<>();
            drain(reader, messages);
            int held = messages.stream().mapToInt(message -> message.payload().length()).sum();
            assertThat(held).isLessThanOrEqualTo(bytes.length());
          } catch (MalformedMediaException e) {
            assertThat(e.getMessage()).startsWith("chunk header at byte ");
          }
        });
  }

  private static int splitSize(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> 0;
      case 1 -> random.nextInt(20);
      default -> random.nextInt(3000);
    };
  }

  private static void drain(RtmpChunkReader reader, List<RtmpMessage> into) {
    for (RtmpMessage message = reader.next(); message != null; message = reader.next()) {
      into.add(message);
    }
  }
}
