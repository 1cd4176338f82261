package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the multivariant playlist of a broadcast (RFC 8216bis 4.4.6). It stands at the stream's
 * own address and points into {@code b/{broadcast}/}.
 */
public final class MultivariantPlaylistWriter {
  private static final long STEP = 1000;

  private MultivariantPlaylistWriter() {}

  /** The playlist of a presentation whose renditions all have segments. */
  public static String write(Presentation presentation) {
    Optional<Rendition> video = presentation.rendition("video");
    Optional<Rendition> audio = presentation.rendition("audio");
    StringBuilder out = new StringBuilder("#EXTM3U\n");
    if (video.isPresent()) {
      audio.ifPresent(
          rendition ->
              out.append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Audio\",")
                  .append("DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"")
                  .append(rendition.info().channels())
                  .append("\",URI=\"")
                  .append(address(presentation, rendition))
                  .append("\"\n"));
    }
    Rendition main = video.or(() -> audio).orElseThrow();
    List<String> attributes = new ArrayList<>();
    attributes.add(
        "BANDWIDTH=" + bits(presentation, rendition -> rendition.bitRate().declaredPeak()));
    attributes.add(
        "AVERAGE-BANDWIDTH=" + bits(presentation, rendition -> rendition.bitRate().average()));
    attributes.add(
        "CODECS=\""
            + String.join(
                ",", presentation.renditions().stream().map(r -> r.info().codecs()).toList())
            + "\"");
    if (video.isPresent()) {
      describe(main.info(), attributes);
      audio.ifPresent(rendition -> attributes.add("AUDIO=\"audio\""));
      attributes.add("CLOSED-CAPTIONS=NONE");
    }
    out.append("#EXT-X-STREAM-INF:").append(String.join(",", attributes)).append('\n');
    return out.append(address(presentation, main)).append('\n').toString();
  }

  private static void describe(RenditionInfo info, List<String> attributes) {
    attributes.add("RESOLUTION=" + info.width() + "x" + info.height());
    if (info.frameRate() > 0) {
      attributes.add("FRAME-RATE=" + String.format(Locale.ROOT, "%.3f", info.frameRate()));
    }
  }

  /** Rounded up, so that no segment measured so far exceeds it. */
  private static long bits(
      Presentation presentation, java.util.function.ToLongFunction<Rendition> rate) {
    long sum = presentation.renditions().stream().mapToLong(rate).sum();
    return Math.max(STEP, (sum + STEP - 1) / STEP * STEP);
  }

  private static String address(Presentation presentation, Rendition rendition) {
    return "b/" + presentation.broadcast().id() + "/" + rendition.name() + "/index.m3u8";
  }
}
