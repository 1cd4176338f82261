package io.millrace.broker;

import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.HubLoop;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this process itself reads of topics, on one event loop: what is published from now on, and
 * again from then on when a namespace has changed, has come, or could not be read for a while.
 * Nothing is asked of whoever may subscribe.
 */
public final class TopicReader {
  private static final long AGAIN_MILLIS = 500;

  /** More than any message. */
  private static final long ROOM = 64 << 20;

  private final Broker broker;
  private final Context context;

  // On the context.
  private @Nullable HubLoop loop;

  TopicReader(Broker broker, Context context) {
    this.broker = broker;
    this.context = context;
  }

  /**
   * Follows a topic; any thread.
   *
   * @param listener called on the context
   * @return ends it
   * @throws IllegalArgumentException when there can be no such topic
   */
  public Runnable follow(String namespace, String path, Consumer<TopicMessage> listener) {
    Parsed<TopicFilter> filter = TopicFilter.of(namespace, path);
    if (!(filter instanceof Parsed.Value<TopicFilter>(TopicFilter topic)) || !topic.isExact()) {
      throw new IllegalArgumentException("no topic: " + namespace + "/" + path);
    }
    Following following = new Following(topic, listener);
    context.runOnContext(go -> following.begin());
    return () -> context.runOnContext(go -> following.end());
  }

  private HubLoop loop() {
    HubLoop known = loop;
    if (known == null) {
      known = broker.hub().loop(context);
      loop = known;
    }
    return known;
  }

  /** One topic. On the context. */
  private final class Following implements Receiver {
    private final TopicFilter topic;
    private final Consumer<TopicMessage> listener;
    private @Nullable Subscription subscription;
    private boolean isOver;

    Following(TopicFilter topic, Consumer<TopicMessage> listener) {
      this.topic = topic;
      this.listener = listener;
    }

    void begin() {
      Optional<Served> served = isOver ? Optional.empty() : broker.find(topic.namespace());
      if (served.isPresent()) {
        subscription =
            loop()
                .subscribe(
                    served.get().namespace(),
                    topic,
                    message -> true,
                    new Start.Now(),
                    SlowPolicy.PAUSE,
                    this);
      } else if (!isOver) {
        context.owner().setTimer(AGAIN_MILLIS, id -> begin());
      }
    }

    void end() {
      isOver = true;
      if (subscription != null) {
        subscription.end();
      }
    }

    @Override
    public void started(Subscription started, boolean mayRepeat) {}

    @Override
    public boolean deliver(Subscription from, Delivery delivery) {
      Message message = delivery.message();
      Map<String, String> headers = new HashMap<>();
      message
          .headers()
          .forEach(
              (name, value) ->
                  headers.putIfAbsent(name, new String(value, StandardCharsets.UTF_8)));
      listener.accept(
          new TopicMessage(
              Optional.ofNullable(message.id()), headers, Buffer.buffer(message.payload())));
      return true;
    }

    @Override
    public long room() {
      return ROOM;
    }

    @Override
    public void gap(Subscription behind, Gap gap) {}

    @Override
    public void caughtUp(Subscription live) {}

    @Override
    public void ended(Subscription over, EndReason reason, String message) {
      subscription = null;
      context.owner().setTimer(AGAIN_MILLIS, id -> begin());
    }

    @Override
    public void flush() {}
  }
}
