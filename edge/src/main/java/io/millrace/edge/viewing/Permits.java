package io.millrace.edge.viewing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.edge.PlayDecision;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Remembers decisions for a moment, for each app, stream, token and peer, so that a viewer's
 * hundred requests are one question; requests that come while the question is open wait for its
 * answer. A revoked token plays on for at most that moment. Undecided is never remembered.
 * Thread-safe.
 */
public final class Permits {
  private static final Duration REMEMBERED = Duration.ofSeconds(5);
  private static final int OVERHEAD = 256;

  /** Characters of names and tokens, and an estimate for what is around them. */
  private static final int MOST = 32 << 20;

  private final PlayAuthorizer authorizer;
  private final Cache<PlayAttempt, Future<PlayDecision>> decisions;

  public Permits(PlayAuthorizer authorizer, Ticker ticker) {
    this.authorizer = authorizer;
    this.decisions =
        Caffeine.newBuilder()
            .maximumWeight(MOST)
            .weigher(Permits::weigh)
            .expireAfterWrite(REMEMBERED)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** Never fails: what can't be decided is refused with 503. */
  public Future<PlayDecision> decide(PlayAttempt attempt) {
    Future<PlayDecision> known = decisions.getIfPresent(attempt);
    if (known != null) {
      return known;
    }
    Future<PlayDecision> asked = ask(attempt);
    decisions.put(attempt, asked);
    asked.onSuccess(
        decision -> {
          if (decision instanceof PlayDecision.Refused refused && refused.status() >= 500) {
            decisions.asMap().remove(attempt, asked);
          }
        });
    return asked;
  }

  private Future<PlayDecision> ask(PlayAttempt attempt) {
    try {
      return authorizer.authorize(attempt).otherwise(failure -> undecided());
    } catch (RuntimeException e) {
      return Future.succeededFuture(undecided());
    }
  }

  private static int weigh(PlayAttempt attempt, Future<PlayDecision> decision) {
    return OVERHEAD
        + attempt.stream().length()
        + attempt.peer().length()
        + attempt.token().map(String::length).orElse(0);
  }

  private static PlayDecision undecided() {
    return new PlayDecision.Refused(503, "It could not be decided now whether this may be played");
  }
}
