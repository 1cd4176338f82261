package io.millrace.packager.captions;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Adjacent rows of text as they are shown together.
 *
 * @param rows from top to bottom; each is the spans of its text, and none is blank
 */
public record Caption(CaptionPlacement placement, List<List<Span>> rows) {
  /** Characters of one look. */
  public record Span(String text, TextStyle style) {}

  public Caption {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** The text alone, rows apart by line feeds. */
  public String text() {
    return rows.stream()
        .map(row -> row.stream().map(Span::text).collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }
}
