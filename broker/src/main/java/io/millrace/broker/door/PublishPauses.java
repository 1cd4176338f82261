package io.millrace.broker.door;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For how long a namespace that was refused to a client for its rate is refused at least: what the
 * client has sent behind a refused message before it hears of that is not published before it.
 * Belongs to the connection's event loop; times are as {@link System#nanoTime} gives them.
 */
final class PublishPauses {
  static final long NANOS = Duration.ofMillis(100).toNanos();

  /**
   * One that lasts.
   *
   * @param whose rate it was, for people
   * @param until when it is over
   */
  record Pause(String whose, long until) {}

  private final Map<String, Pause> byNamespace = new HashMap<>();

  /** A message was refused now. */
  void begin(String namespace, String whose, long now) {
    byNamespace.put(namespace, new Pause(whose, now + NANOS));
  }

  /** The one of a namespace that lasts now; null for none. */
  @Nullable Pause lasting(String namespace, long now) {
    Pause pause = byNamespace.get(namespace);
    if (pause == null) {
      return null;
    }
    if (pause.until - now > 0) {
      return pause;
    }
    byNamespace.remove(namespace);
    return null;
  }
}
