package io.millrace.ingest.elementary;

import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AvcConfiguration;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads H.264. Parameter sets that come in the access units are compared with the configuration:
 * where an encoder changes them without a new record, one is built of them at the next IDR picture.
 */
public final class H264Reader implements VideoReader {
  private static final String WHERE = "AVC access unit";
  private static final int IDR = 5;
  private static final int SEI = 6;
  private static final int SPS = 7;
  private static final int PPS = 8;
  private static final int RECOVERY_POINT = 6;

  private final NalUnits.Visitor visitor = this::unit;
  private final InBandSets sps = new InBandSets(InBandSets::avcId);
  private final InBandSets pps = new InBandSets(InBandSets::avcId);
  private int lengthSize = 4;
  private @Nullable Buffer record;
  private TrackFormat.@Nullable H264 format;

  private boolean idr;
  private boolean picture;
  private boolean recoveryPoint;
  private boolean setsChanged;

  @Override
  public void configure(Buffer told) {
    if (told.length() == 0 || told.equals(record)) {
      return;
    }
    if (NalUnits.startsWithStartCode(told)) {
      NalUnits.readAnnexB("AVC parameter sets", told, visitor);
      adoptSets();
    } else {
      AvcConfiguration configuration = AvcConfiguration.parse(told);
      lengthSize = configuration.nalLengthSize();
      adopt(configuration.withLengthsOfFour());
    }
    record = told.copy();
  }

  @Override
  public TrackFormat.@Nullable H264 format() {
    return format;
  }

  @Override
  public @Nullable VideoUnit read(Buffer data) {
    idr = false;
    picture = false;
    recoveryPoint = false;
    Buffer units = NalUnits.read(WHERE, data, lengthSize, visitor);
    if (idr && setsChanged) {
      adoptSets();
    }
    return format == null && picture ? null : new VideoUnit(units, kind());
  }

  private Kind kind() {
    if (!picture) {
      return Kind.NO_PICTURE;
    }
    return idr ? Kind.SYNC : recoveryPoint ? Kind.RECOVERY_POINT : Kind.INTER;
  }

  private void unit(Buffer data, int from, int length) {
    int type = data.getByte(from) & 0x1F;
    switch (type) {
      case 1, 2, 3, 4 -> picture = true;
      case IDR -> {
        picture = true;
        idr = true;
      }
      case SPS -> setsChanged |= sps.note(data, from, length);
      case PPS -> setsChanged |= pps.note(data, from, length);
      case SEI -> recoveryPoint |= length > 1 && data.getByte(from + 1) == RECOVERY_POINT;
      default -> {}
    }
  }

  private void adoptSets() {
    setsChanged = false;
    if (!sps.isEmpty() && !pps.isEmpty()) {
      adopt(AvcConfiguration.of(sps.sets(), pps.sets()));
    }
  }

  private void adopt(AvcConfiguration configuration) {
    if (format == null || !format.configuration().sameParameterSets(configuration)) {
      format = new TrackFormat.H264(configuration);
    }
    sps.replace(configuration.sequenceParameterSets());
    pps.replace(configuration.pictureParameterSets());
    setsChanged = false;
  }
}
