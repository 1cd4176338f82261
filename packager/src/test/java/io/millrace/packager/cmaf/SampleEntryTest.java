package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.buffer.Buffer;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sample entries and decoder configurations, field by field as their specifications list them. */
class SampleEntryTest {
  /** ISO/IEC 14496-15 5.3.3.1.2. */
  @Test
  void avcC() {
    AvcConfiguration avc =
        AvcConfiguration.parse(
            hex(
                "0164000affe100186764000aacd9447b011000000300100000030140f122596001000668ebe3cb22c0"
                    + "fdf8f800"));
    Bits in = new Bits(box("avcC", new TrackFormat.H264(avc)));
    assertThat(in.read(8, 8, 8, 8))
        .as("version, profile, constraints, level")
        .isEqualTo("1 100 0 10");
    assertThat(in.read(6, 2)).as("reserved, length size minus one").isEqualTo("63 3");
    assertThat(in.read(3, 5, 16)).as("reserved, sequence parameter sets").isEqualTo("7 1 24");
    in.skip(24);
    assertThat(in.read(8, 16)).as("picture parameter sets").isEqualTo("1 6");
    in.skip(6);
    assertThat(in.read(6, 2)).as("reserved, chroma format").isEqualTo("63 1");
    assertThat(in.read(5, 3, 5, 3)).as("bit depths minus 8").isEqualTo("31 0 31 0");
    assertThat(in.read(8)).as("extensions").isEqualTo("0");
    assertThat(in.left()).isZero();
  }

  /** ISO/IEC 14496-15 8.3.3.1.2. */
  @Test
  void hvcC() {
    HevcConfiguration hevc =
        HevcConfiguration.parse(
            hex(
                "0102200000009000000000001ef000fcfdfafa00000f03"
                    + "200001001840010c01ffff02200000030090000003000003001e959809"
                    + "a10001002b42010102200000030090000003000003001ea020831365959ae4caf016a12201208000"
                    + "0003008000000504"
                    + "22000100064401c173d089"));
    Bits in = new Bits(box("hvcC", new TrackFormat.H265(hevc)));
    assertThat(in.read(8)).as("version").isEqualTo("1");
    assertThat(in.read(2, 1, 5)).as("profile space, tier, profile").isEqualTo("0 0 2");
    assertThat(in.read(32)).as("compatibility").isEqualTo("" + 0x20000000);
    assertThat(in.read(48)).as("constraints").isEqualTo("" + (0x90L << 40));
    assertThat(in.read(8)).as("level").isEqualTo("30");
    assertThat(in.read(4, 12)).as("reserved, spatial segmentation").isEqualTo("15 0");
    assertThat(in.read(6, 2)).as("reserved, parallelism").isEqualTo("63 0");
    assertThat(in.read(6, 2)).as("reserved, chroma format").isEqualTo("63 1");
    assertThat(in.read(5, 3, 5, 3)).as("bit depths minus 8").isEqualTo("31 2 31 2");
    assertThat(in.read(16, 2)).as("frame rates: unknown").isEqualTo("0 0");
    assertThat(in.read(3, 1, 2)).as("layers, nested, length size minus one").isEqualTo("1 1 3");
    assertThat(in.read(8)).as("arrays").isEqualTo("3");
    for (int[] array : new int[][] {{32, 24}, {33, 43}, {34, 6}}) {
      assertThat(in.read(1, 1, 6)).as("complete, reserved, type").isEqualTo("1 0 " + array[0]);
      assertThat(in.read(16, 16)).as("sets, length").isEqualTo("1 " + array[1]);
      in.skip(array[1]);
    }
    assertThat(in.left()).isZero();
  }

  /** AV1 Codec ISO Media File Format Binding 2.3.3. */
  @Test
  void av1C() {
    Av1Configuration av1 =
        Av1Configuration.parse(hex("81004c000a0d00000002aff79b5f2a04041208")).orElseThrow();
    Bits in = new Bits(box("av1C", new TrackFormat.Av1(av1)));
    assertThat(in.read(1, 7)).as("marker, version").isEqualTo("1 1");
    assertThat(in.read(3, 5, 1)).as("profile, level, tier").isEqualTo("0 0 0");
    assertThat(in.read(1, 1, 1)).as("more than 8 bits, 12 bits, monochrome").isEqualTo("1 0 0");
    assertThat(in.read(1, 1, 2)).as("subsampling, chroma position").isEqualTo("1 1 0");
    assertThat(in.read(3, 1, 4)).as("reserved, presentation delay: none").isEqualTo("0 0 0");
    assertThat(in.read(1, 4, 1, 1, 1)).as("OBU: a sequence header, sized").isEqualTo("0 1 0 1 0");
    assertThat(in.read(8)).isEqualTo("13");
    in.skip(13);
    assertThat(in.left()).isZero();
  }

  /** VP Codec ISO Media File Format Binding, "VP Codec Configuration Box". */
  @Test
  void vpcC() {
    Vp9Configuration vp9 = new Vp9Configuration(2, 31, 10, 1, new ColorInfo(9, 16, 9, true));
    Bits in = new Bits(box("vpcC", new TrackFormat.Vp9(vp9, 1280, 720)));
    assertThat(in.read(8, 24)).as("version, flags").isEqualTo("1 0");
    assertThat(in.read(8, 8)).as("profile, level").isEqualTo("2 31");
    assertThat(in.read(4, 3, 1)).as("bit depth, subsampling, full range").isEqualTo("10 1 1");
    assertThat(in.read(8, 8, 8)).as("primaries, transfer, matrix").isEqualTo("9 16 9");
    assertThat(in.read(16)).as("initialization data: none").isEqualTo("0");
    assertThat(in.left()).isZero();
  }

  /** ISO/IEC 14496-1 7.2.6.5, 7.2.6.6; ISO/IEC 14496-14 3.1.2. */
  @Test
  void esds() {
    Bits in = new Bits(box("esds", new TrackFormat.Aac(AacConfiguration.parse(hex("1190")))));
    assertThat(in.read(8, 24)).as("version, flags").isEqualTo("0 0");
    assertThat(in.read(8, 8)).as("ES descriptor").isEqualTo("3 25");
    assertThat(in.read(16, 8)).as("id, flags").isEqualTo("0 0");
    assertThat(in.read(8, 8)).as("decoder configuration descriptor").isEqualTo("4 17");
    assertThat(in.read(8, 6, 1, 1)).as("MPEG-4 audio, down, reserved").isEqualTo("64 5 0 1");
    assertThat(in.read(24, 32, 32)).as("buffer and rates: unknown").isEqualTo("0 0 0");
    assertThat(in.read(8, 8, 16)).as("decoder specific info").isEqualTo("5 2 " + 0x1190);
    assertThat(in.read(8, 8, 8)).as("sync layer: as MP4").isEqualTo("6 1 2");
    assertThat(in.left()).isZero();
  }

  /** Encapsulation of Opus in ISO Base Media File Format 4.3.2. */
  @Test
  void dOps() {
    OpusConfiguration opus =
        new OpusConfiguration(6, 312, 44_100, -256, 1, hex("0402000401020305"));
    Bits in = new Bits(box("dOps", new TrackFormat.Opus(opus)));
    assertThat(in.read(8, 8)).as("version, channels").isEqualTo("0 6");
    assertThat(in.read(16, 32)).as("pre-skip, input rate").isEqualTo("312 44100");
    assertThat(in.read(16)).as("gain of -1 dB, signed").isEqualTo("" + 0xFF00);
    assertThat(in.read(8, 8, 8)).as("family, streams, coupled").isEqualTo("1 4 2");
    assertThat(in.read(8, 8, 8, 8, 8, 8)).as("mapping").isEqualTo("0 4 1 2 3 5");
    assertThat(in.left()).isZero();

    OpusConfiguration stereo = new OpusConfiguration(2, 312, 48_000, 0, 0, Buffer.buffer());
    assertThat(box("dOps", new TrackFormat.Opus(stereo)).length()).as("no mapping").isEqualTo(11);
  }

  /** Encapsulation of FLAC in ISO Base Media File Format 3.3.2. */
  @Test
  void dfLa() {
    FlacConfiguration flac = flac(48_000);
    Bits in = new Bits(box("dfLa", new TrackFormat.Flac(flac)));
    assertThat(in.read(8, 24)).as("version, flags").isEqualTo("0 0");
    assertThat(in.read(1, 7, 24)).as("last block, STREAMINFO, its length").isEqualTo("1 0 34");
    assertThat(in.rest()).isEqualTo(flac.streamInfo());
  }

  /** ETSI TS 102 366 F.4. */
  @Test
  void dac3() {
    Bits in =
        new Bits(box("dac3", new TrackFormat.Ac3(new Ac3Configuration(1, 8, 2, 7, true, 14))));
    assertThat(in.read(2, 5, 3)).as("fscod, bsid, bsmod").isEqualTo("1 8 2");
    assertThat(in.read(3, 1)).as("acmod, lfeon").isEqualTo("7 1");
    assertThat(in.read(5, 5)).as("bit_rate_code, reserved").isEqualTo("14 0");
    assertThat(in.left()).isZero();
  }

  /** ETSI TS 102 366 F.6; the extension: TS 103 420 C.3.1. */
  @Test
  void dec3() {
    Eac3Configuration.Substream main =
        new Eac3Configuration.Substream(0, 16, 0, 7, true, 1, 0b1_0000_0010);
    Eac3Configuration.Substream second = new Eac3Configuration.Substream(0, 16, 2, 2, false, 0, 0);
    Bits in =
        new Bits(
            box(
                "dec3",
                new TrackFormat.Eac3(
                    new Eac3Configuration(448, 48_000, List.of(main, second), 16))));
    assertThat(in.read(13, 3)).as("data_rate, num_ind_sub minus one").isEqualTo("448 1");
    assertThat(in.read(2, 5, 1, 1)).as("fscod, bsid, reserved, asvc").isEqualTo("0 16 0 0");
    assertThat(in.read(3, 3, 1)).as("bsmod, acmod, lfeon").isEqualTo("0 7 1");
    assertThat(in.read(3, 4, 9)).as("reserved, num_dep_sub, chan_loc").isEqualTo("0 1 258");
    assertThat(in.read(2, 5, 1, 1)).isEqualTo("0 16 0 0");
    assertThat(in.read(3, 3, 1)).isEqualTo("2 2 0");
    assertThat(in.read(3, 4, 1)).as("without dependent substreams").isEqualTo("0 0 0");
    assertThat(in.read(7, 1, 8)).as("reserved, extension, complexity").isEqualTo("0 1 16");
    assertThat(in.left()).isZero();
  }

  /** ISO/IEC 14496-12 12.1.3.2. */
  @Test
  void visualSampleEntry() {
    Vp9Configuration vp9 = new Vp9Configuration(0, 31, 8, 1, ColorInfo.UNSPECIFIED);
    Bits in = entry("vp09", new TrackFormat.Vp9(vp9, 1280, 720));
    assertThat(in.read(48, 16)).as("reserved, data reference").isEqualTo("0 1");
    assertThat(in.read(16, 16, 32, 32, 32)).as("pre-defined, reserved").isEqualTo("0 0 0 0 0");
    assertThat(in.read(16, 16)).as("size").isEqualTo("1280 720");
    assertThat(in.read(32, 32)).as("72 dpi").isEqualTo(0x480000 + " " + 0x480000);
    assertThat(in.read(32, 16)).as("reserved, frames").isEqualTo("0 1");
    in.skip(32);
    assertThat(in.read(16, 16)).as("depth, pre-defined").isEqualTo("24 65535");
  }

  /** ISO/IEC 14496-12 12.2.3.2; FLAC in ISOBMFF 3.3.1: a rate above 16 bits is divided. */
  @Test
  void audioSampleEntry() {
    for (int[] rates : new int[][] {{48_000, 48_000}, {96_000, 48_000}, {176_400, 44_100}}) {
      Bits in = entry("fLaC", new TrackFormat.Flac(flac(rates[0])));
      assertThat(in.read(48, 16)).as("reserved, data reference").isEqualTo("0 1");
      assertThat(in.read(32, 32)).as("reserved").isEqualTo("0 0");
      assertThat(in.read(16, 16)).as("channels, bits").isEqualTo("2 24");
      assertThat(in.read(16, 16)).as("pre-defined, reserved").isEqualTo("0 0");
      assertThat(in.read(16, 16)).as("rate, its fraction").isEqualTo(rates[1] + " 0");
    }
  }

  private static FlacConfiguration flac(int rate) {
    Buffer streamInfo = Buffer.buffer(new byte[34]);
    return new FlacConfiguration(streamInfo, 4_096, 4_096, rate, 2, 24);
  }

  private static Buffer box(String type, TrackFormat format) {
    return EncodedClip.inside(description(format), type);
  }

  private static Bits entry(String type, TrackFormat format) {
    return new Bits(EncodedClip.inside(description(format), type));
  }

  private static Buffer description(TrackFormat format) {
    Track track = new Track(new TrackId(1), format, Timescale.VIDEO);
    return EncodedClip.description(InitSegment.of(track).bytes().getBytes());
  }

  private static Buffer hex(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }

  /** Fields of any width, most significant bit first. */
  private static final class Bits {
    private final Buffer bytes;
    private int position;

    Bits(Buffer bytes) {
      this.bytes = bytes;
    }

    /** The next fields, told by their widths, as text. */
    String read(int... widths) {
      List<String> values = new ArrayList<>();
      for (int width : widths) {
        BigInteger all = new BigInteger(1, bytes.getBytes());
        int behind = bytes.length() * 8 - position - width;
        BigInteger mask = BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE);
        values.add(all.shiftRight(behind).and(mask).toString());
        position += width;
      }
      return String.join(" ", values);
    }

    void skip(int count) {
      position += 8 * count;
    }

    Buffer rest() {
      return bytes.getBuffer(position / 8, bytes.length());
    }

    int left() {
      return bytes.length() * 8 - position;
    }
  }
}
