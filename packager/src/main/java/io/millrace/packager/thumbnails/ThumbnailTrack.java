package io.millrace.packager.thumbnails;

import io.vertx.core.buffer.Buffer;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the thumbnails of a plan as WebVTT: a cue for each, whose text is the address of a sheet
 * with the place of its tile (Media Fragments URI 1.0, 4.2.2), relative to the playlist's. Cues
 * have no identifiers, which not all players' plug-ins expect.
 */
public final class ThumbnailTrack {
  public static final String CONTENT_TYPE = "text/vtt";

  private static final long MILLIS = 1_000_000;

  private ThumbnailTrack() {}

  /** The whole track. */
  public static Buffer write(ThumbnailPlan plan) {
    ThumbnailGrid grid = plan.grid();
    StringBuilder out = new StringBuilder(4096).append("WEBVTT\n");
    if (plan.isLive()) {
      out.append("\nNOTE 00:00:00.000 is ")
          .append(plan.presentation().broadcast().startedAt().truncatedTo(ChronoUnit.MILLIS))
          .append('\n');
    }
    String base = "b/" + plan.presentation().broadcast().id() + "/" + grid.directory() + "/";
    long end = plan.end();
    for (long cell = plan.first(); cell < end; cell++) {
      Optional<Thumbnail> found = plan.thumbnail(cell);
      if (found.isPresent() && found.get().toNanos() > found.get().fromNanos()) {
        int tile = (int) (cell % ThumbnailGrid.TILES);
        out.append('\n');
        time(out, found.get().fromNanos());
        out.append(" --> ");
        time(out, found.get().toNanos());
        out.append('\n').append(base).append(sheet(plan, cell / ThumbnailGrid.TILES, end));
        out.append("#xywh=").append(grid.left(tile)).append(',').append(grid.top(tile));
        out.append(',').append(grid.tileWidth()).append(',').append(grid.tileHeight());
        out.append('\n');
      }
    }
    return Buffer.buffer(out.toString());
  }

  /** A sheet that is still growing has the number of its tiles in its name. */
  private static String sheet(ThumbnailPlan plan, long sheet, long end) {
    long tiles = end - sheet * ThumbnailGrid.TILES;
    boolean grows = plan.grows() && tiles < ThumbnailGrid.TILES;
    return grows ? "sheet-" + sheet + "-" + tiles + ".jpg" : ThumbnailGrid.sheet(sheet);
  }

  private static void time(StringBuilder out, long nanos) {
    long millis = nanos / MILLIS;
    out.append(
        String.format(
            Locale.ROOT,
            "%02d:%02d:%02d.%03d",
            millis / 3_600_000,
            millis / 60_000 % 60,
            millis / 1_000 % 60,
            millis % 1_000));
  }
}
