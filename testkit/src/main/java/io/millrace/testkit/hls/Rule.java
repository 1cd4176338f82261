package io.millrace.testkit.hls;

/**
 * The rules that are checked, by their ids. Basis: draft-pantos-hls-rfc8216bis, sections 4.4 and
 * 6.2.
 */
public enum Rule {
  B1("the body is UTF-8 without control characters, starts with #EXTM3U, has the right type"),
  B2("EXTINF, rounded, is not above the target duration"),
  B3("the target duration never changes"),
  B4("the media sequence number goes up by one for each removed segment"),
  B5("between two versions only the allowed edits occur"),
  B7("a live playlist has no EXT-X-PLAYLIST-TYPE"),
  B10("nothing is removed when less than three target durations would remain"),
  B13("every listed segment answers 200"),
  B14("the list ends with ENDLIST and without a preload hint, and then stays as it is"),
  B16("every fMP4 segment is covered by EXT-X-MAP"),
  D1("a break in the timestamps is announced by a discontinuity"),
  D3("the discontinuity sequence goes up by the number of removed discontinuities"),
  D5("if one segment has a date, every playlist has, in order"),
  D6("dates differ by the durations between them"),
  F1("EXTINF is the sum of the durations of the segment's samples"),
  M1("a variant has BANDWIDTH and CODECS"),
  M1_PEAK("a live variant's measured peak stays under 125 % of its BANDWIDTH", false),
  M3("an independent segment starts with a sync sample");

  private final String words;
  private final boolean must;

  Rule(String words) {
    this(words, true);
  }

  Rule(String words, boolean must) {
    this.words = words;
    this.must = must;
  }

  /** Whether it is a MUST; else a SHOULD. */
  public boolean must() {
    return must;
  }

  /** What the rule says. */
  public String words() {
    return words;
  }
}
