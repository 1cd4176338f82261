package io.millrace.packager.thumbnails;

import io.millrace.packager.dash.FurtherSets;
import io.millrace.packager.presentation.Periods;

/**
 * The sheets of a recording as an adaptation set of each period (DASH-IF Guidelines 4.3, 6.2.6).
 * Sheets go on over the bounds of periods; {@code @presentationTimeOffset} says where in its first
 * one a period begins.
 *
 * @param plan of a recording
 */
record ThumbnailSets(ThumbnailPlan plan) implements FurtherSets {
  /** Behind those of pictures and sound. */
  private static final int ID = 1000;

  private static final String TILES = "http://dashif.org/guidelines/thumbnail_tile";
  private static final long MILLI = 1_000_000;

  @Override
  public void write(StringBuilder out, Periods.Period period) {
    ThumbnailGrid grid = plan.grid();
    long from = plan.startOf(period.firstMsn());
    long until = Math.max(from + 1, plan.startOf(period.endMsn()));
    long first = from / grid.sheetNanos();
    long sheets = Math.ceilDiv(until, grid.sheetNanos()) - first;
    long lasts = grid.sheetNanos() / MILLI;
    out.append("<AdaptationSet id=\"").append(ID);
    out.append("\" contentType=\"image\" mimeType=\"image/jpeg\">\n<Representation id=\"");
    out.append(grid.directory()).append("\" bandwidth=\"").append(grid.bandwidth());
    out.append("\" width=\"").append(grid.sheetWidth());
    out.append("\" height=\"").append(grid.sheetHeight()).append("\">\n");
    out.append("<EssentialProperty schemeIdUri=\"").append(TILES).append("\" value=\"");
    out.append(grid.layout()).append("\"/>\n<SegmentTemplate timescale=\"1000\"");
    out.append(" presentationTimeOffset=\"").append(from / MILLI);
    out.append("\" startNumber=\"").append(first);
    out.append("\" media=\"b/").append(plan.presentation().broadcast().id()).append('/');
    out.append(grid.directory()).append("/sheet-$Number$.jpg\">\n<SegmentTimeline>\n<S t=\"");
    out.append(first * lasts).append("\" d=\"").append(lasts);
    out.append(sheets > 1 ? "\" r=\"" + (sheets - 1) : "").append("\"/>\n</SegmentTimeline>\n");
    out.append("</SegmentTemplate>\n</Representation>\n</AdaptationSet>\n");
  }
}
