package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.millrace.packager.segment.TimedSample;
import io.millrace.testkit.Ffmpeg;
import io.millrace.validator.mp4.Mp4Boxes;
import io.millrace.validator.mp4.Mp4Boxes.Box;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A short clip of one codec as FFmpeg encodes and packages it, and what we make of it. */
record EncodedClip(Path file, Buffer sampleDescription, Track track, List<TimedSample> samples) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Encodes one second or less; the file is fragmented, so that its samples are easily read. */
  static EncodedClip of(Codec codec, Path folder) throws IOException {
    Path file = folder.resolve(codec + ".mp4");
    List<String> command = new ArrayList<>(List.of("-y", "-loglevel", "error"));
    command.addAll(List.of("-f", "lavfi", "-i", codec.source()));
    command.addAll(codec.encoder());
    command.addAll(List.of("-strict", "-2", "-movflags", "frag_keyframe+empty_moov+delay_moov"));
    command.add(file.toString());
    Ffmpeg.run(DEADLINE, command.toArray(String[]::new)).orFail();
    return read(file);
  }

  /** Our header and one chunk of all samples. */
  Buffer packaged() {
    Buffer out = InitSegment.of(track).bytes().copy().appendBuffer(Fragment.segmentType());
    Fragment.append(out, 1, track, samples);
    return out;
  }

  /** The inside of a box of the sample description. */
  Buffer box(String type) {
    return inside(sampleDescription, type);
  }

  static Buffer inside(Buffer description, String type) {
    String text = new String(description.getBytes(), StandardCharsets.ISO_8859_1);
    int at = text.indexOf(type);
    if (at < 4) {
      throw new IllegalArgumentException("no " + type);
    }
    return description.getBuffer(at + 4, at - 4 + description.getInt(at - 4));
  }

  /** The sample description of a header. */
  static Buffer description(byte[] header) {
    Box stsd =
        Mp4Boxes.read(header)
            .first("moov")
            .orElseThrow()
            .at("trak", "mdia", "minf", "stbl", "stsd");
    byte[] bytes = new byte[stsd.payload().capacity()];
    stsd.reader().get(bytes);
    return Buffer.buffer(bytes);
  }

  private static EncodedClip read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Buffer description = description(bytes);
    List<Mp4Track> tracks = Mp4Track.read(bytes);
    Buffer data = Buffer.buffer();
    Mp4Boxes.read(bytes)
        .all("mdat")
        .forEach(
            mdat -> {
              byte[] part = new byte[mdat.payload().capacity()];
              mdat.reader().get(part);
              data.appendBytes(part);
            });
    List<TimedSample> samples = new ArrayList<>();
    int at = 0;
    for (Mp4Fragment fragment : Mp4Fragment.read(tracks, bytes)) {
      long dts = fragment.baseDecodeTime();
      for (Mp4Fragment.Sample sample : fragment.samples()) {
        Buffer payload = data.getBuffer(at, at + (int) sample.size());
        int offset = sample.compositionOffset();
        samples.add(
            new TimedSample(
                new Sample(new TrackId(1), dts, offset, sample.sync(), payload),
                sample.duration()));
        at += (int) sample.size();
        dts += sample.duration();
      }
    }
    TrackFormat format =
        format(tracks.get(0).codec(), description, samples.get(0).sample().payload());
    Timescale timescale = new Timescale((int) tracks.get(0).timescale());
    return new EncodedClip(
        file, description, new Track(new TrackId(1), format, timescale), samples);
  }

  private static TrackFormat format(String entry, Buffer description, Buffer first) {
    return switch (entry) {
      case "avc1" -> new TrackFormat.H264(AvcConfiguration.parse(inside(description, "avcC")));
      case "hev1", "hvc1" ->
          new TrackFormat.H265(HevcConfiguration.parse(inside(description, "hvcC")));
      case "av01" ->
          new TrackFormat.Av1(Av1Configuration.parse(inside(description, "av1C")).orElseThrow());
      case "vp09" ->
          new TrackFormat.Vp9(
              Vp9Configuration.parse(inside(description, "vpcC")), Codec.WIDTH, Codec.HEIGHT);
      case "mp4a" -> {
        Buffer esds = inside(description, "esds");
        String text = new String(esds.getBytes(), StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\u0005\u0080\u0080\u0080") + 4;
        Buffer specific = esds.getBuffer(at + 1, at + 1 + esds.getByte(at));
        yield new TrackFormat.Aac(AacConfiguration.parse(specific));
      }
      case "Opus" -> new TrackFormat.Opus(OpusConfiguration.parse(head(description)));
      case "fLaC" -> {
        Buffer dfLa = inside(description, "dfLa");
        yield new TrackFormat.Flac(FlacConfiguration.parse(dfLa.slice(4, dfLa.length())));
      }
      case "ac-3" -> new TrackFormat.Ac3(Ac3Configuration.fromFrame(first));
      case "ec-3" -> new TrackFormat.Eac3(Eac3Configuration.fromFrame(first));
      default -> throw new IllegalArgumentException(entry);
    };
  }

  private static Buffer head(Buffer description) {
    Buffer dOps = inside(description, "dOps");
    Buffer head = Buffer.buffer("OpusHead").appendByte((byte) 1).appendByte(dOps.getByte(1));
    head.appendUnsignedShortLE(dOps.getUnsignedShort(2));
    head.appendUnsignedIntLE(dOps.getUnsignedInt(4));
    return head.appendShortLE(dOps.getShort(8)).appendBuffer(dOps, 10, dOps.length() - 10);
  }

  /** What is encoded, and how. */
  enum Codec {
    H264("avcC", "-c:v libx264 -bf 2 -g 6 -pix_fmt yuv420p"),
    H264_ANAMORPHIC(
        "avcC",
        "-vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p -x264-params"
            + " colorprim=bt709:transfer=bt709:colormatrix=bt709"),
    HEVC("", "-c:v libx265 -tag:v hvc1 -x265-params log-level=none:keyint=6:open-gop=1"),
    HEVC_HDR(
        "",
        "-c:v libx265 -tag:v hvc1 -pix_fmt yuv420p10le -x265-params"
            + " log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"),
    AV1("av1C", "-c:v libaom-av1 -cpu-used 8 -g 6"),
    AV1_10_BIT("av1C", "-c:v libaom-av1 -cpu-used 8 -pix_fmt yuv420p10le"),
    VP9("vpcC", "-c:v libvpx-vp9 -deadline realtime -g 6 -pix_fmt yuv420p"),
    AAC("", "-c:a aac"),
    AAC_SURROUND("", "-ac 6 -c:a aac"),
    OPUS("dOps", "-c:a libopus"),
    OPUS_SURROUND("dOps", "-ac 6 -c:a libopus -mapping_family 1"),
    FLAC("dfLa", "-c:a flac"),
    FLAC_96_KHZ("dfLa", "-ar 96000 -ac 2 -c:a flac"),
    AC3("dac3", "-ac 6 -c:a ac3"),
    EAC3("dec3", "-ac 6 -c:a eac3"),
    EAC3_STEREO("dec3", "-ac 2 -c:a eac3 -b:a 96k");

    static final int WIDTH = 64;
    static final int HEIGHT = 48;

    private final String comparable;
    private final String encoder;

    Codec(String comparable, String encoder) {
      this.comparable = comparable;
      this.encoder = encoder;
    }

    boolean isPicture() {
      return encoder.contains("-c:v");
    }

    /** The configuration box that FFmpeg writes as we do; empty where there is none. */
    String comparableBox() {
      return comparable;
    }

    String source() {
      return isPicture() ? "testsrc2=s=64x48:r=25:d=0.6" : "anoisesrc=r=48000:d=0.3:a=0.2:s=1";
    }

    List<String> encoder() {
      return List.of(encoder.split(" ", -1));
    }
  }
}
