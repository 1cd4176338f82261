package io.millrace.packager.live;

import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.captions.CaptionChannel;
import io.millrace.packager.captions.CaptionedFormat;
import io.millrace.packager.captions.TimedCaption;
import io.millrace.packager.captions.WebVttWriter;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.CutSegment;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Lists the captions of the source's picture as renditions of their own: a channel that has shown
 * something has, for each segment of the picture from there on, one of the same number, start and
 * duration. It is empty where nobody speaks, and a gap where the picture is one. Confined to the
 * broadcast's home context.
 */
final class CaptionListing {
  private final CaptionedFormat format;
  private final TrackLabels labels;
  private final RenditionLogs logs;
  private final SegmentListing listing;
  private final PackagerMetrics metrics;
  private long damagedReported;

  /**
   * @param labels what is said of the channels
   */
  CaptionListing(
      CaptionedFormat format,
      TrackLabels labels,
      RenditionLogs logs,
      SegmentListing listing,
      PackagerMetrics metrics) {
    this.format = format;
    this.labels = labels;
    this.logs = logs;
    this.listing = listing;
    this.metrics = metrics;
  }

  /** A segment of any rendition has been listed. */
  void listed(CutSegment cut, int targetSeconds) {
    if (!cut.rendition().equals(CaptionedFormat.PICTURE)) {
      return;
    }
    Map<CaptionChannel, List<TimedCaption>> shown = format.take(cut.msn());
    for (CaptionChannel channel : shown.keySet()) {
      String id = channel.instreamId();
      TrackLabel label = labels.of(id.toLowerCase(Locale.ROOT)).orElse(TrackLabel.NONE);
      logs.openText(RenditionInfo.text(id, label), cut.msn());
    }
    for (RenditionInfo text : logs.texts()) {
      List<TimedCaption> cues =
          shown.getOrDefault(CaptionChannel.valueOf(text.instreamId()), List.of());
      listing.accept(segment(text, cut, cues), targetSeconds);
    }
    metrics.captionsDamaged(format.damaged() - damagedReported);
    damagedReported = format.damaged();
  }

  private static CutSegment segment(
      RenditionInfo text, CutSegment picture, List<TimedCaption> cues) {
    long from = picture.mediaNanos();
    long until = from + picture.timescale().toNanos(picture.durationTicks());
    return new CutSegment(
        text.name(),
        picture.msn(),
        Optional.empty(),
        picture.durationTicks(),
        picture.timescale(),
        from,
        picture.discontinuity(),
        true,
        picture.gap() ? Buffer.buffer() : WebVttWriter.segment(cues, from, until),
        List.of(),
        0,
        0,
        Optional.empty());
  }
}
