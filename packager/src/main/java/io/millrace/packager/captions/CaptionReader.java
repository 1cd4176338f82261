package io.millrace.packager.captions;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.CaptionSei;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the captions out of one picture track: samples in, cues and the channels that are present
 * out. Pure, and confined to the broadcast's home context. While a track carries no captions a
 * sample costs a walk over its NAL units.
 *
 * <p>Whoever cuts segments calls {@link #cut} with the presentation time of each cut, once the
 * sample that starts the next segment was given: a cue that goes on is in both segments, split at
 * the cut, since nobody knows its end yet. Captions of pictures that come later and are shown
 * before the cut (leading pictures) are shown from the cut on.
 */
public final class CaptionReader {
  private static final double BETWEEN_4_3_AND_16_9 = 1.5;

  private final Track track;
  private final CaptionSei sei;
  private final PictureOrder order = new PictureOrder(this::picture);
  private final Set<CaptionChannel> channels = EnumSet.noneOf(CaptionChannel.class);
  private final CaptionDecoder decoder;
  private long earliest = Long.MIN_VALUE;
  private boolean isCaptioned;

  private CaptionReader(Track track, CaptionSei sei) {
    this.track = track;
    this.sei = sei;
    this.decoder = new CaptionDecoder(isWide(track));
  }

  /** For a track of AVC or HEVC; empty for any other, in which captions are not looked for. */
  public static Optional<CaptionReader> of(Track track) {
    return switch (track.format()) {
      case TrackFormat.H264 _ -> Optional.of(new CaptionReader(track, CaptionSei.avc()));
      case TrackFormat.H265 _ -> Optional.of(new CaptionReader(track, CaptionSei.hevc()));
      default -> Optional.empty();
    };
  }

  /** Takes the next sample of the track, in the order of decoding. */
  public void accept(Sample sample) {
    Buffer captions = sei.read(sample.payload());
    if (isCaptioned || captions.length() > 0) {
      isCaptioned = true;
      order.accept(sample.dts(), sample.pts(), captions);
    }
  }

  /**
   * Ends the segment that was open.
   *
   * @param untilNanos where the next one starts, on the broadcast's timeline; not before the last
   * @return the cues since the last cut, which end there at the latest, by channel; channels
   *     without are left out
   */
  public Map<CaptionChannel, List<TimedCaption>> cut(long untilNanos) {
    order.releaseBefore(firstTickAt(untilNanos));
    long until = Math.max(untilNanos, earliest);
    earliest = until;
    decoder.tick(until);
    Map<CaptionChannel, List<TimedCaption>> cues = new EnumMap<>(CaptionChannel.class);
    for (CaptionChannel channel : CaptionChannel.values()) {
      List<TimedCaption> cut = decoder.cut(channel, until);
      if (!cut.isEmpty()) {
        cues.put(channel, cut);
      }
    }
    channels.addAll(decoder.used());
    return cues;
  }

  /**
   * What follows does not continue what came before: nothing is shown any more, and no code of
   * before counts.
   *
   * @param mediaNanos where the broadcast's timeline goes on
   */
  public void discontinuity(long mediaNanos) {
    order.flush();
    earliest = Math.max(mediaNanos, earliest);
    decoder.tick(earliest);
    decoder.reset(earliest);
  }

  /** The channels that have shown something until the last cut; none is ever taken away. */
  public Set<CaptionChannel> channels() {
    return Set.copyOf(channels);
  }

  /** SEI messages, byte pairs, packets and codes that could not be read. */
  public long damaged() {
    return sei.malformed() + decoder.damaged();
  }

  private void picture(long pts, Buffer captions) {
    earliest = Math.max(earliest, track.timescale().toNanos(pts));
    decoder.picture(earliest, captions);
  }

  private long firstTickAt(long nanos) {
    long ticks = track.timescale().ofNanos(nanos);
    return track.timescale().toNanos(ticks) < nanos ? ticks + 1 : ticks;
  }

  private static boolean isWide(Track track) {
    if (!(track.format() instanceof TrackFormat.Video video)) {
      return true;
    }
    PictureFormat picture = video.picture();
    double shape = (double) picture.aspectRatio().width() / picture.aspectRatio().height();
    return shape * picture.width() / picture.height() > BETWEEN_4_3_AND_16_9;
  }
}
