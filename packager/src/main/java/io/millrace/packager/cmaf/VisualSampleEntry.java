package io.millrace.packager.cmaf;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.buffer.Buffer;

/** Sample entries of pictures (ISO/IEC 14496-12 12.1.3), each with its decoder configuration. */
final class VisualSampleEntry {
  private static final int PIXELS_PER_INCH = 0x480000;

  private VisualSampleEntry() {}

  static void write(BoxWriter out, TrackFormat.Video format) {
    switch (format) {
      case TrackFormat.H264 avc -> {
        // ISO/IEC 14496-15 5.4.2
        fields(out, "avc1", format);
        configuration(out, "avcC", avc.configuration().record());
      }
      case TrackFormat.H265 hevc -> {
        // ISO/IEC 14496-15 8.4.1; hvc1, as Apple's players want it: all parameter sets are here.
        // Samples may repeat them (docs/decisions.md).
        fields(out, "hvc1", format);
        configuration(out, "hvcC", hevc.configuration().record());
      }
      case TrackFormat.Av1 av1 -> {
        // AV1 in ISOBMFF 2.2
        fields(out, "av01", format);
        configuration(out, "av1C", av1.configuration().record());
      }
      case TrackFormat.Vp9 vp9 -> {
        // VP Codec ISO Media File Format Binding 2
        fields(out, "vp09", format);
        vpcC(out, vp9.configuration());
      }
    }
    color(out, format.picture().color());
    shape(out, format.picture().aspectRatio());
    out.end();
  }

  private static void fields(BoxWriter out, String type, TrackFormat.Video format) {
    out.box(type).zeros(6).u16(1).zeros(16).u16(format.width()).u16(format.height());
    out.u32(PIXELS_PER_INCH).u32(PIXELS_PER_INCH).u32(0).u16(1).zeros(32).u16(0x18).u16(0xFFFF);
  }

  private static void configuration(BoxWriter out, String type, Buffer record) {
    out.box(type).bytes(record).end();
  }

  private static void vpcC(BoxWriter out, Vp9Configuration vp9) {
    ColorInfo color = vp9.color();
    out.fullBox("vpcC", 1, 0).u8(vp9.profile()).u8(vp9.level());
    out.u8(vp9.bitDepth() << 4 | vp9.chromaSubsampling() << 1 | (color.fullRange() ? 1 : 0));
    out.u8(color.primaries()).u8(color.transfer()).u8(color.matrix()).u16(0).end();
  }

  private static void color(BoxWriter out, ColorInfo color) {
    if (color.known()) {
      out.box("colr").text("nclx");
      out.u16(color.primaries()).u16(color.transfer()).u16(color.matrix());
      out.u8(color.fullRange() ? 0x80 : 0).end();
    }
  }

  private static void shape(BoxWriter out, AspectRatio ratio) {
    if (!ratio.equals(AspectRatio.SQUARE)) {
      out.box("pasp").u32(ratio.width()).u32(ratio.height()).end();
    }
  }
}
