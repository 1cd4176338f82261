package io.millrace.broker.door;

import io.millrace.broker.topic.Topic;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For how long a topic that was refused to a client for now (not for its rate: {@link
 * PublishPauses}) is refused at least: what the client has sent behind the refused message before
 * it hears of that is not published before it. Belongs to the connection's event loop; times are as
 * {@link System#nanoTime} gives them.
 */
final class TopicPauses {
  /** As long as a refused rate lasts: what is sent before the refusal is heard is the same. */
  static final long NANOS = PublishPauses.NANOS;

  /** Beyond that the eldest are forgotten: so many topics are refused at once by nobody's log. */
  static final int MOST = 10_000;

  private record Pause(Refusal refusal, long until) {
    private boolean lasts(long now) {
      return until - now > 0;
    }
  }

  /** The first to be over is the first. */
  private final Map<Topic, Pause> byTopic = new LinkedHashMap<>();

  /** A message was refused now. */
  void begin(Topic topic, Refusal refusal, long now) {
    byTopic.remove(topic);
    Iterator<Pause> eldest = byTopic.values().iterator();
    while (eldest.hasNext()) {
      if (eldest.next().lasts(now) && byTopic.size() < MOST) {
        break;
      }
      eldest.remove();
    }
    byTopic.put(topic, new Pause(refusal, now + NANOS));
  }

  /** With what a topic is refused now; null where it is not. */
  @Nullable Refusal lasting(Topic topic, long now) {
    Pause pause = byTopic.get(topic);
    if (pause == null) {
      return null;
    }
    if (pause.lasts(now)) {
      return pause.refusal;
    }
    byTopic.remove(topic);
    return null;
  }

  boolean isEmpty() {
    return byTopic.isEmpty();
  }

  int size() {
    return byTopic.size();
  }
}
