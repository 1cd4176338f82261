package io.millrace.broker.door;

import io.millrace.access.OpenGrants;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicOperation;
import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who was let in, on one connection or with one request: everything that is done there
 * goes through here. Belongs to the connection's event loop.
 */
public final class Client {
  /** How a publish went. */
  public interface PublishResult {
    /**
     * As safe as the namespace promises.
     *
     * @param position behind the message; null where the namespace keeps nothing
     * @param time the message's own, milliseconds since 1970 UTC
     */
    void published(@Nullable String position, long time);

    void refused(Refusal refusal);
  }

  /**
   * What a subscription is for.
   *
   * @param operation that the grant has to allow
   * @param lost hears when another grant does not allow it
   */
  private record Purpose(TopicOperation operation, Consumer<Refusal> lost) {}

  /**
   * What is known of a subscription.
   *
   * @param traffic where it is counted
   */
  private record Held(Purpose purpose, Traffic traffic) {}

  private static final Purpose SUBSCRIBES = new Purpose(TopicOperation.SUBSCRIBE, told -> {});

  private final DoorLoop loop;
  private final Consumer<Refusal> ended;
  private final ClientTraffic traffic;
  private final ClientPublishing publishing;
  private final SubscriptionTurns subscriptions;
  private final Map<Subscription, Held> held = new HashMap<>();
  private int wildcards;
  private int uses;
  private OpenGrants.Use use;

  Client(DoorLoop loop, String door, TopicGrant grant, Consumer<Refusal> ended) {
    this.loop = loop;
    this.ended = ended;
    this.traffic = new ClientTraffic(loop, door);
    this.publishing = new ClientPublishing(loop, this::grant, traffic);
    this.subscriptions = new SubscriptionTurns(loop);
    this.use = use(grant);
  }

  /** The end of a grant that another has followed concerns nobody. */
  private OpenGrants.Use use(TopicGrant grant) {
    int ours = ++uses;
    return loop.use(
        grant,
        refusal -> {
          if (ours == uses) {
            ended.accept(refusal);
          }
        });
  }

  public TopicGrant grant() {
    return use.grant();
  }

  /**
   * Goes on with another grant, after the client has shown another credential. What reads history
   * that it does not allow hears of it.
   *
   * @return the subscriptions that it does not allow; they have ended
   */
  public List<Subscription> regrant(TopicGrant grant) {
    use.close();
    use = use(grant);
    publishing.regranted();
    List<Subscription> lost = new ArrayList<>();
    for (Subscription subscription : subscriptions.all()) {
      TopicFilter filter = subscription.filter();
      Purpose purpose = Objects.requireNonNull(held.get(subscription)).purpose;
      if (!grant.allows(purpose.operation, filter.namespace(), filter.path())) {
        unsubscribe(subscription);
        lost.add(subscription);
        purpose.lost.accept(
            new Refusal(Refusal.Code.NOT_AUTHORIZED, "the new credential does not allow it"));
      }
    }
    return lost;
  }

  /**
   * Publishes.
   *
   * @param result called once, on the event loop, maybe within this call
   */
  public void publish(Draft draft, PublishResult result) {
    publishing.publish(draft, result);
  }

  /** As above, of what a door has made and judged by itself. */
  public void publish(Topic topic, Publication publication, PublishResult result) {
    publishing.publish(topic, publication, result);
  }

  /**
   * Subscribes. Whoever begins elsewhere than now has to be allowed to read history as well.
   *
   * @param filterText {@code namespace/path} with wildcards
   * @param where an expression; null for all messages
   * @param receiver may be told where it begins before this returns
   */
  public Answer<Subscription> subscribe(
      String filterText,
      Start start,
      @Nullable String where,
      SlowPolicy policy,
      Receiver receiver) {
    Answer<WantedMessages> answer = wanted(filterText, where);
    if (!(answer instanceof Answer.Given<WantedMessages>(WantedMessages wanted))) {
      return new Answer.Refused<>(((Answer.Refused<WantedMessages>) answer).refusal());
    }
    TopicFilter filter = wanted.filter();
    if (!allows(TopicOperation.SUBSCRIBE, filter)) {
      return refused(filter.namespace(), Refusal.notAuthorized("subscribe to " + filter));
    }
    if (!(start instanceof Start.Now) && !allows(TopicOperation.HISTORY, filter)) {
      return refused(
          filter.namespace(), Refusal.notAuthorized("read what was published before to " + filter));
    }
    return begin(wanted, start, policy, receiver, SUBSCRIBES);
  }

  /**
   * Goes on with a subscription of before: what came meanwhile is its own, and needs no capability
   * to read history.
   */
  public Answer<Subscription> goOn(
      String filterText, Start start, @Nullable String where, Receiver receiver) {
    Answer<WantedMessages> answer = wanted(filterText, where);
    if (!(answer instanceof Answer.Given<WantedMessages>(WantedMessages wanted))) {
      return new Answer.Refused<>(((Answer.Refused<WantedMessages>) answer).refusal());
    }
    return allows(TopicOperation.SUBSCRIBE, wanted.filter())
        ? begin(wanted, start, SlowPolicy.PAUSE, receiver, SUBSCRIBES)
        : refused(Refusal.notAuthorized("subscribe to " + wanted.filter()));
  }

  /** Why a filter cannot be shared by this client with others; null when it can. */
  public @Nullable Refusal mayShare(String filterText) {
    Answer<WantedMessages> answer = wanted(filterText, null);
    return switch (answer) {
      case Answer.Refused<WantedMessages>(Refusal refusal) -> refusal;
      case Answer.Given<WantedMessages>(WantedMessages wanted) ->
          allows(TopicOperation.SUBSCRIBE, wanted.filter())
              ? null
              : Refusal.notAuthorized("subscribe to " + wanted.filter());
    };
  }

  /**
   * A message that was delivered before, once more.
   *
   * @param path of its topic
   * @return completes on the loop; empty when it is not there any more, or not for this client;
   *     fails when it cannot be read at the moment
   */
  public Future<Optional<Message>> again(
      String namespace, int generation, int partition, long offset, String path) {
    Optional<Served> served = loop.doors().namespaces().find(namespace);
    if (served.isEmpty() && loop.doors().namespaces().isKnown(namespace)) {
      return Future.failedFuture(
          new LogException(
              LogException.Reason.UNAVAILABLE,
              loop.doors().namespaces().missing(namespace).message()));
    }
    if (served.isEmpty() || !grant().allows(TopicOperation.SUBSCRIBE, namespace, path)) {
      return Future.succeededFuture(Optional.empty());
    }
    Promise<Optional<Message>> found = Promise.promise();
    loop.doors()
        .hub()
        .message(served.get().namespace(), generation, partition, offset)
        .onComplete(
            read ->
                loop.later(
                    () -> {
                      if (read.succeeded()) {
                        found.complete(
                            read.result().filter(message -> message.path().equals(path)));
                      } else if (isGone(read.cause())) {
                        found.complete(Optional.empty());
                      } else {
                        found.fail(read.cause());
                      }
                    }));
    return found.future();
  }

  private static boolean isGone(Throwable failure) {
    return failure instanceof LogException e && e.reason() == LogException.Reason.NO_SUCH_NAMESPACE;
  }

  /**
   * As {@link #subscribe}, for one who reads what is there and no more.
   *
   * @param lost hears when it has ended since another grant does not allow it
   */
  public Answer<Subscription> read(
      String filterText,
      Start start,
      @Nullable String where,
      Receiver receiver,
      Consumer<Refusal> lost) {
    Answer<WantedMessages> answer = wanted(filterText, where);
    if (!(answer instanceof Answer.Given<WantedMessages>(WantedMessages wanted))) {
      return new Answer.Refused<>(((Answer.Refused<WantedMessages>) answer).refusal());
    }
    if (!allows(TopicOperation.HISTORY, wanted.filter())) {
      return refused(
          wanted.filter().namespace(),
          Refusal.notAuthorized("read what was published before to " + wanted.filter()));
    }
    return begin(
        wanted, start, SlowPolicy.PAUSE, receiver, new Purpose(TopicOperation.HISTORY, lost));
  }

  /**
   * What is retained now, by topic. Whoever may subscribe may have it: a retained message was
   * published for those who come later, and no history is read for it.
   *
   * @param filterText {@code namespace/path} with wildcards
   * @return on this loop, when what was retained before a start of this node has been read; never
   *     fails
   */
  public Future<Answer<List<Message>>> retained(String filterText) {
    Answer<WantedMessages> answer = wanted(filterText, null);
    if (!(answer instanceof Answer.Given<WantedMessages>(WantedMessages wanted))) {
      return Future.succeededFuture(
          new Answer.Refused<>(((Answer.Refused<WantedMessages>) answer).refusal()));
    }
    TopicFilter filter = wanted.filter();
    if (!allows(TopicOperation.SUBSCRIBE, filter)) {
      return Future.succeededFuture(refused(Refusal.notAuthorized("subscribe to " + filter)));
    }
    Optional<Served> served = loop.doors().namespaces().find(filter.namespace());
    if (served.isEmpty()) {
      return Future.succeededFuture(refused(loop.doors().namespaces().missing(filter.namespace())));
    }
    return loop.retained(served.get().publisher().retained(), filter)
        .<Answer<List<Message>>>map(Answer.Given::new)
        .otherwise(closed -> refused(loop.doors().namespaces().missing(filter.namespace())));
  }

  private Answer<WantedMessages> wanted(String filterText, @Nullable String where) {
    Answer<WantedMessages> answer = WantedMessages.parse(loop, filterText, where);
    if (answer instanceof Answer.Refused<WantedMessages>(Refusal refusal)) {
      traffic.refused(refusal);
    }
    return answer;
  }

  private Answer<Subscription> begin(
      WantedMessages wanted, Start start, SlowPolicy policy, Receiver receiver, Purpose purpose) {
    TopicFilter filter = wanted.filter();
    Optional<Served> served = loop.doors().namespaces().find(filter.namespace());
    if (served.isEmpty()) {
      return refused(loop.doors().namespaces().missing(filter.namespace()));
    }
    boolean isWild = !filter.isExact();
    if (subscriptions.size() >= loop.config().maxSubscriptions()
        || (isWild && wildcards >= loop.config().maxWildcardSubscriptions())) {
      return refused(
          filter.namespace(),
          new Refusal(
              Refusal.Code.TOO_MANY_SUBSCRIPTIONS,
              "a connection has at most "
                  + loop.config().maxSubscriptions()
                  + " subscriptions, "
                  + loop.config().maxWildcardSubscriptions()
                  + " of them with wildcards"));
    }
    Namespace settings = served.get().namespace().settings();
    if (isWild && !loop.hub().takes(served.get().namespace(), filter)) {
      return refused(
          filter.namespace(),
          new Refusal(
              Refusal.Code.TOO_MANY_SUBSCRIPTIONS,
              "the subscribers of the namespace "
                  + settings.name()
                  + " have "
                  + settings.maxWildcardFilters()
                  + " different filters with wildcards already; use one of theirs, or one without"
                  + " wildcards"));
    }
    Traffic counted = traffic.of(filter.namespace());
    Subscription subscription =
        loop.hub()
            .subscribe(
                served.get().namespace(),
                filter,
                wanted.where(),
                start,
                policy,
                new CountedReceiver(receiver, counted));
    subscriptions.add(subscription);
    held.put(subscription, new Held(purpose, counted));
    counted.subscribed();
    wildcards += isWild ? 1 : 0;
    return new Answer.Given<>(subscription);
  }

  private boolean allows(TopicOperation operation, TopicFilter filter) {
    return grant().allows(operation, filter.namespace(), filter.path());
  }

  private <T> Answer<T> refused(String namespace, Refusal refusal) {
    traffic.refused(namespace, refusal);
    return new Answer.Refused<>(refusal);
  }

  private <T> Answer<T> refused(Refusal refusal) {
    traffic.refused(refusal);
    return new Answer.Refused<>(refusal);
  }

  /** Ends a subscription, or forgets one that has ended by itself. */
  public void unsubscribe(Subscription subscription) {
    subscription.end();
    Held known = held.remove(subscription);
    if (subscriptions.remove(subscription) && known != null) {
      known.traffic.unsubscribed();
      wildcards -= subscription.filter().isExact() ? 0 : 1;
    }
  }

  /** Lets the subscriptions that are paused go on, one after another, while there is room. */
  public void resume(Outbox outbox) {
    subscriptions.resume(outbox::isFull, Subscription::resume);
  }

  /** As above, by the door's own idea of room. */
  public void resume(BooleanSupplier isFull) {
    subscriptions.resume(isFull, Subscription::resume);
  }

  /**
   * As {@link #resume(Outbox)}, for those that waited until the connection was ready: none drops.
   */
  public void begin(Outbox outbox) {
    subscriptions.resume(outbox::isFull, Subscription::begin);
  }

  public int subscriptions() {
    return subscriptions.size();
  }

  /** The connection or the request is over. */
  public void close() {
    subscriptions.close();
    use.close();
    subscriptions.all().forEach(this::unsubscribe);
  }
}
