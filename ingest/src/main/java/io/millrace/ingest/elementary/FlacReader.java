package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.FlacConfiguration;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads FLAC. */
public final class FlacReader implements AudioReader {
  private TrackFormat.@Nullable Flac format;

  @Override
  public void configure(Buffer header) {
    if (header.length() > 0) {
      FlacConfiguration configuration = FlacConfiguration.parse(header);
      if (format == null || !format.configuration().equals(configuration)) {
        format = new TrackFormat.Flac(configuration);
      }
    }
  }

  @Override
  public TrackFormat.@Nullable Flac format() {
    return format;
  }

  @Override
  public boolean read(Buffer data, Sink sink) {
    if (format == null) {
      return false;
    }
    sink.unit(data, FlacConfiguration.samplesIn(data));
    return true;
  }
}
