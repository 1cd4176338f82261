package io.millrace.transcoding;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.Latency;
import io.millrace.transcoding.protocol.StillWish;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is to be made of a broadcast.
 *
 * @param segmentDuration how long a group of pictures of a rung may be before a key frame is put
 *     into it; those of the source are key frames of every rung anyway, and where segments start
 * @param stills single pictures, beside the rungs
 * @param whole whether nothing is dropped, however far it is behind, and nothing is begun anew: the
 *     source is a file, which is read as fast as {@link RungListener#taken} says
 */
public record TranscodingWish(
    Ladder ladder, Duration segmentDuration, List<StillWish> stills, boolean whole) {
  private static final int HUNDREDTHS = 100;

  /** Of a live source. */
  public TranscodingWish(Ladder ladder, Duration segmentDuration, List<StillWish> stills) {
    this(ladder, segmentDuration, stills, false);
  }

  public TranscodingWish {
    stills = List.copyOf(stills);
  }

  Frame.Open open(TranscodingConfig config) {
    OptionalInt loudness = config.loudness();
    return new Frame.Open(
        segmentDuration.toNanos(),
        whole ? Latency.NORMAL : config.latency(),
        config.encoders(),
        loudness.isPresent()
            ? OptionalInt.of(loudness.getAsInt() * HUNDREDTHS)
            : OptionalInt.empty(),
        stills);
  }
}
