package io.millrace.packager.cue;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.SpliceInfoSection;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says why a cue point cannot be written (RFC 8216bis 4.2, 4.4.5.1). */
final class CueWords {
  private static final int LONGEST_ID = 255;
  private static final int LONGEST_VALUE = 4096;
  private static final int MOST_ATTRIBUTES = 32;
  private static final Pattern NAME = Pattern.compile("X-[A-Z0-9-]{1,62}");
  private static final BigDecimal LARGEST = new BigDecimal("1e15");
  private static final int MOST_DECIMALS = 9;

  private CueWords() {}

  /** Whatever is independent of when. */
  static Optional<String> problem(CueRequest request) {
    Optional<String> problem = text("id", request.id(), LONGEST_ID);
    if (request.id().isEmpty()) {
      return Optional.of("id: must not be empty");
    }
    problem = problem.or(() -> text("class", request.cueClass(), LONGEST_ID));
    if (request.attributes().size() > MOST_ATTRIBUTES) {
      return Optional.of("attributes: at most " + MOST_ATTRIBUTES);
    }
    for (var attribute : request.attributes().entrySet()) {
      problem = problem.or(() -> attribute(attribute.getKey(), attribute.getValue()));
    }
    if (request.section().isPresent() && problem.isEmpty()) {
      problem = section(request);
    }
    return problem;
  }

  private static Optional<String> attribute(String name, CueAttribute value) {
    if (!NAME.matcher(name).matches()) {
      return Optional.of(
          "attributes.%s: a name is X- and up to 62 of A-Z, 0-9 and -".formatted(printable(name)));
    }
    String path = "attributes." + name;
    return switch (value) {
      case CueAttribute.Text(String words) -> text(path, words, LONGEST_VALUE);
      case CueAttribute.Bytes(var bytes) ->
          bytes.length() == 0 || bytes.length() > LONGEST_VALUE / 2
              ? Optional.of(path + ": has 1 to " + LONGEST_VALUE / 2 + " bytes")
              : Optional.empty();
      case CueAttribute.Decimal(BigDecimal number) ->
          number.signum() < 0
                  || number.compareTo(LARGEST) > 0
                  || number.scale() > MOST_DECIMALS
                  || number.precision() > 24
              ? Optional.of(path + ": a number is 0 to 1e15, with at most 9 decimals")
              : Optional.empty();
    };
  }

  /** What cannot stand between quotes, nor in a list that is separated by tabs. */
  private static Optional<String> text(String path, String value, int longest) {
    if (value.length() > longest) {
      return Optional.of(path + ": longer than " + longest + " characters");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        return Optional.of(path + ": a playlist cannot say a quotation mark; use another sign");
      }
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c >= '\uFFFE') {
        return Optional.of(path + ": must not hold line breaks or other control characters");
      }
      boolean paired =
          Character.isHighSurrogate(c)
              ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
              : !Character.isLowSurrogate(c)
                  || (i > 0 && Character.isHighSurrogate(value.charAt(i - 1)));
      if (!paired) {
        return Optional.of(path + ": holds half a character");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> section(CueRequest request) {
    if (request.kind() == CueRequest.Kind.RANGE) {
      return Optional.of("scte35: only splices and marks have a section");
    }
    try {
      SpliceInfoSection.parse(request.section().orElseThrow());
      return Optional.empty();
    } catch (MalformedMediaException | UnsupportedMediaException e) {
      return Optional.of("scte35: " + e.getMessage());
    }
  }

  private static String printable(String name) {
    String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
