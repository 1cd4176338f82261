package io.millrace.packager.cmaf;

import io.millrace.media.Timescale;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.Id3Tag;
import io.millrace.packager.metadata.InbandEvents;
import io.millrace.packager.segment.SegmentFormat;
import io.vertx.core.buffer.Buffer;
import java.util.OptionalLong;

/**
 * Event message boxes of version 1 (ISO/IEC 23009-1 5.10.3.3): they stand before the {@code moof}
 * of a chunk, and their time is that of the track's samples. Those of ID3 are as AOM's Carriage of
 * ID3 Timed Metadata in CMAF has them.
 */
public final class EventMessage {
  private static final long UNKNOWN_DURATION = 0xFFFF_FFFFL;
  private static final long LONGEST = UNKNOWN_DURATION - 1;

  private EventMessage() {}

  /**
   * The box of some metadata that {@link Id3Tag#problem} has nothing against.
   *
   * @param timescale of the track in whose segments it is
   */
  public static Buffer of(TimedMetadata metadata, Timescale timescale) {
    TimedMetadata.Content content = metadata.content();
    return content instanceof TimedMetadata.Event(String scheme, String value, Buffer data)
        ? box(metadata, timescale, scheme, value, data)
        : box(metadata, timescale, InbandEvents.ID3_SCHEME, "", Id3Tag.of(content).orElseThrow());
  }

  private static Buffer box(
      TimedMetadata metadata, Timescale timescale, String scheme, String value, Buffer data) {
    long offset = (long) SegmentFormat.TIME_OFFSET_SECONDS * timescale.ticksPerSecond();
    OptionalLong nanos = metadata.durationNanos();
    long duration =
        nanos.isPresent()
            ? Math.min(timescale.ofNanos(nanos.getAsLong()), LONGEST)
            : UNKNOWN_DURATION;
    return new BoxWriter(64 + scheme.length() + value.length() + data.length())
        .fullBox("emsg", 1, 0)
        .u32(timescale.ticksPerSecond())
        .u64(Math.max(0, timescale.ofNanos(metadata.mediaNanos()) + offset))
        .u32(duration)
        .u32(metadata.id())
        .text(scheme)
        .u8(0)
        .text(value)
        .u8(0)
        .bytes(data)
        .end()
        .finish();
  }
}
