package io.millrace.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.HttpDate;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FreshnessTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static Freshness of(int status, String... fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return Freshness.of(status, headers, NOW.minusMillis(100), NOW);
  }

  @Test
  void sharedMaxAgeComesBeforeMaxAgeAndExpires() {
    assertThat(
            of(
                    200,
                    "Cache-Control",
                    "public, max-age=5, s-maxage=9",
                    "Expires",
                    HttpDate.format(NOW.plusSeconds(99)),
                    "Date",
                    HttpDate.format(NOW))
                .lifetime())
        .isEqualTo(Duration.ofSeconds(9));
    assertThat(of(200, "Cache-Control", "max-age=5").lifetime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(
            of(200, "Expires", HttpDate.format(NOW.plusSeconds(7)), "Date", HttpDate.format(NOW))
                .lifetime())
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void isFreshUntilItsLifetimeIsOver() {
    Freshness freshness = of(200, "cache-control", "max-age=2");
    assertThat(freshness.isFresh(NOW.plusMillis(1999))).isTrue();
    assertThat(freshness.isFresh(NOW.plusMillis(2000))).isFalse();
    assertThat(freshness.ageSeconds(NOW.plusMillis(1999))).isEqualTo(1);
  }

  @Test
  void startsAtTheAgeThatOtherCachesGaveIt() {
    Freshness freshness = of(200, "Cache-Control", "max-age=10", "Age", "9");
    assertThat(freshness.ageSeconds(NOW)).isEqualTo(9);
    assertThat(freshness.isFresh(NOW.plusMillis(899))).isTrue();
    assertThat(freshness.isFresh(NOW.plusMillis(900))).isFalse();
  }

  @Test
  void anOldDateMakesAnAge() {
    Freshness freshness =
        of(200, "Cache-Control", "max-age=10", "Date", HttpDate.format(NOW.minusSeconds(8)));
    assertThat(freshness.ageSeconds(NOW)).isEqualTo(8);
  }

  @Test
  void keepsNothingThatSaysSo() {
    assertThat(of(200, "Cache-Control", "max-age=10, no-store").storable()).isFalse();
    assertThat(of(200, "Cache-Control", "private, max-age=10").storable()).isFalse();
    assertThat(of(200, "Cache-Control", "max-age=10", "Vary", "*").storable()).isFalse();
    assertThat(of(200, "Cache-Control", "max-age=10", "Set-Cookie", "a=b").storable()).isFalse();
    assertThat(of(206, "Cache-Control", "max-age=10").storable()).isFalse();
    assertThat(of(200).storable()).isFalse();
  }

  @Test
  void noCacheIsKeptButNeverFresh() {
    Freshness freshness = of(200, "Cache-Control", "no-cache, max-age=10", "ETag", "\"a\"");
    assertThat(freshness.storable()).isTrue();
    assertThat(freshness.isFresh(NOW)).isFalse();
  }

  @Test
  void errorsAreKeptOnlyWhenTheySayHowLong() {
    assertThat(of(404, "Cache-Control", "max-age=1").storable()).isTrue();
    assertThat(of(404, "ETag", "\"x\"").storable()).isFalse();
  }

  @Test
  void takesTheStricterOfTwoAndZeroForNonsense() {
    assertThat(of(200, "Cache-Control", "max-age=10, max-age=3").lifetime())
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(of(200, "Cache-Control", "max-age=-10").lifetime()).isEqualTo(Duration.ZERO);
    assertThat(of(200, "Cache-Control", "max-age=99999999999999999999").lifetime())
        .isEqualTo(Duration.ofSeconds(Integer.MAX_VALUE));
  }
}
