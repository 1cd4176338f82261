package io.millrace.media;

import java.util.Optional;

/**
 * What a track is to its viewers.
 *
 * @param language that is spoken in it, or written
 * @param name what players call it: 1 to {@value #LONGEST_NAME} characters, without quotation marks
 *     (RFC 8216bis 4.2) and control characters
 */
public record TrackLabel(Optional<LanguageTag> language, Optional<String> name) {
  /** Nobody says anything of the track. */
  public static final TrackLabel NONE = new TrackLabel(Optional.empty(), Optional.empty());

  private static final int LONGEST_NAME = 60;

  /**
   * @throws IllegalArgumentException in words for whoever named it
   */
  public TrackLabel {
    name.ifPresent(TrackLabel::check);
  }

  /** Of a language, without a name of its own. */
  public static TrackLabel of(LanguageTag language) {
    return new TrackLabel(Optional.of(language), Optional.empty());
  }

  /** What to show: its name, or else that of its language. */
  public Optional<String> shown() {
    return name.or(() -> language.map(LanguageTag::ownName));
  }

  private static void check(String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a name has 1 to " + LONGEST_NAME + " characters");
    }
    if (name.chars().anyMatch(c -> c == '"' || c >= 0xFFFE || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "a name has neither quotation marks nor control characters");
    }
  }
}
