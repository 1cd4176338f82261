package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_describe;
import static org.bytedeco.ffmpeg.global.avutil.av_get_sample_fmt_name;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.RungWish;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The way of one track of sound: decoded, brought to stereo and a usual rate, encoded as AAC. Its
 * samples are counted; where the source's times say otherwise, they are stretched by as little as
 * is not heard, and beyond {@link #BREAK_NANOS} counting starts anew. For one thread.
 */
final class SoundPath {
  /** A longer silence is none, but a track that was away. */
  private static final double BREAK_NANOS = 1e9;

  private static final double NANOS = 1e9;
  private static final int DESCRIPTION_BYTES = 64;

  /** {@code AV_CHANNEL_ORDER_UNSPEC}. */
  private static final int UNORDERED = 0;

  private final RungWish wish;
  private final OptionalInt loudness;
  private final ServerLink link;

  private WireTrack track;
  private Decoder decoder;
  private @Nullable FilterChain filters;
  private @Nullable LoudnessRider rider;
  private @Nullable AacEncoder encoder;
  private String input = "";
  private double nextNanos;
  private int toldRate;

  /**
   * @throws NativeFailure when nothing can decode it
   */
  SoundPath(WireTrack track, RungWish wish, OptionalInt loudness, ServerLink link) {
    this.track = track;
    this.wish = wish;
    this.loudness = loudness;
    this.link = link;
    this.decoder = new Decoder(track);
  }

  int rung() {
    return wish.number();
  }

  WireTrack track() {
    return track;
  }

  /** False when it cannot be decoded. */
  boolean sample(WireSample sample) {
    return decoder.decode(sample, this::decoded);
  }

  /** Goes on with another configuration. */
  void reopen(WireTrack next) {
    decoder.drain(this::decoded);
    decoder.close();
    decoder = new Decoder(next);
    track = next;
  }

  /** Finishes what has come; what comes next continues nothing. */
  void breakOff() {
    reopen(track);
    finish();
    toldRate = 0;
  }

  /** Finishes what has come, and ends. */
  void stop() {
    decoder.drain(this::decoded);
    finish();
    decoder.close();
  }

  private void decoded(AVFrame frame) {
    double nanos = frame.pts() * (NANOS / track.timescale());
    String described = describe(frame);
    if (!described.equals(input) || Math.abs(nanos - nextNanos) > BREAK_NANOS) {
      finish();
      open(described, frame.sample_rate());
    }
    nextNanos = nanos + frame.nb_samples() * (NANOS / frame.sample_rate());
    if (filters != null) {
      filters.filter(frame, this::encode);
    }
  }

  /** The parameters of the filter {@code abuffer}. */
  private String describe(AVFrame frame) {
    if (frame.ch_layout().order() == UNORDERED) {
      av_channel_layout_default(frame.ch_layout(), frame.ch_layout().nb_channels());
    }
    byte[] layout = new byte[DESCRIPTION_BYTES];
    int length = av_channel_layout_describe(frame.ch_layout(), layout, DESCRIPTION_BYTES);
    return "time_base=1/"
        + track.timescale()
        + ":sample_rate="
        + frame.sample_rate()
        + ":sample_fmt="
        + av_get_sample_fmt_name(frame.format()).getString()
        + ":channel_layout="
        + new String(layout, 0, Math.max(0, length - 1), StandardCharsets.US_ASCII);
  }

  private void open(String described, int sourceRate) {
    int rate = sourceRate == 44_100 ? 44_100 : 48_000;
    String chain =
        "aresample="
            + rate
            + ":async=1000:min_comp=0.005:min_hard_comp=0.1,"
            + "aformat=sample_fmts=fltp:channel_layouts=stereo,"
            + (loudness.isPresent() ? LoudnessRider.FILTERS : "")
            + "aresample="
            + rate
            + ",aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=n="
            + AacEncoder.FRAME
            + ":p=0";
    FilterChain opened = FilterChain.ofSound(described, chain);
    filters = opened;
    rider = loudness.isPresent() ? new LoudnessRider(opened, loudness.getAsInt() / 100.0) : null;
    encoder = new AacEncoder(rate, wish.bitRate());
    input = described;
    if (toldRate != rate) {
      toldRate = rate;
      ByteBuffer record = ByteBuffer.wrap(encoder.headers());
      WireTrack told = WireTrack.audio(track.id(), rate, Codec.AAC, rate, 2, record);
      link.send(new Frame.RungTracks(wish.number(), "", List.of(told)));
    }
  }

  private void encode(AVFrame frame) {
    if (rider != null) {
      rider.heard(frame);
    }
    if (encoder != null) {
      encoder.encode(frame, this::packet);
    }
  }

  private void packet(long time, byte[] bytes) {
    var sample = new WireSample(track.id(), time, 0, true, ByteBuffer.wrap(bytes));
    link.send(new Frame.RungSample(wish.number(), sample));
  }

  private void finish() {
    if (filters != null) {
      filters.drain(this::encode);
      filters.close();
      filters = null;
    }
    if (encoder != null) {
      encoder.drain(this::packet);
      encoder.close();
      encoder = null;
    }
    input = "";
  }
}
