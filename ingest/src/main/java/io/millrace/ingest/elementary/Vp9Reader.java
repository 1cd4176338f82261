package io.millrace.ingest.elementary;

import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.Vp9Configuration;
import io.millrace.media.codec.Vp9FrameHeader;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads VP9. The configuration does not tell the picture's size, so the format is known, and
 * follows changes of size, from key frame to key frame.
 */
public final class Vp9Reader implements VideoReader {
  private @Nullable Vp9Configuration configuration;
  private TrackFormat.@Nullable Vp9 format;

  @Override
  public void configure(Buffer record) {
    if (record.length() > 0) {
      configuration = Vp9Configuration.parse(record);
    }
  }

  @Override
  public TrackFormat.@Nullable Vp9 format() {
    return format;
  }

  @Override
  public @Nullable VideoUnit read(Buffer data) {
    Vp9FrameHeader header = Vp9FrameHeader.parse(data);
    Vp9Configuration told = configuration;
    if (header.keyFrame() && told != null) {
      TrackFormat.Vp9 found = new TrackFormat.Vp9(told, header.width(), header.height());
      if (!found.equals(format)) {
        format = found;
      }
    }
    return format == null ? null : new VideoUnit(data, header.keyFrame() ? Kind.SYNC : Kind.INTER);
  }
}
