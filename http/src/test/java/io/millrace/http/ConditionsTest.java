package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConditionsTest {
  private static final Optional<String> TAG = Optional.of("\"v1\"");
  private static final Optional<String> DATE = Optional.of("Sat, 21 Nov 2026 12:00:00 GMT");

  private static MultiMap with(String name, String value) {
    return MultiMap.caseInsensitiveMultiMap().add(name, value);
  }

  private static boolean notModified(String name, String value) {
    return Conditions.notModified(with(name, value), TAG, DATE);
  }

  @Test
  void comparesTagsWeaklyInEitherForm() {
    assertThat(notModified("If-None-Match", "\"a\", W/\"v1\"")).isTrue();
    assertThat(notModified("If-None-Match", "\"v1-gzip\"")).isTrue();
    assertThat(notModified("If-None-Match", "*")).isTrue();
    assertThat(notModified("If-None-Match", "\"v2\"")).isFalse();
  }

  @Test
  void aTagComesBeforeADate() {
    MultiMap both =
        with("If-None-Match", "\"v2\"").add("If-Modified-Since", "Sat, 21 Nov 2026 13:00:00 GMT");
    assertThat(Conditions.notModified(both, TAG, DATE)).isFalse();
    assertThat(notModified("If-Modified-Since", "Sat, 21 Nov 2026 12:00:00 GMT")).isTrue();
    assertThat(notModified("If-Modified-Since", "Sat, 21 Nov 2026 11:59:59 GMT")).isFalse();
    assertThat(notModified("If-Modified-Since", "yesterday")).isFalse();
  }

  @Test
  void aRangeNeedsTheSameBytes() {
    assertThat(Conditions.rangeApplies(with("If-Range", "\"v1\""), TAG, DATE)).isTrue();
    assertThat(Conditions.rangeApplies(with("If-Range", "W/\"v1\""), TAG, DATE)).isFalse();
    assertThat(Conditions.rangeApplies(with("If-Range", "\"v1-gzip\""), TAG, DATE)).isFalse();
    assertThat(Conditions.rangeApplies(with("If-Range", DATE.get()), TAG, DATE)).isTrue();
    assertThat(Conditions.rangeApplies(with("If-Range", "nonsense"), TAG, DATE)).isFalse();
    assertThat(Conditions.rangeApplies(MultiMap.caseInsensitiveMultiMap(), TAG, DATE)).isTrue();
  }

  @Test
  void gzipIsTakenWhereItIsAllowed() {
    assertThat(AcceptEncoding.allowsGzip(List.of("br, gzip;q=0.5"))).isTrue();
    assertThat(AcceptEncoding.allowsGzip(List.of("*"))).isTrue();
    assertThat(AcceptEncoding.allowsGzip(List.of("*", "gzip;q=0"))).isFalse();
    assertThat(AcceptEncoding.allowsGzip(List.of("gzip; q=0.000"))).isFalse();
    assertThat(AcceptEncoding.allowsGzip(List.of("identity"))).isFalse();
    assertThat(AcceptEncoding.allowsGzip(List.of())).isFalse();
  }
}
