package io.millrace.packager.metadata;

import io.millrace.media.cue.TimedMetadata;
import java.util.List;

/**
 * Which events a DASH player has to expect in the files (ISO/IEC 23009-1 5.10.3.2).
 *
 * @param scheme a URI
 * @param value may be empty
 */
public record InbandEvents(String scheme, String value) {
  /** Of ID3 tags (AOM, Carriage of ID3 Timed Metadata in CMAF). */
  public static final String ID3_SCHEME = "https://aomedia.org/emsg/ID3";

  private static final InbandEvents ID3 = new InbandEvents(ID3_SCHEME, "");

  /** Those that some metadata is one of. */
  public static InbandEvents of(TimedMetadata.Content content) {
    return content instanceof TimedMetadata.Event event
        ? new InbandEvents(event.scheme(), event.value())
        : ID3;
  }

  /** The elements of an adaptation set. */
  public static String elements(List<InbandEvents> all) {
    StringBuilder out = new StringBuilder();
    for (InbandEvents each : all) {
      out.append("<InbandEventStream schemeIdUri=\"").append(escaped(each.scheme)).append('"');
      if (!each.value.isEmpty()) {
        out.append(" value=\"").append(escaped(each.value)).append('"');
      }
      out.append("/>\n");
    }
    return out.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
