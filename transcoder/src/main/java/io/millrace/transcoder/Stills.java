package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.StillWish;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Makes single pictures of key frames as JPEG, in a thread of its own; one that is offered while
 * another is being made is passed over.
 */
final class Stills {
  private static final double NANOS = 1e9;

  /** {@code FF_QP2LAMBDA} times 5: good, and a quarter of the best's size. */
  private static final int QUALITY = 118 * 5;

  private final List<StillWish> wishes;
  private final ServerLink link;
  private final Map<Integer, Long> lastNanos = new HashMap<>();
  private final ThreadPoolExecutor maker =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("stills").factory(),
          new ThreadPoolExecutor.AbortPolicy());

  Stills(List<StillWish> wishes, ServerLink link) {
    this.wishes = wishes;
    this.link = link;
  }

  /** A key frame of the source. */
  void offer(AVFrame frame, int timescale) {
    long nanos = (long) (frame.pts() * (NANOS / timescale));
    List<StillWish> due = wishes.stream().filter(wish -> isDue(wish, nanos)).toList();
    if (due.isEmpty()) {
      return;
    }
    AVFrame shared = Native.share(frame);
    try {
      maker.execute(() -> make(shared, timescale, nanos, due));
      due.forEach(wish -> lastNanos.put(wish.number(), nanos));
    } catch (java.util.concurrent.RejectedExecutionException e) {
      av_frame_free(shared);
    }
  }

  private boolean isDue(StillWish wish, long nanos) {
    Long last = lastNanos.get(wish.number());
    return last == null || nanos < last || nanos - last >= wish.intervalNanos();
  }

  private void make(AVFrame frame, int timescale, long nanos, List<StillWish> due) {
    try {
      PictureShape shape = PictureShape.of(frame);
      for (StillWish wish : due) {
        int[] size = shape.scaledTo(wish.lines());
        scaled(
            frame,
            timescale,
            size,
            jpeg -> link.send(new Frame.Still(wish.number(), nanos, size[0], size[1], jpeg)));
      }
    } catch (NativeFailure e) {
      Log.warn("no still could be made: " + e.getMessage());
    } catch (java.io.UncheckedIOException e) {
      Log.info("no still could be sent: " + e.getMessage());
    } finally {
      av_frame_free(frame);
    }
  }

  /**
   * A frame as JPEG of another size.
   *
   * @param size width and height, both even
   * @param to gets it, once
   */
  static void scaled(AVFrame frame, int timescale, int[] size, Consumer<ByteBuffer> to) {
    String filters =
        "scale=" + size[0] + ":" + size[1] + ":flags=area:out_range=pc,format=yuvj420p";
    AVFrame shared = Native.share(frame);
    try (FilterChain chain =
        FilterChain.ofPictures(PictureShape.of(frame).input(timescale), filters)) {
      chain.filter(shared, scaled -> to.accept(jpeg(scaled)));
    } finally {
      av_frame_free(shared);
    }
  }

  /**
   * A frame as JPEG.
   *
   * @param frame full-range 4:2:0
   */
  static ByteBuffer jpeg(AVFrame frame) {
    AVCodec codec = avcodec_find_encoder(avcodec.AV_CODEC_ID_MJPEG);
    AVCodecContext context = Native.allocated(avcodec_alloc_context3(codec));
    AVPacket packet = Native.allocated(av_packet_alloc());
    try {
      context.width(frame.width()).height(frame.height());
      context.pix_fmt(avutil.AV_PIX_FMT_YUVJ420P).color_range(AVCOL_RANGE_JPEG);
      context.time_base(Native.tick(25)).thread_count(1);
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_QSCALE).global_quality(QUALITY);
      NativeFailure.check(avcodec_open2(context, codec, (AVDictionary) null), "opening mjpeg");
      frame.quality(QUALITY);
      NativeFailure.check(avcodec_send_frame(context, frame), "encoding a still");
      avcodec_send_frame(context, null);
      NativeFailure.check(avcodec_receive_packet(context, packet), "encoding a still");
      return ByteBuffer.wrap(Native.bytes(packet.data(), packet.size()));
    } finally {
      avcodec_free_context(context);
      av_packet_free(packet);
    }
  }
}
