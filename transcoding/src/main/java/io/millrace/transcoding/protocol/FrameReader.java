package io.millrace.transcoding.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads the frames that {@link FrameWriter} writes, from bytes in any pieces. Memory is taken by
 * what has come, never by what is announced. Used by one thread at a time; of no use any more once
 * it has thrown.
 */
public final class FrameReader {
  /** Bytes of a frame behind its length. */
  static final int LONGEST_FRAME =
      WireSample.LONGEST + WireTrack.LONGEST_RECORD + FrameWriter.FIXED_BYTES;

  static final int LONGEST_LIST = 64;
  static final int LONGEST_TEXT = 4_096;

  private static final int FIRST_CAPACITY = 16 << 10;

  /** What has come of the next frame, from its length on; ready to be written to. */
  private ByteBuffer partial = ByteBuffer.allocate(FIRST_CAPACITY);

  /**
   * Takes all that there is.
   *
   * @param to gets each frame that is whole; what its payloads hold is its own
   * @throws ProtocolException when it is none
   */
  public void read(ByteBuffer bytes, Consumer<Frame> to) {
    while (bytes.hasRemaining()) {
      int missing = missing();
      int taken = Math.min(missing, bytes.remaining());
      room(taken);
      partial.put(bytes.slice(bytes.position(), taken));
      bytes.position(bytes.position() + taken);
      if (partial.position() > FrameWriter.LENGTH_BYTES && missing() == 0) {
        ByteBuffer body = ByteBuffer.allocate(partial.position() - FrameWriter.LENGTH_BYTES);
        body.put(partial.flip().position(FrameWriter.LENGTH_BYTES)).flip();
        partial.clear();
        to.accept(frame(body));
      }
    }
  }

  /** How many bytes there are still to come before something is known. */
  private int missing() {
    int have = partial.position();
    if (have < FrameWriter.LENGTH_BYTES) {
      return FrameWriter.LENGTH_BYTES - have;
    }
    int length = partial.getInt(0);
    if (length < 1 || length > LONGEST_FRAME) {
      throw new ProtocolException("frame of " + Integer.toUnsignedString(length) + " bytes");
    }
    return FrameWriter.LENGTH_BYTES + length - have;
  }

  private void room(int bytes) {
    if (partial.remaining() < bytes) {
      int wanted = Math.max(partial.capacity() * 2, partial.position() + bytes);
      partial = ByteBuffer.allocate(wanted).put(partial.flip());
    }
  }

  private static Frame frame(ByteBuffer in) {
    FrameKind kind = FrameKind.of(in.get(0) & 0xFF);
    if (kind == null) {
      throw new ProtocolException("frame of kind " + (in.get(0) & 0xFF));
    }
    try {
      in.get();
      Frame frame = fields(kind, in);
      if (in.hasRemaining()) {
        throw new ProtocolException(kind + " with " + in.remaining() + " bytes too many");
      }
      return frame;
    } catch (BufferUnderflowException e) {
      throw new ProtocolException(kind + " ends too early", e);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(kind + ": " + e.getMessage(), e);
    }
  }

  private static Frame fields(FrameKind kind, ByteBuffer in) {
    return switch (kind) {
      case HELLO -> {
        if (in.getInt() != FrameWriter.MAGIC) {
          throw new ProtocolException("the other side does not speak this protocol");
        }
        yield new Frame.Hello(in.getShort() & 0xFFFF, text(in), list(in, FrameReader::text));
      }
      case OPEN -> {
        long segmentNanos = in.getLong();
        Latency latency = flag(in) ? Latency.LOW : Latency.NORMAL;
        List<String> encoders = list(in, FrameReader::text);
        boolean normalised = flag(in);
        int loudness = in.getShort();
        yield new Frame.Open(
            segmentNanos,
            latency,
            encoders,
            normalised ? OptionalInt.of(loudness) : OptionalInt.empty(),
            list(in, FrameReader::still));
      }
      case TRACKS -> new Frame.Tracks(list(in, FrameReader::track), list(in, FrameReader::rung));
      case SOURCE_SAMPLE -> {
        boolean startsSegment = flag(in);
        yield new Frame.SourceSample(sample(in), startsSegment);
      }
      case BREAK -> new Frame.Break(in.getLong());
      case END -> new Frame.End();
      case KEY_FRAME ->
          new Frame.KeyFrame(in.get() & 0xFF, in.getShort() & 0xFFFF, track(in), sample(in));
      case TILE ->
          new Frame.Tile(
              in.get() & 0xFF,
              in.getShort() & 0xFFFF,
              in.getShort() & 0xFFFF,
              bytes(in, in.remaining()));
      case SHEET ->
          new Frame.Sheet(
              in.get() & 0xFF,
              in.getShort() & 0xFFFF,
              in.getShort() & 0xFFFF,
              bytes(in, in.remaining()));
      case TAKEN -> new Frame.Taken(in.getLong(), in.getLong());
      case RUNG_TRACKS ->
          new Frame.RungTracks(in.get() & 0xFF, text(in), list(in, FrameReader::track));
      case RUNG_SAMPLE -> new Frame.RungSample(in.get() & 0xFF, sample(in));
      case RUNG_BREAK -> new Frame.RungBreak(in.get() & 0xFF, in.getLong());
      case STILL ->
          new Frame.Still(
              in.get() & 0xFF,
              in.getLong(),
              in.getShort() & 0xFFFF,
              in.getShort() & 0xFFFF,
              bytes(in, in.remaining()));
      case REFUSED -> new Frame.Refused(text(in));
      case ENDED -> new Frame.Ended();
      case OPEN_FILE -> new Frame.OpenFile(text(in));
      case FILE_TRACKS -> new Frame.FileTracks(in.getLong(), list(in, FrameReader::fileTrack));
      case FILE_SAMPLE -> new Frame.FileSample(sample(in));
    };
  }

  private static WireTrack track(ByteBuffer in) {
    int id = in.getInt();
    int timescale = in.getInt();
    int number = in.get() & 0xFF;
    Codec codec =
        Codec.of(number).orElseThrow(() -> new ProtocolException("codec of number " + number));
    int width = in.getShort() & 0xFFFF;
    int height = in.getShort() & 0xFFFF;
    int milliFrames = in.getInt();
    int sampleRate = in.getInt();
    int channels = in.get() & 0xFF;
    ByteBuffer record = bytes(in, in.getInt());
    return new WireTrack(
        id, timescale, codec, width, height, milliFrames, sampleRate, channels, record);
  }

  private static FileTrack fileTrack(ByteBuffer in) {
    WireTrack track = track(in);
    return new FileTrack(track, text(in));
  }

  private static WireSample sample(ByteBuffer in) {
    int track = in.getInt();
    long dts = in.getLong();
    int compositionOffset = in.getInt();
    boolean sync = flag(in);
    return new WireSample(track, dts, compositionOffset, sync, bytes(in, in.remaining()));
  }

  private static RungWish rung(ByteBuffer in) {
    return new RungWish(in.get() & 0xFF, in.getShort() & 0xFFFF, in.getInt());
  }

  private static StillWish still(ByteBuffer in) {
    return new StillWish(in.get() & 0xFF, in.getShort() & 0xFFFF, in.getLong());
  }

  private static <T> List<T> list(ByteBuffer in, Function<ByteBuffer, T> item) {
    int count = in.get() & 0xFF;
    if (count > LONGEST_LIST) {
      throw new ProtocolException("list of " + count);
    }
    List<T> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item.apply(in));
    }
    return items;
  }

  private static String text(ByteBuffer in) {
    int length = in.getShort() & 0xFFFF;
    if (length > LONGEST_TEXT) {
      throw new ProtocolException("text of " + length + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes(in, length)).toString();
    } catch (CharacterCodingException e) {
      throw new ProtocolException("text that is not UTF-8", e);
    }
  }

  private static boolean flag(ByteBuffer in) {
    byte value = in.get();
    if (value != 0 && value != 1) {
      throw new ProtocolException("flag of " + value);
    }
    return value == 1;
  }

  /** A view of so many bytes. */
  private static ByteBuffer bytes(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer view = in.slice(in.position(), length);
    in.position(in.position() + length);
    return view;
  }
}
