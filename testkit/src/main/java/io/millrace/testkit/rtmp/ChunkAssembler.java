package io.millrace.testkit.rtmp;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts a server's messages together, strictly by the specification: a server has no excuse. Blocks.
 */
public final class ChunkAssembler {
  private static final int EXTENDED = 0xFFFFFF;

  private final DataInputStream in;
  private final Map<Integer, Stream> streams = new HashMap<>();
  private int chunkSize = 128;

  private static final class Stream {
    private long field;
    private long timestamp;
    private int length;
    private int type;
    private int streamId;
    private final Bytes payload = new Bytes();
  }

  public ChunkAssembler(DataInputStream in) {
    this.in = in;
  }

  /**
   * The next message; Set Chunk Size is obeyed and returned too.
   *
   * @throws IOException when the stream ends or breaks the form
   */
  public Message next() throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      int format = first >> 6;
      int id = first & 63;
      if (id == 0) {
        id = 64 + in.readUnsignedByte();
      } else if (id == 1) {
        id = 64 + in.readUnsignedByte() + 256 * in.readUnsignedByte();
      }
      Stream stream = streams.get(id);
      if (stream == null) {
        if (format != 0) {
          throw new IOException("type " + format + " begins chunk stream " + id);
        }
        stream = new Stream();
        streams.put(id, stream);
      }
      header(stream, format);
      byte[] data = new byte[Math.min(chunkSize, stream.length - stream.payload.length())];
      in.readFully(data);
      stream.payload.add(data);
      if (stream.payload.length() == stream.length) {
        Message message =
            new Message(id, stream.type, stream.streamId, stream.timestamp, stream.payload.take());
        if (message.type() == Message.SET_CHUNK_SIZE) {
          byte[] size = message.payload();
          chunkSize = ByteBuffer.wrap(size).getInt();
        }
        return message;
      }
    }
  }

  private void header(Stream stream, int format) throws IOException {
    boolean starts = stream.payload.length() == 0;
    if (!starts && format != 3) {
      throw new IOException("type " + format + " within a message");
    }
    if (format < 3) {
      stream.field = medium();
    }
    if (format < 2) {
      stream.length = medium();
      stream.type = in.readUnsignedByte();
    }
    if (format == 0) {
      stream.streamId = Integer.reverseBytes(in.readInt());
    }
    if (stream.field >= EXTENDED) {
      stream.field = Integer.toUnsignedLong(in.readInt());
    }
    if (starts) {
      long base = format == 0 ? 0 : stream.timestamp;
      stream.timestamp = (base + stream.field) & 0xFFFFFFFFL;
    }
  }

  private int medium() throws IOException {
    return (in.readUnsignedByte() << 16) | in.readUnsignedShort();
  }
}
