package io.millrace.ingest.elementary;

import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.HevcNal;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads H.265, as {@link H264Reader} reads H.264. IDR, BLA and CRA pictures are key frames. */
public final class H265Reader implements VideoReader {
  private static final String WHERE = "HEVC access unit";
  private static final int RECOVERY_POINT = 6;
  private static final int HEADER = 2;

  private final NalUnits.Visitor visitor = this::unit;
  private final InBandSets vps = new InBandSets(InBandSets::hevcId);
  private final InBandSets sps = new InBandSets(InBandSets::hevcId);
  private final InBandSets pps = new InBandSets(InBandSets::hevcId);
  private int lengthSize = 4;
  private @Nullable Buffer record;
  private TrackFormat.@Nullable H265 format;

  private boolean randomAccess;
  private boolean picture;
  private boolean recoveryPoint;
  private boolean setsChanged;

  @Override
  public void configure(Buffer told) {
    if (told.length() == 0 || told.equals(record)) {
      return;
    }
    if (NalUnits.startsWithStartCode(told)) {
      NalUnits.readAnnexB("HEVC parameter sets", told, visitor);
      adoptSets();
    } else {
      HevcConfiguration configuration = HevcConfiguration.parse(told);
      lengthSize = configuration.nalLengthSize();
      adopt(configuration.withLengthsOfFour());
    }
    record = told.copy();
  }

  @Override
  public TrackFormat.@Nullable H265 format() {
    return format;
  }

  @Override
  public @Nullable VideoUnit read(Buffer data) {
    randomAccess = false;
    picture = false;
    recoveryPoint = false;
    Buffer units = NalUnits.read(WHERE, data, lengthSize, visitor);
    if (randomAccess && setsChanged) {
      adoptSets();
    }
    return format == null && picture ? null : new VideoUnit(units, kind());
  }

  private Kind kind() {
    if (!picture) {
      return Kind.NO_PICTURE;
    }
    return randomAccess ? Kind.SYNC : recoveryPoint ? Kind.RECOVERY_POINT : Kind.INTER;
  }

  private void unit(Buffer data, int from, int length) {
    int type = HevcNal.type(data.getByte(from));
    if (HevcNal.isPicture(type)) {
      picture = true;
      randomAccess |= HevcNal.isRandomAccess(type);
      return;
    }
    switch (type) {
      case HevcNal.VPS -> setsChanged |= vps.note(data, from, length);
      case HevcNal.SPS -> setsChanged |= sps.note(data, from, length);
      case HevcNal.PPS -> setsChanged |= pps.note(data, from, length);
      case HevcNal.PREFIX_SEI ->
          recoveryPoint |= length > HEADER && data.getByte(from + HEADER) == RECOVERY_POINT;
      default -> {}
    }
  }

  private void adoptSets() {
    setsChanged = false;
    if (!vps.isEmpty() && !sps.isEmpty() && !pps.isEmpty()) {
      adopt(HevcConfiguration.of(4, vps.sets(), sps.sets(), pps.sets()));
    }
  }

  private void adopt(HevcConfiguration configuration) {
    if (format == null || !format.configuration().sameParameterSets(configuration)) {
      format = new TrackFormat.H265(configuration);
    }
    vps.replace(configuration.videoParameterSets());
    sps.replace(configuration.sequenceParameterSets());
    pps.replace(configuration.pictureParameterSets());
    setsChanged = false;
  }
}
