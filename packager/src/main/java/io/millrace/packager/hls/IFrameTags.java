package io.millrace.packager.hls;

import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a multivariant playlist says of I-frame playlists (RFC 8216bis 4.4.6.3): one for each
 * rendition of pictures that lists a key frame. Their rates are those of the byte ranges that are
 * listed by now.
 */
final class IFrameTags {
  private static final double NANOS = 1e9;

  private IFrameTags() {}

  /** The name of a rendition's I-frame playlist, beside its media playlist. */
  static final String NAME = "iframes.m3u8";

  static void streams(StringBuilder out, Presentation presentation, List<Rendition> pictures) {
    for (Rendition picture : pictures) {
      BitRate rate = rate(picture.segments(), presentation.targetSeconds());
      if (rate.bits() > 0) {
        out.append("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=");
        out.append(MultivariantPlaylistWriter.bits(rate.declaredPeak()));
        out.append(",AVERAGE-BANDWIDTH=").append(MultivariantPlaylistWriter.bits(rate.average()));
        out.append(",CODECS=\"").append(String.join(",", codecs(picture)));
        out.append('"');
        RenditionInfo largest = MultivariantPlaylistWriter.largest(formats(picture));
        out.append(",RESOLUTION=").append(largest.width()).append('x').append(largest.height());
        out.append(",URI=\"").append(MultivariantPlaylistWriter.folder(presentation, picture));
        out.append(NAME).append("\"\n");
      }
    }
  }

  /** In bits a second, by the rules for segments; what is no I-frame interrupts a run. */
  private static BitRate rate(List<Segment> segments, int targetSeconds) {
    long least = targetSeconds * 500_000_000L;
    long peak = 0;
    long bits = 0;
    long nanos = 0;
    for (int last = 0; last < segments.size(); last++) {
      long runBits = 0;
      long runNanos = 0;
      for (int i = last; i >= 0 && segments.get(i).keyFrameBytes() > 0; i--) {
        runBits += segments.get(i).keyFrameBytes() * 8L;
        runNanos += segments.get(i).durationNanos();
        if (i == last) {
          bits += runBits;
          nanos += runNanos;
        }
        if (runNanos > 3 * least) {
          break;
        }
        if (runNanos >= least) {
          peak = Math.max(peak, Math.round(runBits * NANOS / runNanos));
        }
      }
    }
    return new BitRate(peak, bits, nanos, List.of());
  }

  /** In MPEG-TS a rendition's codecs are those of its sound too, behind the picture's. */
  private static Set<String> codecs(Rendition picture) {
    Set<String> codecs = new LinkedHashSet<>();
    codecs.add(picture(picture.info()));
    formats(picture).stream().map(IFrameTags::picture).sorted().forEach(codecs::add);
    return codecs;
  }

  private static String picture(RenditionInfo format) {
    return format.codecs().split(",", 2)[0];
  }

  private static Collection<RenditionInfo> formats(Rendition picture) {
    return picture.formats().isEmpty() ? List.of(picture.info()) : picture.formats().values();
  }
}
