package io.millrace.packager.dash;

import io.millrace.media.LanguageTag;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Declares the captions that the picture carries (ANSI/SCTE 214-1 7.2: {@code CC1=eng} for CTA-608,
 * {@code 1=lang:eng} for a service of CTA-708, languages in the codes of ISO 639-2/B; {@code und}
 * where nobody says of which they are).
 */
final class CaptionDescriptors {
  private static final String LINE_21 = "urn:scte:dash:cc:cea-608:2015";
  private static final String DTVCC = "urn:scte:dash:cc:cea-708:2015";
  private static final String SERVICE = "SERVICE";

  private CaptionDescriptors() {}

  /** Those that have been seen so far. */
  static void write(StringBuilder out, Presentation presentation) {
    List<RenditionInfo> texts =
        presentation.renditions().stream()
            .map(Rendition::info)
            .filter(RenditionInfo::isText)
            .toList();
    descriptor(
        out,
        LINE_21,
        texts.stream()
            .filter(text -> !text.instreamId().startsWith(SERVICE))
            .map(text -> text.instreamId() + "=" + language(text))
            .collect(Collectors.joining(";")));
    descriptor(
        out,
        DTVCC,
        texts.stream()
            .filter(text -> text.instreamId().startsWith(SERVICE))
            .map(text -> text.instreamId().substring(SERVICE.length()) + "=lang:" + language(text))
            .collect(Collectors.joining(";")));
  }

  private static String language(RenditionInfo text) {
    return text.label().language().map(LanguageTag::bibliographicCode).orElse("und");
  }

  private static void descriptor(StringBuilder out, String scheme, String value) {
    if (!value.isEmpty()) {
      out.append("<Accessibility schemeIdUri=\"").append(scheme);
      out.append("\" value=\"").append(value).append("\"/>\n");
    }
  }
}
