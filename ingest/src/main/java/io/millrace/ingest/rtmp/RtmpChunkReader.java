package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages together from chunks (RTMP 1.0, 5.3). Give it bytes with {@link #feed}, take
 * messages with {@link #next} until there is none, and {@link #keep} what is left before the bytes
 * are used again. Set Chunk Size and Abort are obeyed here and not handed out.
 *
 * <p>Memory is taken as bytes arrive, never by a length that a peer has only announced; all
 * unfinished messages together may hold twice the largest message.
 */
final class RtmpChunkReader {
  private static final int DEFAULT_CHUNK_SIZE = 128;
  private static final int EXTENDED = 0xFFFFFF;
  private static final int MAX_CHUNK_STREAMS = 64;

  /** Bytes of the largest message that is no media, and of any before media is allowed. */
  static final int MAX_AMF_MESSAGE = 1 << 20;

  private static final int FIRST_ALLOCATION = 4 * 1024;
  private static final int MAX_EXPECTED = 256 * 1024;
  private static final int LARGEST_MESSAGE = 0xFFFFFF;

  /** A plain delta this close to its end is a step back by a sender that subtracts. */
  private static final int NEGATIVE_DELTA = 0xFF0000;

  private static final int[] MESSAGE_HEADER_LENGTH = {11, 7, 3, 0};
  private static final String WHERE = "chunk header";
  private static final Buffer NOTHING = Buffer.buffer();

  private int maxMediaSize = MAX_AMF_MESSAGE;
  private final @Nullable ChunkStream[] lowStreams = new ChunkStream[64];
  private final Map<Integer, ChunkStream> highStreams = new HashMap<>();
  private int streamCount;
  private Buffer input = NOTHING;
  private boolean inputIsOurs;
  private int at;
  private long consumed;
  private int chunkSize = DEFAULT_CHUNK_SIZE;
  private @Nullable ChunkStream current;
  private int chunkLeft;
  private long unfinishedBytes;

  /**
   * From now on audio and video messages may be this large; before, they may be as large as
   * commands.
   */
  void allowMedia(int maxMessageSize) {
    maxMediaSize = maxMessageSize;
  }

  /** Adds bytes as they came from the peer; the buffer must not change before {@link #keep}. */
  void feed(Buffer bytes) {
    int left = input.length() - at;
    if (left == 0) {
      consumed += at;
      at = 0;
      input = bytes;
      inputIsOurs = false;
    } else if (inputIsOurs && left >= at) {
      input.appendBuffer(bytes);
    } else {
      Buffer joined = Buffer.buffer(left + bytes.length());
      joined.appendBuffer(input, at, left).appendBuffer(bytes);
      consumed += at;
      at = 0;
      input = joined;
      inputIsOurs = true;
    }
  }

  /** Copies what has been fed and not yet been read: the buffer is its owner's again. */
  void keep() {
    if (!inputIsOurs) {
      inputIsOurs = unread() > 0;
      input = inputIsOurs ? input.getBuffer(at, input.length()) : NOTHING;
      consumed += at;
      at = 0;
    }
  }

  /** Bytes that have been fed and not yet been read. */
  int unread() {
    return input.length() - at;
  }

  /**
   * The next whole message, or null when more bytes are needed.
   *
   * @throws MalformedMediaException when the peer breaks the protocol or a limit; the reader is of
   *     no use afterwards
   */
  @Nullable RtmpMessage next() {
    while (true) {
      if (current == null) {
        current = readHeader();
        if (current == null) {
          return null;
        }
        chunkLeft = Math.min(chunkSize, current.length - current.received());
      }
      int count = Math.min(chunkLeft, unread());
      if (count > 0) {
        unfinishedBytes += count;
        if (unfinishedBytes > 2L * maxMediaSize) {
          throw malformed("unfinished messages hold more than " + 2L * maxMediaSize + " bytes");
        }
        current.append(input, at, count);
        at += count;
        chunkLeft -= count;
      }
      if (chunkLeft > 0) {
        return null;
      }
      ChunkStream done = current;
      current = null;
      if (done.received() == done.length) {
        unfinishedBytes -= done.length;
        RtmpMessage message = done.take();
        if (message.type() == RtmpMessage.SET_CHUNK_SIZE) {
          setChunkSize(message.payload());
        } else if (message.type() == RtmpMessage.ABORT) {
          abort(message.payload());
        } else {
          return message;
        }
      }
    }
  }

  /** Reads one chunk's header and returns its stream; null, with nothing read, when it is cut. */
  private @Nullable ChunkStream readHeader() {
    int available = unread();
    if (available < 1) {
      return null;
    }
    int format = input.getUnsignedByte(at) >> 6;
    int id = input.getUnsignedByte(at) & 0x3F;
    int basic = id == 0 ? 2 : id == 1 ? 3 : 1;
    if (available < basic) {
      return null;
    }
    if (basic == 2) {
      id = 64 + input.getUnsignedByte(at + 1);
    } else if (basic == 3) {
      id = 64 + input.getUnsignedByte(at + 1) + 256 * input.getUnsignedByte(at + 2);
    }
    ChunkStream stream = id < lowStreams.length ? lowStreams[id] : highStreams.get(id);
    if (stream == null && format != 0 && !(format == 1 && id == 2)) {
      throw malformed("type " + format + " begins chunk stream " + id);
    }
    boolean starts = stream == null || !stream.unfinished;
    if (!starts && format != 3) {
      throw malformed("type " + format + " within an unfinished message of chunk stream " + id);
    }
    int length = basic + MESSAGE_HEADER_LENGTH[format];
    if (available < length) {
      return null;
    }
    boolean extended = format == 3 ? stream != null && stream.extended : field(basic) == EXTENDED;
    if (extended) {
      Extension extension =
          starts || stream == null ? whole(length) : stream.compareExtension(input, at + length);
      if (extension == Extension.CUT) {
        return null;
      }
      if (extension == Extension.PRESENT) {
        length += 4;
      }
    }
    if (stream == null) {
      stream = newStream(id);
    }
    if (starts) {
      startMessage(stream, format, at + basic, extended, at + length - 4);
    }
    at += length;
    return stream;
  }

  private ChunkStream newStream(int id) {
    if (++streamCount > MAX_CHUNK_STREAMS) {
      throw malformed("more than " + MAX_CHUNK_STREAMS + " chunk streams");
    }
    ChunkStream stream = new ChunkStream();
    if (id < lowStreams.length) {
      lowStreams[id] = stream;
    } else {
      highStreams.put(id, stream);
    }
    return stream;
  }

  private int field(int basic) {
    return input.getUnsignedMedium(at + basic);
  }

  private Extension whole(int headerLength) {
    return unread() < headerLength + 4 ? Extension.CUT : Extension.PRESENT;
  }

  private void startMessage(
      ChunkStream stream, int format, int header, boolean extended, int extension) {
    if (format < 3) {
      stream.extended = extended;
      stream.absolute = format == 0;
      stream.value = extended ? input.getUnsignedInt(extension) : input.getUnsignedMedium(header);
      if (format > 0 && !extended && stream.value >= NEGATIVE_DELTA) {
        stream.value -= EXTENDED + 1;
      }
    } else if (extended) {
      stream.value = input.getUnsignedInt(extension);
    }
    if (format < 2) {
      stream.length = input.getUnsignedMedium(header + 3);
      stream.type = input.getUnsignedByte(header + 6);
      checkLength(stream.type, stream.length);
    }
    if (format == 0) {
      stream.streamId = input.getIntLE(header + 7);
    }
    // A repeated header adds what its predecessor held, even an absolute time (5.3.1.2.4); but an
    // extended absolute time is always meant as one: as a delta it would be hours.
    boolean set = format == 0 || (format == 3 && extended && stream.absolute);
    stream.timestamp = (set ? stream.value : stream.timestamp + stream.value) & 0xFFFFFFFFL;
    stream.unfinished = true;
  }

  private void checkLength(int type, int length) {
    int limit =
        switch (type) {
          case RtmpMessage.AUDIO, RtmpMessage.VIDEO, RtmpMessage.AGGREGATE -> maxMediaSize;
          default -> Math.min(maxMediaSize, MAX_AMF_MESSAGE);
        };
    if (length > limit) {
      throw malformed("message of " + length + " bytes, " + limit + " are allowed");
    }
  }

  private void setChunkSize(Buffer payload) {
    if (payload.length() < 4) {
      throw malformed("Set Chunk Size of " + payload.length() + " bytes");
    }
    int size = payload.getInt(0);
    if (size < 1) {
      throw malformed("chunk size " + (size & 0xFFFFFFFFL));
    }
    chunkSize = Math.min(size, LARGEST_MESSAGE);
  }

  private void abort(Buffer payload) {
    if (payload.length() < 4) {
      throw malformed("Abort of " + payload.length() + " bytes");
    }
    int id = payload.getInt(0);
    ChunkStream stream = id >= 0 && id < lowStreams.length ? lowStreams[id] : highStreams.get(id);
    if (stream != null && stream.unfinished) {
      unfinishedBytes -= stream.received();
      stream.drop();
    }
  }

  private MalformedMediaException malformed(String problem) {
    return new MalformedMediaException(WHERE, consumed + at, problem);
  }

  /** Whether four bytes of extended timestamp follow a header. */
  private enum Extension {
    PRESENT,
    ABSENT,
    /** More bytes are needed to tell. */
    CUT
  }

  /** What one chunk stream remembers from chunk to chunk. */
  private static final class ChunkStream {
    private boolean extended;
    private boolean absolute;
    private long value;
    private long timestamp;
    private int length;
    private int type;
    private int streamId;
    private boolean unfinished;
    private @Nullable Buffer payload;
    private int allocated;
    private int expected = FIRST_ALLOCATION;

    int received() {
      return payload == null ? 0 : payload.length();
    }

    /**
     * Memory is taken for what has come, up to four times as much at once, and for as much as an
     * earlier message of this chunk stream has really brought.
     */
    void append(Buffer from, int offset, int count) {
      int needed = received() + count;
      if (payload == null) {
        allocated = Math.min(length, Math.max(expected, count));
        payload = Buffer.buffer(allocated);
      } else if (needed > allocated) {
        allocated = (int) Math.min(length, 4L * needed);
        payload = Buffer.buffer(allocated).appendBuffer(payload);
      }
      payload.appendBuffer(from, offset, count);
    }

    /**
     * In the middle of a message some senders repeat the extended timestamp, as the specification
     * says, and some (old librtmp and FFmpeg) don't: it is there when its bytes are the expected
     * ones. Decided on as few bytes as needed, so that a last short chunk is not held back.
     */
    Extension compareExtension(Buffer input, int from) {
      boolean likeValue = true;
      boolean likeTimestamp = true;
      for (int i = 0; i < 4; i++) {
        if (from + i >= input.length()) {
          return Extension.CUT;
        }
        int shift = 24 - 8 * i;
        int actual = input.getUnsignedByte(from + i);
        likeValue &= actual == (value >> shift & 0xFF);
        likeTimestamp &= actual == (timestamp >> shift & 0xFF);
        if (!likeValue && !likeTimestamp) {
          return Extension.ABSENT;
        }
      }
      return Extension.PRESENT;
    }

    RtmpMessage take() {
      Buffer whole = payload == null ? Buffer.buffer() : payload;
      expected = Math.clamp(whole.length(), expected, MAX_EXPECTED);
      drop();
      return new RtmpMessage(type, streamId, timestamp, whole);
    }

    void drop() {
      payload = null;
      unfinished = false;
    }
  }
}
