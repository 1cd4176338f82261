package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.HevcNal;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads H.265. IDR, BLA and CRA pictures are key frames. */
public final class H265Reader extends NalReader {
  private final InBandSets vps = new InBandSets(HevcNal::parameterSetId);
  private final InBandSets sps = new InBandSets(HevcNal::parameterSetId);
  private final InBandSets pps = new InBandSets(HevcNal::parameterSetId);
  private TrackFormat.@Nullable H265 format;

  public H265Reader() {
    super("HEVC");
  }

  @Override
  public TrackFormat.@Nullable H265 format() {
    return format;
  }

  @Override
  int adoptRecord(Buffer told) {
    HevcConfiguration configuration = HevcConfiguration.parse(told);
    adopt(configuration.withLengthsOfFour());
    return configuration.nalLengthSize();
  }

  @Override
  void unit(Buffer data, int from, int length) {
    int type = HevcNal.type(data.getByte(from));
    switch (type) {
      case HevcNal.VPS -> sawSet(vps.note(data, from, length));
      case HevcNal.SPS -> sawSet(sps.note(data, from, length));
      case HevcNal.PPS -> sawSet(pps.note(data, from, length));
      case HevcNal.PREFIX_SEI -> sawMessage(data, from + HevcNal.HEADER, from + length);
      default -> {
        if (HevcNal.isPicture(type)) {
          sawPicture(HevcNal.isRandomAccess(type));
        }
      }
    }
  }

  @Override
  void adoptSets() {
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
  }
}
