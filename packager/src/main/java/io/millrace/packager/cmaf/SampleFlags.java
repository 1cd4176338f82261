package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AvcNal;
import io.millrace.media.codec.HevcNal;
import io.millrace.media.codec.NalCursor;
import io.vertx.core.buffer.Buffer;

/** The flags of a sample in a fragment (ISO/IEC 14496-12 8.8.3.1). */
final class SampleFlags {
  /** Depends on no other sample. */
  static final int SYNC = 2 << 24;

  /** Depends on others, and decoding can't start with it. */
  static final int NOT_SYNC = 1 << 24 | 1 << 16;

  private static final int REFERENCED = 1 << 22;
  private static final int DISPOSABLE = 2 << 22;
  private static final int LEADING_UNDECODABLE = 1 << 26;
  private static final int NOT_LEADING = 2 << 26;
  private static final int LEADING_DECODABLE = 3 << 26;

  private SampleFlags() {}

  static int of(Sample sample) {
    return sample.sync() ? SYNC : NOT_SYNC;
  }

  /** Also by the head of the first slice, where the format is known. */
  static int of(Sample sample, TrackFormat format) {
    return switch (format) {
      case TrackFormat.H264 _ -> of(sample) | avc(sample);
      case TrackFormat.H265 hevc ->
          of(sample) | hevc(sample.payload(), hevc.configuration().picture().temporalLayers());
      case TrackFormat.Av1 _, TrackFormat.Vp9 _ -> of(sample);
      case TrackFormat.Audio _ -> SYNC;
    };
  }

  private static int avc(Sample sample) {
    NalCursor units = new NalCursor();
    units.over(sample.payload());
    while (!sample.sync() && units.next()) {
      if (AvcNal.isPicture(AvcNal.type(units.header()))) {
        return AvcNal.isReferenced(units.header()) ? REFERENCED : DISPOSABLE;
      }
    }
    return 0;
  }

  private static int hevc(Buffer payload, int temporalLayers) {
    NalCursor units = new NalCursor();
    units.over(payload);
    while (units.next()) {
      int type = HevcNal.type(units.header());
      if (HevcNal.isPicture(type) && units.length() >= HevcNal.HEADER) {
        int layer = payload.getByte(units.from() + 1) & 7;
        boolean disposable = HevcNal.isUnreferenced(type) && layer == temporalLayers;
        return leading(type) | (disposable ? DISPOSABLE : REFERENCED);
      }
    }
    return 0;
  }

  private static int leading(int type) {
    if (HevcNal.isSkippedLeading(type)) {
      return LEADING_UNDECODABLE;
    }
    return HevcNal.isLeading(type) ? LEADING_DECODABLE : NOT_LEADING;
  }
}
