package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Languages and names of tracks, as people and encoders write them. */
class TrackLabelsTest {
  @ParameterizedTest
  @CsvSource({
    "en, en, eng, eng, English",
    "DEU, de, deu, ger, Deutsch",
    "ger, de, deu, ger, Deutsch",
    "pt-br, pt-BR, por, por, Português (Brasil)",
    "zh-hant-tw, zh-Hant-TW, zho, chi, 中文（繁體字，台灣）",
    "iw, he, heb, heb, עברית",
    "gsw, gsw, gsw, gsw, Schwiizertüütsch",
    "zxx, zxx, zxx, zxx, Zxx"
  })
  void aLanguageHasItsShortestForm(
      String written, String tag, String terminology, String bibliographic, String ownName) {
    LanguageTag language = LanguageTag.of(written);

    assertThat(language.value()).isEqualTo(tag);
    assertThat(language.terminologyCode()).isEqualTo(terminology);
    assertThat(language.bibliographicCode()).isEqualTo(bibliographic);
    assertThat(language.isPlain()).isEqualTo(tag.length() == 2);
    if (!tag.equals("zxx") && !tag.startsWith("zh")) {
      assertThat(language.ownName()).isEqualTo(ownName);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "und", "x", "xx", "english", "de_DE", "de-", "x-klingon", "d\u00e9", "de\n"})
  void whatIsNoLanguageIsRefusedWithWords(String written) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LanguageTag.of(written))
        .withMessageContaining("is no language of BCP 47; write for example en");
    assertThatIllegalArgumentException().isThrownBy(() -> LanguageTag.of("en-" + "a".repeat(9999)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\"", "a\nb", "\u0000", "\uFFFF"})
  void aNameIsFitForAPlaylist(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrackLabel(Optional.empty(), Optional.of(name)))
        .withMessageStartingWith("a name has");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrackLabel(Optional.empty(), Optional.of("n".repeat(61))));
  }

  @Test
  void whatIsShownIsTheNameOrTheLanguagesOwn() {
    LanguageTag german = LanguageTag.of("de");

    assertThat(TrackLabel.of(german).shown()).contains("Deutsch");
    assertThat(new TrackLabel(Optional.of(german), Optional.of("Kommentar")).shown())
        .contains("Kommentar");
    assertThat(TrackLabel.NONE.shown()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"video", "audio-1", "audio-9", "cc5", "CC1", "service7", "audio-aac"})
  void thereAreNoOtherTracks(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrackLabels(Map.of(name, TrackLabel.NONE)))
        .withMessageContaining("there is no track '" + name + "'");
  }
}
