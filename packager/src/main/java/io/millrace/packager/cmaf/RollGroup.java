package io.millrace.packager.cmaf;

import io.millrace.media.codec.OpusConfiguration;

/**
 * The sample group that tells how much has to be decoded before a sample sounds right (ISO/IEC
 * 14496-12 10.1.1.3). Opus needs 80 ms and must say so (Opus in ISOBMFF 4.3.6.2).
 */
final class RollGroup {
  private static final String TYPE = "roll";
  private static final int OPUS_SAMPLES = OpusConfiguration.SAMPLE_RATE * 80 / 1000;
  private static final int USUAL_PACKET_SAMPLES = OpusConfiguration.SAMPLE_RATE / 50;

  private RollGroup() {}

  /** In the sample table: a roll distance of the usual 20 ms packets. */
  static void describe(BoxWriter out) {
    out.fullBox("sgpd", 1, 0).text(TYPE).u32(2).u32(1);
    out.u16(-(OPUS_SAMPLES / USUAL_PACKET_SAMPLES)).end();
  }

  /** In a track fragment: all of its samples belong to the group of the sample table. */
  static void assign(BoxWriter out, int samples) {
    out.fullBox("sbgp", 0, 0).text(TYPE).u32(1).u32(samples).u32(1).end();
  }
}
