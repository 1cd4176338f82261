package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;

/** Decodes one track. For one thread. */
final class Decoder implements AutoCloseable {
  private static final int MOST_THREADS = 4;

  private final AVCodecContext context;
  private final AVPacket packet = Native.allocated(av_packet_alloc());
  private final AVFrame frame = Native.allocated(av_frame_alloc());

  /**
   * @throws NativeFailure when there is no decoder for it, or its record is none
   */
  Decoder(WireTrack track) {
    AVCodec codec = codecOf(track);
    if (codec == null) {
      throw new NativeFailure("there is no decoder for " + track.codec());
    }
    context = Native.allocated(avcodec_alloc_context3(codec));
    Native.extradata(context, track.record());
    context.pkt_timebase(Native.tick(track.timescale()));
    if (track.codec().isVideo()) {
      // Slices at once, not pictures: those would each come a picture later.
      context.thread_type(AVCodecContext.FF_THREAD_SLICE);
      context.thread_count(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    } else {
      context.sample_rate(track.sampleRate());
      av_channel_layout_default(context.ch_layout(), track.channels());
    }
    int opened = avcodec_open2(context, codec, (AVDictionary) null);
    if (opened < 0) {
      close();
      throw new NativeFailure(
          "the decoder for " + track.codec() + " refuses it: " + NativeFailure.words(opened));
    }
  }

  private static AVCodec codecOf(WireTrack track) {
    return switch (track.codec()) {
      case H264 -> avcodec_find_decoder(avcodec.AV_CODEC_ID_H264);
      case HEVC -> avcodec_find_decoder(avcodec.AV_CODEC_ID_HEVC);
      // FFmpeg's own needs hardware.
      case AV1 -> avcodec_find_decoder_by_name("libaom-av1");
      case VP9 -> avcodec_find_decoder(avcodec.AV_CODEC_ID_VP9);
      case AAC -> avcodec_find_decoder(avcodec.AV_CODEC_ID_AAC);
      case OPUS -> avcodec_find_decoder(avcodec.AV_CODEC_ID_OPUS);
      case FLAC -> avcodec_find_decoder(avcodec.AV_CODEC_ID_FLAC);
      case AC3 -> avcodec_find_decoder(avcodec.AV_CODEC_ID_AC3);
      case EAC3 -> avcodec_find_decoder(avcodec.AV_CODEC_ID_EAC3);
    };
  }

  /**
   * Decodes a sample.
   *
   * @param to gets what comes out, which is gone when it returns
   * @return false when the sample cannot be decoded
   */
  boolean decode(WireSample sample, Consumer<AVFrame> to) {
    var payload = sample.payload();
    if (!payload.hasRemaining()) {
      return false;
    }
    NativeFailure.check(av_new_packet(packet, payload.remaining()), "a packet");
    Native.copy(payload, packet.data());
    packet.pts(sample.pts()).dts(sample.dts());
    if (sample.sync()) {
      packet.flags(Native.PACKET_KEY);
    }
    int sent = avcodec_send_packet(context, packet);
    av_packet_unref(packet);
    boolean received = receive(to);
    return sent >= 0 && received;
  }

  /** Gives what the decoder still holds; nothing can be decoded afterwards. */
  void drain(Consumer<AVFrame> to) {
    if (avcodec_send_packet(context, (AVPacket) null) >= 0) {
      receive(to);
    }
  }

  /** False when something is broken. */
  private boolean receive(Consumer<AVFrame> to) {
    int result = avcodec_receive_frame(context, frame);
    while (result >= 0) {
      to.accept(frame);
      av_frame_unref(frame);
      result = avcodec_receive_frame(context, frame);
    }
    return result == Native.AGAIN || result == org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
  }

  @Override
  public void close() {
    avcodec_free_context(context);
    av_packet_free(packet);
    av_frame_free(frame);
  }
}
