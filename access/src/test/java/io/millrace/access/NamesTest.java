package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "0",
        "public",
        "sys",
        "a-b-",
        "x23456789-123456789-123456789-123456789-123456789-123456789-123"
      })
  void aNamespaceHasLettersDigitsAndHyphens(String namespace) {
    assertThat(Names.namespaceProblem(namespace)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-a",
        "A",
        "a.b",
        "a_b",
        "a/b",
        "+",
        "#",
        "$sys",
        "ä",
        " a",
        "a\n",
        "x23456789-123456789-123456789-123456789-123456789-123456789-1234"
      })
  void anyOtherNamespaceIsRefusedWithWords(String namespace) {
    assertThat(Names.namespaceProblem(namespace).orElseThrow())
        .startsWith("a namespace's name has 1 to 63 of a-z, 0-9 and '-'")
        .hasSizeLessThan(200)
        .doesNotContain("\n");
  }

  @Test
  void whatIsQuotedIsShortAndWithoutControls() {
    assertThat(Names.quoted("a\u0000\r\n\u0085😀b")).isEqualTo("'a??????b'");
    assertThat(Names.quoted("x".repeat(1_000_000))).isEqualTo("'" + "x".repeat(40) + "…'");
  }
}
