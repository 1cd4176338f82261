package io.millrace.app.bridges;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What another node has answered lately, for {@value #KEPT_SECONDS} s: whoever asks the same
 * meanwhile, or while the question is under way, gets the same answer. A failure is no answer.
 * Thread-safe.
 *
 * @param <T> of an answer
 */
final class RecentAnswers<T> {
  static final long KEPT_SECONDS = 2;

  private final AsyncCache<String, T> answers;

  /**
   * @param most so many are kept
   */
  RecentAnswers(int most, Ticker ticker) {
    answers =
        Caffeine.newBuilder()
            .maximumSize(most)
            .expireAfterWrite(Duration.ofSeconds(KEPT_SECONDS))
            .ticker(ticker)
            .executor(Runnable::run)
            .buildAsync();
  }

  /** The answer to a question, asked if it has not been asked lately; completes on any thread. */
  Future<T> get(String question, Supplier<Future<T>> ask) {
    return Future.fromCompletionStage(
        answers.get(
            question, (key, executor) -> ask.get().toCompletionStage().toCompletableFuture()));
  }

  /** The answer is another from now on; also of what is under way. */
  void forget(String question) {
    answers.synchronous().invalidate(question);
  }
}
