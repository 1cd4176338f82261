package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Reads the first picture of a file of which only the beginning is there: MP4, or a transport
 * stream, which its first byte tells; nothing else is looked for. For one thread.
 */
final class MediaStart implements AutoCloseable {
  /** {@code SYNC_BYTE}, ISO/IEC 13818-1 2.4.3.3. */
  private static final byte TRANSPORT_SYNC = 0x47;

  /** Packets of sound may come before the picture. */
  private static final int MOST_PACKETS = 200;

  private final AVIOContext io;
  private final AVFormatContext format;
  private final AVPacket packet = Native.allocated(av_packet_alloc());

  /**
   * @throws NativeFailure when it is no such file
   */
  MediaStart(ByteBuffer file) {
    boolean transport = file.hasRemaining() && file.get(file.position()) == TRANSPORT_SYNC;
    AVInputFormat kind = av_find_input_format(transport ? "mpegts" : "mp4");
    BytePointer bytes = new BytePointer(Native.allocated(av_malloc(Math.max(1, file.remaining()))));
    Native.copy(file, bytes);
    // With nothing to read more from, all that there is is what lies in the buffer.
    io = Native.allocated(avio_alloc_context(bytes, file.remaining(), 0, null, null, null, null));
    format = Native.allocated(avformat_alloc_context());
    format.pb(io);
    format.flags(format.flags() | AVFormatContext.AVFMT_FLAG_CUSTOM_IO);
    // Which frees the format where it fails.
    int opened = avformat_open_input(format, (String) null, kind, (AVDictionary) null);
    if (opened < 0) {
      closeRest();
      throw new NativeFailure("no beginning of a file: " + NativeFailure.words(opened));
    }
  }

  /**
   * Gives the first picture.
   *
   * @throws NativeFailure when there is none
   * @throws IllegalArgumentException when it is what no picture can be
   */
  void first(BiConsumer<WireTrack, WireSample> to) {
    for (int i = 0; i < MOST_PACKETS && av_read_frame(format, packet) >= 0; i++) {
      AVStream stream = format.streams(packet.stream_index());
      if (stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO) {
        ByteBuffer payload = ByteBuffer.wrap(Native.bytes(packet.data(), packet.size()));
        av_packet_unref(packet);
        WireTrack track = track(stream.codecpar());
        to.accept(track, new WireSample(track.id(), 0, 0, true, payload));
        return;
      }
      av_packet_unref(packet);
    }
    throw new NativeFailure("there is no picture");
  }

  private static WireTrack track(AVCodecParameters parameters) {
    Codec codec =
        switch (parameters.codec_id()) {
          case avcodec.AV_CODEC_ID_H264 -> Codec.H264;
          case avcodec.AV_CODEC_ID_HEVC -> Codec.HEVC;
          case avcodec.AV_CODEC_ID_AV1 -> Codec.AV1;
          case avcodec.AV_CODEC_ID_VP9 -> Codec.VP9;
          default -> throw new NativeFailure("codec " + parameters.codec_id());
        };
    int size = parameters.extradata_size();
    byte[] record = size > 0 ? Native.bytes(parameters.extradata(), size) : new byte[0];
    // A transport stream says its size inside only; the decoder finds it there.
    return WireTrack.video(
        1,
        90_000,
        codec,
        Math.max(1, parameters.width()),
        Math.max(1, parameters.height()),
        0,
        ByteBuffer.wrap(record));
  }

  @Override
  public void close() {
    avformat_close_input(format);
    closeRest();
  }

  private void closeRest() {
    av_packet_free(packet);
    Pointer buffer = io.buffer();
    av_free(buffer);
    avio_context_free(io);
  }
}
