package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** What is done with native memory in more than one place. */
final class Native {
  /** {@code AV_FRAME_FLAG_CORRUPT} and {@code AV_FRAME_FLAG_INTERLACED} of frame.h. */
  static final int FRAME_CORRUPT = 1;

  static final int FRAME_INTERLACED = 1 << 3;

  /** {@code AV_PKT_FLAG_KEY} of packet.h. */
  static final int PACKET_KEY = 1;

  /** {@code AV_PKT_FLAG_CORRUPT} of packet.h. */
  static final int PACKET_CORRUPT = 2;

  /** {@code AV_NOPTS_VALUE} of avutil.h. */
  static final long NO_TIME = Long.MIN_VALUE;

  /** {@code AVERROR(EAGAIN)} on Linux. */
  static final int AGAIN = -11;

  /** {@code AV_INPUT_BUFFER_PADDING_SIZE} of defs.h. */
  private static final int PADDING = 64;

  private Native() {}

  /** Another owner of the same picture or sound. */
  static AVFrame share(AVFrame frame) {
    AVFrame shared = allocated(av_frame_alloc());
    NativeFailure.check(av_frame_ref(shared, frame), "sharing a frame");
    return shared;
  }

  /** What was allocated. */
  static <P extends Pointer> P allocated(P pointer) {
    if (pointer == null || pointer.isNull()) {
      throw new NativeFailure("no memory");
    }
    return pointer;
  }

  static byte[] bytes(Pointer from, int size) {
    byte[] bytes = new byte[size];
    if (size > 0) {
      MemorySegment.copy(segment(from, size), 0, MemorySegment.ofArray(bytes), 0, size);
    }
    return bytes;
  }

  static void copy(ByteBuffer from, Pointer to) {
    int size = from.remaining();
    if (size > 0) {
      segment(to, size).copyFrom(MemorySegment.ofBuffer(from));
    }
  }

  @SuppressWarnings("restricted") // The flags of this program's JVM allow it.
  private static MemorySegment segment(Pointer pointer, int size) {
    return MemorySegment.ofAddress(pointer.address()).reinterpret(size);
  }

  /** Gives a decoder its record; freed with the context. */
  static void extradata(AVCodecContext context, ByteBuffer record) {
    int size = record.remaining();
    if (size > 0) {
      BytePointer memory = new BytePointer(allocated(av_mallocz(size + PADDING)));
      copy(record, memory);
      context.extradata(memory).extradata_size(size);
    }
  }

  static byte[] extradata(AVCodecContext context) {
    int size = context.extradata_size();
    return size > 0 ? bytes(context.extradata(), size) : new byte[0];
  }

  /** One tick. */
  static AVRational tick(int timescale) {
    return new AVRational().num(1).den(timescale);
  }
}
