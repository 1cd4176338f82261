package io.millrace.media;

import java.util.Arrays;
import java.util.HashMap;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A language as BCP 47 writes it (RFC 5646), in its shortest and usual form: {@code de}, {@code
 * pt-BR}.
 */
public record LanguageTag(String value) {
  /** RFC 5646 4.4.1. */
  private static final int MAX_LENGTH = 35;

  private static final Set<String> TWO_LETTERS = Set.of(Locale.getISOLanguages());

  /** The codes of ISO 639-2/B that are not those of 639-2/T: all there are. */
  private static final Map<String, String> BIBLIOGRAPHIC =
      Map.ofEntries(
          Map.entry("sqi", "alb"),
          Map.entry("hye", "arm"),
          Map.entry("eus", "baq"),
          Map.entry("mya", "bur"),
          Map.entry("zho", "chi"),
          Map.entry("ces", "cze"),
          Map.entry("nld", "dut"),
          Map.entry("fra", "fre"),
          Map.entry("kat", "geo"),
          Map.entry("deu", "ger"),
          Map.entry("ell", "gre"),
          Map.entry("isl", "ice"),
          Map.entry("mkd", "mac"),
          Map.entry("mri", "mao"),
          Map.entry("msa", "may"),
          Map.entry("fas", "per"),
          Map.entry("ron", "rum"),
          Map.entry("slk", "slo"),
          Map.entry("bod", "tib"),
          Map.entry("cym", "wel"));

  private static final Map<String, String> SHORTEST = shortest();

  /**
   * @throws IllegalArgumentException with words where it is none; use {@link #of} for what others
   *     wrote
   */
  public LanguageTag {
    if (!value.equals(canonical(value))) {
      throw new IllegalArgumentException("'" + value + "' is not the usual form of a language");
    }
  }

  /**
   * Reads what somebody wrote, in any case; codes of three letters become those of two where there
   * are such (RFC 5646 2.2.1).
   *
   * @throws IllegalArgumentException in words for whoever wrote it
   */
  public static LanguageTag of(String text) {
    return new LanguageTag(canonical(text));
  }

  private static String canonical(String text) {
    if (text.length() > MAX_LENGTH) {
      throw none(text.substring(0, MAX_LENGTH) + "…");
    }
    Locale locale;
    try {
      locale = new Locale.Builder().setLanguageTag(text).build();
    } catch (IllformedLocaleException e) {
      throw none(text);
    }
    String language = locale.getLanguage();
    String shortest = SHORTEST.getOrDefault(language, language);
    boolean isKnown = shortest.length() == 3 || TWO_LETTERS.contains(shortest);
    if (!isKnown || shortest.equals("und")) {
      throw none(text);
    }
    return shortest.equals(language)
        ? locale.toLanguageTag()
        : new Locale.Builder().setLocale(locale).setLanguage(shortest).build().toLanguageTag();
  }

  private static IllegalArgumentException none(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no language of BCP 47; write for example en, de or pt-BR");
  }

  private static Map<String, String> shortest() {
    Map<String, String> shortest = new HashMap<>();
    Arrays.stream(Locale.getISOLanguages())
        .map(Locale::of)
        .forEach(language -> shortest.put(language.getISO3Language(), language.getLanguage()));
    BIBLIOGRAPHIC.forEach((code, other) -> shortest.put(other, shortest.getOrDefault(code, code)));
    return Map.copyOf(shortest);
  }

  /** Its code in ISO 639-2/T, as ISO/IEC 14496-12 8.4.2 has it: {@code deu}. */
  public String terminologyCode() {
    return locale().getISO3Language();
  }

  /** Its code in ISO 639-2/B: {@code ger}. */
  public String bibliographicCode() {
    return BIBLIOGRAPHIC.getOrDefault(terminologyCode(), terminologyCode());
  }

  /** Whether a code of ISO 639-2 says as much. */
  public boolean isPlain() {
    return value.length() == 2;
  }

  /** What it is called by those who speak it: {@code Deutsch}. */
  public String ownName() {
    String name = locale().getDisplayName(locale());
    int first = name.offsetByCodePoints(0, 1);
    return name.substring(0, first).toUpperCase(locale()) + name.substring(first);
  }

  private Locale locale() {
    return Locale.forLanguageTag(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
