package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Eac3Configuration;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads AC-3 or E-AC-3, whose frames say themselves what they are. */
public final class DolbyReader implements AudioReader {
  private final boolean enhanced;
  private TrackFormat.@Nullable Audio format;

  /**
   * @param enhanced whether it is E-AC-3
   */
  public DolbyReader(boolean enhanced) {
    this.enhanced = enhanced;
  }

  @Override
  public void configure(Buffer record) {}

  @Override
  public TrackFormat.@Nullable Audio format() {
    return format;
  }

  @Override
  public boolean read(Buffer data, Sink sink) {
    TrackFormat.Audio found =
        enhanced
            ? new TrackFormat.Eac3(Eac3Configuration.fromFrame(data))
            : new TrackFormat.Ac3(Ac3Configuration.fromFrame(data));
    if (format == null || !format.sameEncoding(found)) {
      format = found;
    }
    sink.unit(data, found.samplesIn(data));
    return true;
  }
}
