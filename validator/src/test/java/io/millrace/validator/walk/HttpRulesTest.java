package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Map<String, String> GOOD =
      Map.of(
          "Access-Control-Allow-Origin", "*",
          "Cache-Control", "max-age=1",
          "Date", "Sat, 21 Nov 2026 10:00:00 GMT");

  @Test
  void h7NoticesAClockThatIsWrongAndADateThatIsMissing() {
    assertThat(playlist(Map.of())).isEmpty();
    assertThat(playlist(Map.of("Date", "Sat, 21 Nov 2026 09:59:50 GMT"))).containsExactly(Rule.H7);
    assertThat(playlist(Map.of("Date", "yesterday"))).containsExactly(Rule.H7);
    assertThat(playlist(Map.of("Date", "Sat, 21 Nov 2026 09:59:50 GMT", "Age", "10"))).isEmpty();
  }

  @Test
  void h4NoticesALongLifeOfALivePlaylist() {
    assertThat(playlist(Map.of("Cache-Control", "no-store"))).isEmpty();
    assertThat(playlist(Map.of("Cache-Control", "max-age=4"))).containsExactly(Rule.H4);
    assertThat(playlist(Map.of("Cache-Control", "public"))).containsExactly(Rule.H4);
  }

  private static List<Rule> playlist(Map<String, String> changed) {
    Map<String, String> headers = new HashMap<>(GOOD);
    headers.putAll(changed);
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    Fetcher.Answer answer =
        new Fetcher.Answer(
            URI.create("http://host/a.m3u8"),
            200,
            HttpHeaders.of(lists, (name, value) -> true),
            new byte[0],
            0,
            0,
            0,
            NOW);
    return HttpRules.playlist(answer, true, 4).stream().map(Violation::rule).toList();
  }
}
