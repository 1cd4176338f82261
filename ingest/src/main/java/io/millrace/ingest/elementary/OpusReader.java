package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.OpusConfiguration;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads Opus. Without an identification header it is taken for mono or stereo. */
public final class OpusReader implements AudioReader {
  private static final int STEREO = 2;

  private TrackFormat.@Nullable Opus format;
  private boolean told;
  private int channels = STEREO;

  @Override
  public void configure(Buffer head) {
    if (head.length() > 0) {
      adopt(OpusConfiguration.parse(head));
      told = true;
    } else if (!told) {
      adopt(new OpusConfiguration(channels, 0, 0, 0, 0, Buffer.buffer()));
    }
  }

  /**
   * How many channels there are, for a track whose header has not said so. More than two need a
   * header: their mapping is not told otherwise.
   */
  public void channels(int count) {
    channels = count == 1 ? 1 : STEREO;
    if (!told && format != null) {
      configure(Buffer.buffer());
    }
  }

  @Override
  public TrackFormat.@Nullable Opus format() {
    return format;
  }

  @Override
  public boolean read(Buffer data, Sink sink) {
    if (format == null) {
      return false;
    }
    sink.unit(data, OpusConfiguration.samplesIn(data));
    return true;
  }

  private void adopt(OpusConfiguration configuration) {
    if (format == null || !format.configuration().equals(configuration)) {
      format = new TrackFormat.Opus(configuration);
    }
  }
}
