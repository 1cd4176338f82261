package io.millrace.validator.media;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MultivariantPlaylist;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** M2: what a variant says about its formats, beside the formats themselves. Pure. */
public final class FormatRules {
  /** Above this AAC is not taken for the core of HE-AAC, which need not say so itself. */
  private static final int HE_CORE_RATE = 24_000;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  private FormatRules() {}

  /**
   * Judges one variant.
   *
   * @param formats of its own playlist and of the renditions it is played with
   * @param changed whether other formats are listed too, behind or before a discontinuity:
   *     RESOLUTION is for all of them, the largest
   */
  public static List<Violation> check(
      String where,
      MultivariantPlaylist.Variant variant,
      List<TrackFormat> formats,
      boolean changed) {
    List<Violation> violations = new ArrayList<>();
    Optional<String> codecs = variant.attributes().text("CODECS");
    for (TrackFormat format : formats) {
      if (format.kind() == TrackFormat.Kind.OTHER) {
        continue;
      }
      if (codecs.isPresent()
          && Arrays.stream(codecs.get().split(","))
              .noneMatch(codec -> same(codec.strip(), format))) {
        violations.add(
            new Violation(
                Rule.M2,
                where,
                "%s: CODECS is %s, the bitstream %s"
                    .formatted(variant.uri(), codecs.get(), format.codec())));
      }
      String size = format.width() + "x" + format.height();
      Optional<String> resolution = variant.attributes().text("RESOLUTION");
      if (format.kind() == TrackFormat.Kind.VIDEO
          && resolution.isPresent()
          && !resolution.get().equals(size)
          && !(changed && isLarger(resolution.get(), format))) {
        violations.add(
            new Violation(
                Rule.M2,
                where,
                "%s: RESOLUTION is %s, the bitstream %s"
                    .formatted(variant.uri(), resolution.get(), size)));
      }
    }
    return violations;
  }

  private static boolean isLarger(String resolution, TrackFormat format) {
    Matcher size = SIZE.matcher(resolution);
    return size.matches()
        && Long.parseLong(size.group(1)) * Long.parseLong(size.group(2))
            > (long) format.width() * format.height();
  }

  /** Whether a codec that is declared is what a header says. */
  public static boolean same(String declared, TrackFormat format) {
    String found = format.codec().toLowerCase(Locale.ROOT);
    String said = declared.toLowerCase(Locale.ROOT);
    if (found.startsWith("avc") || found.startsWith("hvc") || found.startsWith("hev")) {
      // Where parameter sets are is the sample entry's affair, and MPEG-TS has none.
      return said.length() > 4
          && family(said).equals(family(found))
          && said.substring(4).equals(found.substring(4));
    }
    if (found.equals("mp4a.40.2") && format.sampleRate() <= HE_CORE_RATE) {
      return said.equals("mp4a.40.2") || said.equals("mp4a.40.5") || said.equals("mp4a.40.29");
    }
    if (found.startsWith("av01") || found.startsWith("vp09")) {
      // Optional fields may follow.
      return said.equals(found) || said.startsWith(found + ".");
    }
    return said.equals(found);
  }

  private static String family(String codec) {
    return codec.startsWith("avc")
        ? "avc"
        : codec.startsWith("hvc") || codec.startsWith("hev") ? "hevc" : "";
  }
}
