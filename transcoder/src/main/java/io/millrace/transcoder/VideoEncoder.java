package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_CLOSED_GOP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_VAAPI;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import io.millrace.transcoding.protocol.Latency;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** Encodes the pictures of one rung. For one thread. */
final class VideoEncoder implements AutoCloseable {
  /**
   * What it is to make.
   *
   * @param milliFrames pictures in a thousand seconds, for its rate control
   * @param bitRate at most
   */
  record Wish(
      int width, int height, int timescale, int milliFrames, int bitRate, Latency latency) {}

  /** Gets what was encoded. */
  @FunctionalInterface
  interface Output {
    /**
     * @param key whether decoding can begin with it
     * @param bytes as the encoder wrote them
     */
    void packet(long pts, boolean key, byte[] bytes);
  }

  /** Longer than any broadcast: no key frame comes by itself. */
  private static final int ENDLESS_GROUP = 1 << 30;

  /** libopenh264 takes 32 bits of it and multiplies. */
  private static final int LONG_GROUP = 1 << 20;

  private final EncoderKind kind;
  private final AVCodecContext context;
  private final AVPacket packet = Native.allocated(av_packet_alloc());

  private VideoEncoder(EncoderKind kind, AVCodecContext context) {
    this.kind = kind;
    this.context = context;
  }

  /**
   * One that is ready to encode.
   *
   * @param shape of the source, for its colours
   * @param frames of the device, where the pictures come from one
   * @throws NativeFailure when it cannot work here
   */
  static VideoEncoder open(
      EncoderKind kind, Wish wish, @Nullable PictureShape shape, @Nullable AVBufferRef frames) {
    AVCodec codec = avcodec_find_encoder_by_name(kind.library());
    if (codec == null) {
      throw new NativeFailure(kind.word() + " is not in this build");
    }
    AVCodecContext context = Native.allocated(avcodec_alloc_context3(codec));
    VideoEncoder encoder = new VideoEncoder(kind, context);
    try {
      encoder.settle(wish, shape);
      if (frames != null) {
        context.pix_fmt(AV_PIX_FMT_VAAPI).hw_frames_ctx(Native.allocated(av_buffer_ref(frames)));
      }
      for (Map.Entry<String, String> option : kind.options(wish.latency()).entrySet()) {
        NativeFailure.check(
            av_opt_set(context, option.getKey(), option.getValue(), AV_OPT_SEARCH_CHILDREN),
            kind.word() + " with " + option);
      }
      NativeFailure.check(
          avcodec_open2(context, codec, (AVDictionary) null), "opening " + kind.library());
      return encoder;
    } catch (NativeFailure e) {
      encoder.close();
      throw e;
    }
  }

  private void settle(Wish wish, @Nullable PictureShape shape) {
    context.width(wish.width()).height(wish.height()).pix_fmt(AV_PIX_FMT_YUV420P);
    context.time_base(Native.tick(wish.timescale()));
    context.framerate(new AVRational().num(wish.milliFrames()).den(1000));
    context.sample_aspect_ratio(new AVRational().num(1).den(1));
    context.gop_size(kind == EncoderKind.OPENH264 ? LONG_GROUP : ENDLESS_GROUP);
    context.max_b_frames(kind == EncoderKind.X264 && wish.latency() == Latency.NORMAL ? 2 : 0);
    context.rc_max_rate(wish.bitRate()).rc_buffer_size(wish.bitRate());
    if (kind != EncoderKind.X264 && kind != EncoderKind.SVT_AV1) {
      context.bit_rate(wish.bitRate() * 3L / 4);
    }
    context.thread_count(1);
    context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP);
    context.color_range(AVCOL_RANGE_MPEG);
    if (shape != null) {
      context.colorspace(shape.matrixTold());
      context.color_primaries(shape.primariesTold()).color_trc(shape.transferTold());
    }
  }

  EncoderKind kind() {
    return kind;
  }

  /** What it has to say before its first packet; empty where it says it there. */
  byte[] headers() {
    return Native.extradata(context);
  }

  /** Encodes a picture. */
  void encode(AVFrame frame, Output to) {
    NativeFailure.check(avcodec_send_frame(context, frame), "encoding with " + kind.word());
    receive(to);
  }

  /** Gives what it still holds; nothing can be encoded afterwards. */
  void drain(Output to) {
    if (avcodec_send_frame(context, null) >= 0) {
      receive(to);
    }
  }

  private void receive(Output to) {
    while (avcodec_receive_packet(context, packet) >= 0) {
      boolean key = (packet.flags() & Native.PACKET_KEY) != 0;
      to.packet(packet.pts(), key, Native.bytes(packet.data(), packet.size()));
      av_packet_unref(packet);
    }
  }

  @Override
  public void close() {
    avcodec_free_context(context);
    av_packet_free(packet);
  }
}
