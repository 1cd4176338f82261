package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CredentialsTest {
  @Test
  void publishKeysAreLongAndNeverTheSame() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String key = PublishKey.generate();
      assertThat(key).matches("mk_[a-z2-7]{32}");
      assertThat(PublishKey.problem(key)).isEmpty();
      assertThat(seen.add(key)).isTrue();
    }
  }

  @Test
  void aKeyMatchesItsOwnHashOnly() {
    String key = PublishKey.generate();
    byte[] hash = PublishKey.hash(key);

    assertThat(PublishKey.matches(key, hash)).isTrue();
    assertThat(PublishKey.matches(key + "a", hash)).isFalse();
    assertThat(PublishKey.matches(PublishKey.generate(), hash)).isFalse();
    assertThat(new String(hash, StandardCharsets.ISO_8859_1)).doesNotContain(key);
  }

  @Test
  void chosenKeysMayNotBeShortOrHoldSpaces() {
    assertThat(PublishKey.problem("short")).isPresent();
    assertThat(PublishKey.problem("with space")).isPresent();
    assertThat(PublishKey.problem("ümlaut-key")).isPresent();
    assertThat(PublishKey.problem("x".repeat(257))).isPresent();
    assertThat(PublishKey.problem("e2e-key")).isEmpty();
  }

  @Test
  void aPasswordMatchesItsOwnHashOnlyAndEachHashIsSalted() {
    String hash = PasswordHash.of("correct horse");

    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(PasswordHash.matches("correct horse", hash)).isTrue();
    assertThat(PasswordHash.matches("correct horsf", hash)).isFalse();
    assertThat(PasswordHash.of("correct horse")).isNotEqualTo(hash);
  }

  @Test
  void readsTheTextFormOfOtherImplementations() {
    // From the reference implementation: argon2 somesalt -id -t 2 -m 16 -p 1, password "password".
    assertThat(
            PasswordHash.matches(
                "password",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                    + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
        .isTrue();
  }

  @Test
  void nothingMatchesWhatIsNoHash() {
    assertThat(PasswordHash.matches("", "")).isFalse();
    assertThat(
            PasswordHash.matches(
                "x", "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(43)))
        .isFalse();
    assertThat(
            PasswordHash.matches(
                "x", "$argon2id$v=19$m=19456,t=2,p=1$" + "A".repeat(13) + "$" + "A".repeat(43)))
        .isFalse();
    assertThat(PasswordHash.matches("x".repeat(257), PasswordHash.of("x"))).isFalse();
    assertThatThrownBy(() -> PasswordHash.of("x".repeat(257)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAreCheckedWithWords() {
    assertThat(Names.appProblem("live")).isEmpty();
    assertThat(Names.appProblem("vod"))
        .hasValueSatisfying(it -> assertThat(it).contains("reserved"));
    assertThat(Names.appProblem("Live")).isPresent();
    assertThat(Names.streamProblem("cam_1.a~b-C")).isEmpty();
    assertThat(Names.streamProblem("..")).isPresent();
    assertThat(Names.streamProblem("a/b")).isPresent();
    assertThat(Names.streamProblem("x".repeat(129))).isPresent();
    assertThat(Names.tenantProblem("")).isPresent();
  }
}
