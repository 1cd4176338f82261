package io.millrace.catalog.records;

import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import java.util.Optional;

/**
 * What a key opens.
 *
 * @param stream the only one of its app; empty: every one
 * @param topicsOnly that it opens no stream at all
 * @param limits to what is published to topics
 */
public record KeyScope(
    Optional<String> stream, boolean topicsOnly, TopicCapabilities topics, PublishLimits limits) {

  /** One stream of an app, or all of them, and no topics. */
  public static KeyScope streams(Optional<String> stream) {
    return new KeyScope(stream, false, TopicCapabilities.NONE, PublishLimits.NONE);
  }

  /** What the first key opens: every stream of its app, and the namespace {@code public}. */
  public static KeyScope ofFirstKey() {
    return new KeyScope(Optional.empty(), false, TopicCapabilities.PUBLIC, PublishLimits.NONE);
  }

  /** Whether it opens a stream of its app. */
  public boolean opens(String name) {
    return !topicsOnly && stream.map(name::equals).orElse(true);
  }
}
