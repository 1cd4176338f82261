package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A sender that uses everything the chunk format allows, at random: all header types, all basic
 * header lengths, interleaving, changing chunk sizes, both ways of repeating extended timestamps.
 */
final class RandomChunks {
  private static final int[] IDS = {3, 4, 63, 64, 319, 320, 65_599};
  private static final int[] TYPES = {
    RtmpMessage.AUDIO, RtmpMessage.VIDEO, RtmpMessage.DATA_AMF0, RtmpMessage.COMMAND_AMF0
  };

  /** What the reader must hand out. */
  final List<RtmpMessage> messages = new ArrayList<>();

  final Buffer bytes = Buffer.buffer();

  private final RandomGenerator random;
  private final boolean repeatsExtension;
  private final List<Sender> senders = new ArrayList<>();
  private int chunkSize = 128;

  RandomChunks(RandomGenerator random, int chunks) {
    this.random = random;
    this.repeatsExtension = random.nextBoolean();
    for (int id : IDS) {
      senders.add(new Sender(id));
    }
    for (int i = 0; i < chunks; i++) {
      if (random.nextInt(40) == 0) {
        changeChunkSize();
      }
      senders.get(random.nextInt(senders.size())).sendChunk();
    }
  }

  private void changeChunkSize() {
    int size = random.nextInt(10) == 0 ? 1 : 1 + random.nextInt(5000);
    basic(0, 2);
    bytes.appendMedium(0).appendMedium(4).appendByte((byte) 1).appendIntLE(0);
    Buffer payload = Buffer.buffer().appendInt(size);
    for (int sent = 0; sent < 4; sent += chunkSize) {
      if (sent > 0) {
        basic(3, 2);
      }
      bytes.appendBuffer(payload, sent, Math.min(chunkSize, 4 - sent));
    }
    chunkSize = size;
  }

  private void basic(int format, int id) {
    if (id < 64) {
      bytes.appendByte((byte) (format << 6 | id));
    } else if (id < 320) {
      bytes.appendByte((byte) (format << 6)).appendByte((byte) (id - 64));
    } else {
      bytes.appendByte((byte) (format << 6 | 1));
      bytes.appendByte((byte) ((id - 64) & 0xFF)).appendByte((byte) ((id - 64) >> 8));
    }
  }

  private final class Sender {
    private final int id;
    private boolean used;
    private boolean absolute;
    private long value;
    private RtmpMessage message = new RtmpMessage(0, 0, 0, Buffer.buffer());
    private int sent;

    Sender(int id) {
      this.id = id;
    }

    void sendChunk() {
      if (sent == message.payload().length()) {
        begin();
      } else {
        basic(3, id);
        if (value >= 0xFFFFFF && repeatsExtension) {
          bytes.appendUnsignedInt(value);
        }
      }
      int count = Math.min(chunkSize, message.payload().length() - sent);
      bytes.appendBuffer(message.payload(), sent, count);
      sent += count;
      if (sent == message.payload().length()) {
        messages.add(message);
      }
    }

    private void begin() {
      int format = used ? random.nextInt(4) : 0;
      if (format < 3) {
        value =
            switch (random.nextInt(4)) {
              case 0 -> random.nextLong(1L << 32);
              case 1 -> 0xFFFFFF;
              default -> random.nextInt(100);
            };
        absolute = format == 0;
      }
      boolean set = absolute && (format == 0 || value >= 0xFFFFFF);
      long timestamp = (set ? value : message.timestamp() + value) & 0xFFFFFFFFL;
      int type = format < 2 ? TYPES[random.nextInt(TYPES.length)] : message.type();
      int length = format < 2 ? random.nextInt(2000) : message.payload().length();
      int streamId = format == 0 ? random.nextInt() : message.streamId();
      byte[] payload = new byte[length];
      random.nextBytes(payload);
      message = new RtmpMessage(type, streamId, timestamp, Buffer.buffer(payload));
      sent = 0;
      used = true;
      basic(format, id);
      if (format < 3) {
        bytes.appendMedium((int) Math.min(value, 0xFFFFFF));
      }
      if (format < 2) {
        bytes.appendMedium(length).appendByte((byte) type);
      }
      if (format == 0) {
        bytes.appendIntLE(streamId);
      }
      if (value >= 0xFFFFFF) {
        bytes.appendUnsignedInt(value);
      }
    }
  }
}
