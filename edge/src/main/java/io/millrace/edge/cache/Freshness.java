package io.millrace.edge.cache;

import io.millrace.http.HttpDate;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer may be used without asking (RFC 9111 4.2), for a shared cache. There is no
 * heuristic freshness: an answer that doesn't say how long is never fresh.
 *
 * @param storable whether it may be kept at all
 * @param lifetime zero when it must be validated each time
 * @param initialAge its age when it arrived
 * @param received when it arrived
 */
public record Freshness(
    boolean storable, Duration lifetime, Duration initialAge, Instant received) {
  private static final Set<Integer> STORABLE =
      Set.of(200, 203, 204, 300, 301, 308, 400, 404, 405, 410, 414, 500, 501, 502, 503, 504);

  /**
   * @param requested when it was asked for
   * @param received when the whole of it was here
   */
  public static Freshness of(int status, MultiMap headers, Instant requested, Instant received) {
    CacheControl control = CacheControl.parse(headers.getAll("Cache-Control"));
    Duration lifetime = lifetime(control, headers);
    boolean varies = headers.getAll("Vary").stream().anyMatch(vary -> vary.contains("*"));
    boolean storable =
        STORABLE.contains(status)
            && !control.noStore()
            && !control.isPrivate()
            && !varies
            && !headers.contains("Set-Cookie")
            && (lifetime.isPositive() || (status == 200 && hasValidator(headers)));
    return new Freshness(
        storable,
        control.noCache() ? Duration.ZERO : lifetime,
        initialAge(headers, requested, received),
        received);
  }

  /** How much older than its making it is (the {@code Age} field), in whole seconds. */
  public long ageSeconds(Instant now) {
    return Math.max(0, age(now).toSeconds());
  }

  public boolean isFresh(Instant now) {
    return lifetime.compareTo(age(now)) > 0;
  }

  /** What is left of its lifetime; negative when it is stale. */
  public Duration left(Instant now) {
    return lifetime.minus(age(now));
  }

  private Duration age(Instant now) {
    return initialAge.plus(Duration.between(received, now));
  }

  private static Duration lifetime(CacheControl control, MultiMap headers) {
    if (control.sharedMaxAge().isPresent()) {
      return Duration.ofSeconds(control.sharedMaxAge().getAsLong());
    }
    if (control.maxAge().isPresent()) {
      return Duration.ofSeconds(control.maxAge().getAsLong());
    }
    Optional<Instant> expires = date(headers, "Expires");
    Optional<Instant> date = date(headers, "Date");
    if (expires.isEmpty() || date.isEmpty() || expires.get().isBefore(date.get())) {
      return Duration.ZERO;
    }
    return Duration.between(date.get(), expires.get());
  }

  /** RFC 9111 4.2.3. */
  private static Duration initialAge(MultiMap headers, Instant requested, Instant received) {
    Duration apparent =
        date(headers, "Date")
            .map(date -> Duration.between(date, received))
            .filter(age -> age.compareTo(Duration.ofSeconds(1)) >= 0)
            .orElse(Duration.ZERO);
    @Nullable String age = headers.get("Age");
    if (age == null) {
      // A date has whole seconds, and an origin without Age is asked directly: the date alone would
      // age a playlist of sub-second lifetime by up to a second.
      return apparent;
    }
    Duration corrected =
        Duration.ofSeconds(CacheControl.seconds(age.strip()))
            .plus(Duration.between(requested, received));
    return apparent.compareTo(corrected) > 0 ? apparent : corrected;
  }

  private static boolean hasValidator(MultiMap headers) {
    return headers.contains("ETag") || headers.contains("Last-Modified");
  }

  private static Optional<Instant> date(MultiMap headers, String name) {
    List<String> values = headers.getAll(name);
    return values.size() == 1 ? HttpDate.parse(values.getFirst()) : Optional.empty();
  }
}
