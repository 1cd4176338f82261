package io.millrace.packager.dash;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Declares the captions that the picture carries (ANSI/SCTE 214-1 7.2: {@code CC1=und} for CTA-608,
 * {@code 1=lang:und} for a service of CTA-708). Of which language they are nobody says.
 */
final class CaptionDescriptors {
  private static final String LINE_21 = "urn:scte:dash:cc:cea-608:2015";
  private static final String DTVCC = "urn:scte:dash:cc:cea-708:2015";
  private static final String SERVICE = "SERVICE";

  private CaptionDescriptors() {}

  /** Those that have been seen so far. */
  static void write(StringBuilder out, Presentation presentation) {
    List<String> ids =
        presentation.renditions().stream()
            .map(Rendition::info)
            .filter(RenditionInfo::isText)
            .map(RenditionInfo::instreamId)
            .toList();
    descriptor(
        out,
        LINE_21,
        ids.stream()
            .filter(id -> !id.startsWith(SERVICE))
            .map(id -> id + "=und")
            .collect(Collectors.joining(";")));
    descriptor(
        out,
        DTVCC,
        ids.stream()
            .filter(id -> id.startsWith(SERVICE))
            .map(id -> id.substring(SERVICE.length()) + "=lang:und")
            .collect(Collectors.joining(";")));
  }

  private static void descriptor(StringBuilder out, String scheme, String value) {
    if (!value.isEmpty()) {
      out.append("<Accessibility schemeIdUri=\"").append(scheme);
      out.append("\" value=\"").append(value).append("\"/>\n");
    }
  }
}
