package io.millrace.validator.walk;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.Manifest.Descriptor;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the clock that a manifest names (DASH A5; ISO/IEC 23009-1 5.8.5.7). */
final class ClockProbe {
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);
  private static final String SCHEME = "urn:mpeg:dash:utc:";

  private final Fetcher fetcher;
  private final Findings findings;

  ClockProbe(Fetcher fetcher, Findings findings) {
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /** Judges one UTCTiming of the manifest at an address. */
  List<Violation> ask(URI manifest, Descriptor timing) {
    Place place = Place.of(manifest.toString()).atLine(timing.line());
    String kind = timing.scheme().replace(SCHEME, "").replaceFirst(":\\d{4}$", "");
    List<Violation> violations = new ArrayList<>();
    try {
      Instant now = Instant.now();
      Optional<Instant> time =
          switch (kind) {
            case "direct" -> Optional.of(OffsetDateTime.parse(timing.value()).toInstant());
            case "http-iso", "http-xsdate", "http-head" -> {
              URI clock = manifest.resolve(timing.value().strip().split("\\s+", 2)[0]);
              if (clock.getHost() != null && !clock.getHost().equals(manifest.getHost())) {
                violations.add(
                    new Violation(Rule.DASH_A5_SHOULD, place, "the clock is " + clock.getHost()));
              }
              yield Optional.of(asked(clock, kind.equals("http-head")));
            }
            default -> {
              findings.note(manifest + ": the clock " + timing.scheme() + " is not asked");
              yield Optional.empty();
            }
          };
      time.map(at -> Duration.between(now, at))
          .filter(apart -> apart.abs().compareTo(CLOCKS_APART) > 0)
          .ifPresent(
              apart ->
                  violations.add(
                      new Violation(
                          Rule.DASH_A5_SHOULD,
                          place,
                          "the clock is %d s off this machine's".formatted(apart.toSeconds()))));
    } catch (IOException | DateTimeException | IllegalArgumentException e) {
      violations.add(
          new Violation(Rule.DASH_A5, place, timing.value() + " says no time: " + e.getMessage()));
    }
    return violations;
  }

  private Instant asked(URI clock, boolean head) throws IOException {
    Fetcher.Answer answer = head ? fetcher.head(clock) : fetcher.playlist(clock, Map.of());
    if (answer.status() != 200) {
      throw new IOException("answers " + answer.status());
    }
    return head
        ? ZonedDateTime.parse(answer.header("date"), DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant()
        : OffsetDateTime.parse(new String(answer.body(), StandardCharsets.UTF_8).strip())
            .toInstant();
  }
}
