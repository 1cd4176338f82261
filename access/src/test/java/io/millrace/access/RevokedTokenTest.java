package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class RevokedTokenTest {
  private static final Instant END = Instant.ofEpochSecond(1_790_000_000);

  @Test
  void readsTheIdAndTheEndOfATokenWithoutItsKey() {
    assertThat(RevokedToken.of(token("{\"jti\": \"7f3a\", \"exp\": 1790000000}")))
        .isEqualTo(new RevokedToken("7f3a", END));
  }

  @Test
  void saysInWordsWhatIsNoTokenThatCanBeRevoked() {
    assertThat(message("7f3a")).isEqualTo("is no signed token (JWT)");
    assertThat(message("eyJ.eyJ.eyJ")).isEqualTo("is no signed token (JWT)");
    assertThat(message(token("[]"))).contains("lacks");
    assertThat(message(token("{\"exp\": 1790000000}"))).contains("'jti'");
    assertThat(message(token("{\"jti\": \"7f3a\"}"))).contains("'exp'");
    assertThat(message(token("{\"jti\": \"\", \"exp\": 1790000000}"))).contains("1 to 512");
    assertThat(message("e".repeat(10_000))).contains("longer");
  }

  @Test
  void takesIdsThatEveryDatabaseCanKeepAndNoOthers() {
    for (String good : new String[] {"a", "urn:uuid:7f3a", "é🎈", "x".repeat(512)}) {
      assertThat(RevokedToken.problem(good)).as(good).isEmpty();
    }
    for (String bad : new String[] {"", "x".repeat(513), "a\u0000", "a\n", "\ud83c", "\u0085"}) {
      assertThat(RevokedToken.problem(bad)).isPresent();
    }
  }

  @Test
  void anEndBeyondAllCalendarsIsTheYear9999() {
    assertThat(new RevokedToken("a", Instant.MAX).expiresAt())
        .isEqualTo(Instant.parse("9999-12-31T00:00:00Z"));
  }

  private static String message(String token) {
    Throwable[] thrown = new Throwable[1];
    assertThatThrownBy(() -> RevokedToken.of(token))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(its -> thrown[0] = its);
    return thrown[0].getMessage();
  }

  private static String token(String claims) {
    return base64("{\"alg\": \"HS256\"}") + "." + base64(claims) + "." + base64("signed");
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
