package io.millrace.packager.thumbnails;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;

/**
 * The sheets of a recording as an image media playlist (Roku, "HLS Image Media Playlists" 0.4), and
 * what the multivariant playlist says of it. Players that do not know these tags pass over them.
 */
final class ImagePlaylist {
  private ImagePlaylist() {}

  /** One segment for each sheet; of the last one as much as there is. */
  static Buffer write(ThumbnailPlan plan) {
    ThumbnailGrid grid = plan.grid();
    long end = plan.endNanos();
    long target = Math.ceilDiv(Math.min(end, grid.sheetNanos()), ThumbnailGrid.NANOS);
    StringBuilder out = new StringBuilder(1024).append("#EXTM3U\n#EXT-X-VERSION:7\n");
    out.append("#EXT-X-TARGETDURATION:").append(target);
    out.append("\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n");
    for (long sheet = 0; sheet * grid.sheetNanos() < end; sheet++) {
      long lasts = Math.min(grid.sheetNanos(), end - sheet * grid.sheetNanos());
      out.append("#EXTINF:").append(seconds(lasts)).append(",\n");
      out.append("#EXT-X-TILES:RESOLUTION=").append(resolution(grid));
      out.append(",LAYOUT=").append(grid.layout());
      out.append(",DURATION=").append(grid.seconds()).append('\n');
      out.append(ThumbnailGrid.sheet(sheet)).append('\n');
    }
    return Buffer.buffer(out.append("#EXT-X-ENDLIST\n").toString());
  }

  /** The multivariant playlist with the image playlist behind its last line. */
  static Buffer declared(Buffer multivariant, ThumbnailPlan plan) {
    String address =
        "b/" + plan.presentation().broadcast().id() + "/" + plan.grid().directory() + "/index.m3u8";
    return multivariant
        .copy()
        .appendString("#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=" + plan.grid().bandwidth())
        .appendString(",RESOLUTION=" + resolution(plan.grid()))
        .appendString(",CODECS=\"jpeg\",URI=\"" + address + "\"\n");
  }

  private static String resolution(ThumbnailGrid grid) {
    return grid.tileWidth() + "x" + grid.tileHeight();
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / (double) ThumbnailGrid.NANOS);
  }
}
