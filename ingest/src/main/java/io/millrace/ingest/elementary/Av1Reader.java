package io.millrace.ingest.elementary;

import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.Av1TemporalUnit;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads AV1: takes temporal delimiters away, and follows the sequence headers of key frames,
 * whether a configuration record said the same or none came.
 */
public final class Av1Reader implements VideoReader {
  private @Nullable Buffer record;
  private @Nullable Buffer sequenceHeader;
  private TrackFormat.@Nullable Av1 format;

  @Override
  public void configure(Buffer told) {
    if (told.length() == 0 || told.equals(record)) {
      return;
    }
    Av1Configuration configuration = Av1Configuration.parse(told).orElse(null);
    record = told.copy();
    if (configuration != null) {
      adopt(configuration);
    }
  }

  @Override
  public TrackFormat.@Nullable Av1 format() {
    return format;
  }

  @Override
  public @Nullable VideoUnit read(Buffer data) {
    Av1TemporalUnit unit = Av1TemporalUnit.read(data);
    Buffer header = unit.sequenceHeader();
    if (header != null && unit.keyFrame() && !header.equals(sequenceHeader)) {
      adopt(Av1Configuration.ofSequenceHeader(header));
      sequenceHeader = header.copy();
    }
    if (!unit.picture()) {
      return new VideoUnit(unit.data(), Kind.NO_PICTURE);
    }
    return format == null
        ? null
        : new VideoUnit(unit.data(), unit.keyFrame() ? Kind.SYNC : Kind.INTER);
  }

  private void adopt(Av1Configuration configuration) {
    if (format == null || !format.configuration().sameParameterSets(configuration)) {
      format = new TrackFormat.Av1(configuration);
    }
  }
}
