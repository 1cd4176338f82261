package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.av_get_audio_frame_duration2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.FileTrack;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;

/**
 * One track of a file. Its times are those of the file, from where that begins; where these are too
 * coarse for sound (Matroska's milliseconds), sound is timed by its own length, as long as it stays
 * beside them. For one thread.
 */
final class FileTrackReader {
  /** What is usual where a file's clock cannot be a timescale. */
  private static final int VIDEO_CLOCK = 90_000;

  /** How far sound may be from the file's times before it is set by them again. */
  private static final int LARGEST_DRIFT_PER_SECOND = 25;

  private final int id;
  private final AVStream stream;
  private final AVCodecParameters parameters;
  private final Codec codec;
  private final FilePayload payload;
  private final int timescale;
  private final boolean timedByLength;
  private final long startTicks;
  private final String language;
  private ByteBuffer told = ByteBuffer.allocate(0);
  private boolean begun;
  private long lastDts;
  private long nextDts;

  /**
   * @param startNanos where the file begins
   * @throws FileRefusal when it is of no kind that can be packaged
   */
  FileTrackReader(int id, AVStream stream, long startNanos) {
    this.id = id;
    this.stream = stream;
    this.parameters = stream.codecpar();
    this.codec = codec(parameters);
    AVRational base = stream.time_base();
    boolean isWhole = base.num() == 1;
    this.timedByLength = !codec.isVideo() && (!isWhole || base.den() < parameters.sample_rate());
    this.timescale = timedByLength ? parameters.sample_rate() : isWhole ? base.den() : VIDEO_CLOCK;
    this.startTicks = scaled(startNanos, timescale, 1_000_000_000L);
    this.payload = payload(codec, parameters);
    AVDictionaryEntry said = av_dict_get(stream.metadata(), "language", null, 0);
    String word = said == null || said.isNull() ? "" : said.value().getString();
    this.language = word.length() > 35 ? "" : word;
  }

  private static Codec codec(AVCodecParameters parameters) {
    return switch (parameters.codec_id()) {
      case avcodec.AV_CODEC_ID_H264 -> Codec.H264;
      case avcodec.AV_CODEC_ID_HEVC -> Codec.HEVC;
      case avcodec.AV_CODEC_ID_AV1 -> Codec.AV1;
      case avcodec.AV_CODEC_ID_VP9 -> Codec.VP9;
      case avcodec.AV_CODEC_ID_AAC -> Codec.AAC;
      case avcodec.AV_CODEC_ID_OPUS -> Codec.OPUS;
      case avcodec.AV_CODEC_ID_FLAC -> Codec.FLAC;
      case avcodec.AV_CODEC_ID_AC3 -> Codec.AC3;
      case avcodec.AV_CODEC_ID_EAC3 -> Codec.EAC3;
      default -> {
        boolean picture = parameters.codec_type() == AVMEDIA_TYPE_VIDEO;
        throw new FileRefusal(
            "its %s is coded as %s, which cannot be packaged; encode it as %s: ffmpeg -i FILE %s OUT.mp4"
                .formatted(
                    picture ? "picture" : "sound",
                    avcodec_get_name(parameters.codec_id()).getString(),
                    picture ? "H.264, HEVC, AV1 or VP9" : "AAC, Opus, FLAC, AC-3 or E-AC-3",
                    picture ? "-map 0 -c:v libx264 -c:a copy" : "-map 0 -c:v copy -c:a aac"));
      }
    };
  }

  private static FilePayload payload(Codec codec, AVCodecParameters parameters) {
    int size = parameters.extradata_size();
    if (size > WireTrack.LONGEST_RECORD) {
      throw new FileRefusal("what it says of its tracks is too long; it may be damaged");
    }
    byte[] record = size > 0 ? Native.bytes(parameters.extradata(), size) : new byte[0];
    return switch (codec) {
      case H264, HEVC -> {
        boolean hevc = codec == Codec.HEVC;
        // A record begins with its version; start codes begin with two zeros.
        boolean isRecord = record.length > 6 && (record[0] != 0 || record[1] != 0);
        yield isRecord
            ? new FilePayload.LengthPrefixed(record, hevc ? 21 : 4, hevc ? 2 : 1)
            : new FilePayload.StartCodes(hevc);
      }
      case AAC ->
          record.length > 0
              ? new FilePayload.AsItIs(ByteBuffer.wrap(record))
              : new FilePayload.Adts();
      case VP9 -> new FilePayload.AsItIs(vp9Record(parameters));
      case AC3, EAC3 -> new FilePayload.ByFirstUnit();
      case AV1, OPUS, FLAC -> {
        if (record.length == 0) {
          throw new FileRefusal(
              "the file does not say how its %s is coded; remux it: ffmpeg -i FILE -map 0 -c copy OUT.mp4"
                  .formatted(codec));
        }
        yield new FilePayload.AsItIs(ByteBuffer.wrap(record));
      }
    };
  }

  /** The body of a vpcC (VP Codec ISO Media File Format Binding 2.2). */
  private static ByteBuffer vp9Record(AVCodecParameters parameters) {
    AVPixFmtDescriptor pixels = av_pix_fmt_desc_get(parameters.format());
    int depth = pixels == null || pixels.isNull() ? 8 : pixels.comp(0).depth();
    boolean halfWidth = pixels == null || pixels.isNull() || pixels.log2_chroma_w() > 0;
    boolean halfHeight = pixels == null || pixels.isNull() || pixels.log2_chroma_h() > 0;
    int chroma = halfHeight ? 1 : halfWidth ? 2 : 3;
    boolean full = parameters.color_range() == 2;
    return ByteBuffer.wrap(
        new byte[] {
          (byte) Math.max(0, parameters.profile()),
          (byte) Math.max(0, parameters.level()),
          (byte) (depth << 4 | chroma << 1 | (full ? 1 : 0)),
          (byte) parameters.color_primaries(),
          (byte) parameters.color_trc(),
          (byte) parameters.color_space(),
          0,
          0
        });
  }

  int index() {
    return stream.index();
  }

  /** Where its last access unit ends, as far as is known; in nanoseconds from the file's start. */
  long reachedNanos() {
    return scaled(nextDts, 1_000_000_000L, timescale);
  }

  /** Whether it is known what a decoder needs first. */
  boolean isKnown() {
    return codec == Codec.AV1 || payload.record().hasRemaining();
  }

  /** Whether that is another than {@link #track} has told. */
  boolean hasChanged() {
    return !payload.record().equals(told);
  }

  /** The track, as it is by now. */
  FileTrack track() {
    told = payload.record();
    if (codec.isVideo()) {
      AVRational rate = stream.avg_frame_rate();
      long milliFrames = rate.den() > 0 ? rate.num() * 1000L / rate.den() : 0;
      return new FileTrack(
          WireTrack.video(
              id,
              timescale,
              codec,
              Math.max(1, parameters.width()),
              Math.max(1, parameters.height()),
              Math.clamp(milliFrames, 0, Integer.MAX_VALUE),
              told),
          language);
    }
    return new FileTrack(
        WireTrack.audio(
            id,
            timescale,
            codec,
            parameters.sample_rate(),
            Math.max(1, parameters.ch_layout().nb_channels()),
            told),
        language);
  }

  /**
   * The next access unit; empty for one that has no time at all.
   *
   * @throws FileRefusal when it is none
   */
  Optional<WireSample> sample(AVPacket packet) {
    if (packet.size() > WireSample.LONGEST) {
      throw new FileRefusal("it has an access unit of %d bytes".formatted(packet.size()));
    }
    if (packet.size() == 0
        || (!begun && packet.dts() == Native.NO_TIME && packet.pts() == Native.NO_TIME)) {
      return Optional.empty();
    }
    ByteBuffer unit = payload.of(Native.bytes(packet.data(), packet.size()));
    long shown = packet.pts() == Native.NO_TIME ? Native.NO_TIME : ticks(packet.pts());
    long dts =
        packet.dts() != Native.NO_TIME
            ? ticks(packet.dts())
            : shown != Native.NO_TIME ? shown : nextDts;
    if (timedByLength && begun && Math.abs(dts - nextDts) <= timescale / LARGEST_DRIFT_PER_SECOND) {
      dts = nextDts;
    }
    long offset = codec.isVideo() && shown != Native.NO_TIME ? shown - dts : 0;
    if (begun && dts < lastDts - timescale) {
      throw new FileRefusal(
          "its clock jumps back at %.1f s; remux it: ffmpeg -i FILE -map 0 -c copy OUT.mp4"
              .formatted((double) lastDts / timescale));
    }
    if (begun && dts <= lastDts) {
      // Two at the same time: the later is moved, and shown when it was to be.
      long moved = lastDts + 1 - dts;
      dts += moved;
      offset -= codec.isVideo() ? moved : 0;
    }
    if (offset > Integer.MAX_VALUE || offset < Integer.MIN_VALUE) {
      throw new FileRefusal(
          "the times of its pictures are wrong; remux it: ffmpeg -i FILE -map 0 -c copy OUT.mp4");
    }
    begun = true;
    lastDts = dts;
    nextDts = dts + Math.max(1, duration(packet));
    boolean sync = !codec.isVideo() || (packet.flags() & Native.PACKET_KEY) != 0;
    return Optional.of(new WireSample(id, dts, (int) offset, sync, unit));
  }

  private long duration(AVPacket packet) {
    if (timedByLength) {
      int exact = av_get_audio_frame_duration2(parameters, packet.size());
      if (exact > 0) {
        return exact;
      }
    }
    AVRational base = stream.time_base();
    return scaled(Math.max(0, packet.duration()), (long) timescale * base.num(), base.den());
  }

  private long ticks(long fileTicks) {
    AVRational base = stream.time_base();
    return scaled(fileTicks, (long) timescale * base.num(), base.den()) - startTicks;
  }

  /** Rounded down, so that order is kept. */
  private static long scaled(long value, long by, long of) {
    if (by == of) {
      return value;
    }
    BigInteger product = BigInteger.valueOf(value).multiply(BigInteger.valueOf(by));
    BigInteger[] parts = product.divideAndRemainder(BigInteger.valueOf(of));
    return (parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0]).longValue();
  }
}
