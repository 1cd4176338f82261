package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcNal;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads H.264. IDR pictures are key frames. */
public final class H264Reader extends NalReader {
  private final InBandSets sps = new InBandSets(AvcNal::parameterSetId);
  private final InBandSets pps = new InBandSets(AvcNal::parameterSetId);
  private TrackFormat.@Nullable H264 format;

  public H264Reader() {
    super("AVC");
  }

  @Override
  public TrackFormat.@Nullable H264 format() {
    return format;
  }

  @Override
  int adoptRecord(Buffer told) {
    AvcConfiguration configuration = AvcConfiguration.parse(told);
    adopt(configuration.withLengthsOfFour());
    return configuration.nalLengthSize();
  }

  @Override
  void unit(Buffer data, int from, int length) {
    int type = AvcNal.type(data.getByte(from));
    switch (type) {
      case AvcNal.SPS -> sawSet(sps.note(data, from, length));
      case AvcNal.PPS -> sawSet(pps.note(data, from, length));
      case AvcNal.SEI -> sawMessage(data, from + AvcNal.HEADER, from + length);
      default -> {
        if (AvcNal.isPicture(type)) {
          sawPicture(type == AvcNal.IDR);
        }
      }
    }
  }

  @Override
  void adoptSets() {
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
  }
}
