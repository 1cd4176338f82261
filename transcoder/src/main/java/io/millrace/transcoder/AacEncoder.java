package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Stereo sound as AAC-LC. An access unit's time is that of the first sample that a decoder makes of
 * it; the first one, of which it makes nothing but the encoder's own delay, is left out. For one
 * thread.
 */
final class AacEncoder implements AutoCloseable {
  /** Takes what is coded. */
  interface Output {
    /**
     * @param bytes as the encoder wrote them
     */
    void packet(long pts, byte[] bytes);
  }

  /** Samples of an access unit. */
  static final int FRAME = 1_024;

  private final AVCodecContext context;
  private final AVPacket packet = Native.allocated(av_packet_alloc());
  private long from = Long.MIN_VALUE;

  AacEncoder(int rate, int bitRate) {
    AVCodec codec = avcodec_find_encoder(avcodec.AV_CODEC_ID_AAC);
    context = Native.allocated(avcodec_alloc_context3(codec));
    context.sample_rate(rate).sample_fmt(avutil.AV_SAMPLE_FMT_FLTP).bit_rate(bitRate);
    av_channel_layout_default(context.ch_layout(), 2);
    context.time_base(Native.tick(rate));
    context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    int opened = avcodec_open2(context, codec, (AVDictionary) null);
    if (opened < 0) {
      close();
    }
    NativeFailure.check(opened, "opening the AAC encoder");
  }

  /** Its AudioSpecificConfig. */
  byte[] headers() {
    return Native.extradata(context);
  }

  /**
   * Encodes a frame whose time is in its own rate.
   *
   * @param to its times are in the rate too
   */
  void encode(AVFrame frame, Output to) {
    if (from == Long.MIN_VALUE) {
      from = frame.pts();
    }
    NativeFailure.check(avcodec_send_frame(context, frame), "encoding sound");
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
      // The filters before may have moved the second frame by a little.
      if (packet.pts() > from - FRAME / 2) {
        to.packet(packet.pts(), Native.bytes(packet.data(), packet.size()));
      }
      av_packet_unref(packet);
    }
  }

  @Override
  public void close() {
    avcodec_free_context(context);
    av_packet_free(packet);
  }
}
