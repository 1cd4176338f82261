package io.millrace.transcoding;

import io.millrace.transcoding.protocol.Frame;
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
 */
public record TranscodingWish(Ladder ladder, Duration segmentDuration, List<StillWish> stills) {
  private static final int HUNDREDTHS = 100;

  public TranscodingWish {
    stills = List.copyOf(stills);
  }

  Frame.Open open(TranscodingConfig config) {
    OptionalInt loudness = config.loudness();
    return new Frame.Open(
        segmentDuration.toNanos(),
        config.latency(),
        config.encoders(),
        loudness.isPresent()
            ? OptionalInt.of(loudness.getAsInt() * HUNDREDTHS)
            : OptionalInt.empty(),
        stills);
  }
}
