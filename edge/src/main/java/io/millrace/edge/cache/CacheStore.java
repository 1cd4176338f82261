package io.millrace.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers in memory, at most so many bytes; what is asked for often stays. Thread-safe. */
public final class CacheStore {
  private static final int OVERHEAD = 1024;

  private final long maxBytes;
  private final Cache<CacheKey, CachedResponse> entries;

  public CacheStore(long maxBytes) {
    this.maxBytes = maxBytes;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(CacheStore::weigh)
            .executor(Runnable::run)
            .removalListener(
                (@Nullable CacheKey key, @Nullable CachedResponse gone, RemovalCause cause) -> {
                  if (gone != null) {
                    gone.body().release();
                  }
                })
            .build();
  }

  /** A stored answer, fresh or stale; its body is held for the caller, who releases it. */
  Optional<CachedResponse> find(CacheKey key) {
    CachedResponse found = entries.getIfPresent(key);
    return found != null && found.body().tryHold() ? Optional.of(found) : Optional.empty();
  }

  /** Keeps an answer in place of the one before, unless it alone would fill the memory. */
  void put(CacheKey key, CachedResponse response) {
    if (weigh(key, response) <= maxBytes / 2 && response.body().tryHold()) {
      entries.put(key, response);
    }
  }

  void remove(CacheKey key) {
    entries.invalidate(key);
  }

  /** Bytes in use, roughly. */
  public long bytes() {
    return entries.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }

  private static int weigh(CacheKey key, CachedResponse response) {
    long weight = (long) response.body().length() + OVERHEAD;
    weight += key.path().length() + key.query().length();
    for (var field : response.headers()) {
      weight += field.getKey().length() + field.getValue().length();
    }
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }
}
