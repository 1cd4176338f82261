package io.millrace.ingest.elementary;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AdtsHeader;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads AAC. ADTS headers that an encoder has left on by mistake are taken off; where there is no
 * other configuration, they are it.
 */
public final class AacReader implements AudioReader {
  private TrackFormat.@Nullable Aac format;

  @Override
  public void configure(Buffer record) {
    if (record.length() == 0) {
      return;
    }
    adopt(
        AdtsHeader.startsAt(record, 0)
            ? AdtsHeader.parse(record, 0).configuration()
            : AacConfiguration.parse(record));
  }

  @Override
  public TrackFormat.@Nullable Aac format() {
    return format;
  }

  @Override
  public boolean read(Buffer data, Sink sink) {
    if (AdtsHeader.fills(data)) {
      readAdts(data, sink);
      return true;
    }
    if (format == null) {
      return false;
    }
    sink.unit(data, format.configuration().samplesPerFrame());
    return true;
  }

  private void readAdts(Buffer data, Sink sink) {
    AdtsHeader first = AdtsHeader.parse(data, 0);
    if (format == null) {
      adopt(first.configuration());
    }
    int at = 0;
    while (at < data.length()) {
      AdtsHeader header = AdtsHeader.parse(data, at);
      int end = at + header.frameLength();
      sink.unit(data.slice(Math.min(at + header.length(), end), end), samplesPerFrame());
      at = end;
    }
  }

  private int samplesPerFrame() {
    return format == null ? 1024 : format.configuration().samplesPerFrame();
  }

  private void adopt(AacConfiguration configuration) {
    if (format == null || !format.configuration().record().equals(configuration.record())) {
      format = new TrackFormat.Aac(configuration);
    }
  }
}
