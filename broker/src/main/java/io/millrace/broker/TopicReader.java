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
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this process itself reads of topics, on one event loop: what is published from now on, and
 * again from then on when a namespace has changed, has come, or could not be read for a while.
 * Nothing is asked of whoever may subscribe.
 *
 * <p>Of each topic {@value #MOST} messages and 1 MiB at most are with the listener; then no more
 * come until it is done with half of them, and go on from the log where they were.
 */
public final class TopicReader {
  private static final long AGAIN_MILLIS = 500;

  /** So many messages of a topic are with the listener at most. */
  static final int MOST = 64;

  /** And so many bytes, unless it is a single message. */
  private static final long MOST_BYTES = 1 << 20;

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
   * @param listener called on the context; what it returns completes when it is done with the
   *     message, well or not
   * @return ends it
   * @throws IllegalArgumentException when there can be no such topic
   */
  public Runnable follow(
      String namespace, String path, Function<TopicMessage, Future<?>> listener) {
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
    private final Function<TopicMessage, Future<?>> listener;
    private @Nullable Subscription subscription;
    private boolean isOver;

    /** What the listener is not done with. */
    private int messages;

    private long bytes;

    Following(TopicFilter topic, Function<TopicMessage, Future<?>> listener) {
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
      int size = message.payload().length;
      if (messages > 0 && (messages >= MOST || bytes + size > MOST_BYTES)) {
        return false;
      }
      Map<String, String> headers = new HashMap<>();
      message
          .headers()
          .forEach(
              (name, value) ->
                  headers.putIfAbsent(name, new String(value, StandardCharsets.UTF_8)));
      messages++;
      bytes += size;
      listener
          .apply(
              new TopicMessage(
                  Optional.ofNullable(message.id()), headers, Buffer.buffer(message.payload())))
          .onComplete(done -> context.runOnContext(go -> done(size)));
      return true;
    }

    private void done(int size) {
      messages--;
      bytes -= size;
      Subscription its = subscription;
      if (its != null && its.isPaused() && messages <= MOST / 2 && bytes <= MOST_BYTES / 2) {
        its.resume();
      }
    }

    @Override
    public long room() {
      return messages < MOST ? MOST_BYTES - bytes : 0;
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
