package io.millrace.broker.door;

import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRate;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicOperation;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

  private final DoorLoop loop;
  private final String door;
  private final Consumer<Refusal> ended;
  private final Map<String, PublishRate> rates = new HashMap<>();

  /** In the order in which those that are paused have their turn. */
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();

  private int wildcards;
  private OpenGrants.Use use;

  Client(DoorLoop loop, String door, TopicGrant grant, Consumer<Refusal> ended) {
    this.loop = loop;
    this.door = door;
    this.ended = ended;
    this.use = loop.use(grant, ended);
  }

  public TopicGrant grant() {
    return use.grant();
  }

  /**
   * Goes on with another grant, after the client has shown another credential.
   *
   * @return the subscriptions that it does not allow; they have ended
   */
  public List<Subscription> regrant(TopicGrant grant) {
    use.close();
    use = loop.use(grant, ended);
    rates.clear();
    List<Subscription> lost = new ArrayList<>();
    for (Subscription subscription : List.copyOf(subscriptions)) {
      TopicFilter filter = subscription.filter();
      if (!grant.allows(TopicOperation.SUBSCRIBE, filter.namespace(), filter.path())) {
        unsubscribe(subscription);
        lost.add(subscription);
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
    switch (Topic.parse(draft.topic())) {
      case Parsed.Refused<Topic>(String problem) ->
          refuse(new Refusal(Refusal.Code.BAD_TOPIC, problem), result);
      case Parsed.Value<Topic>(Topic topic) -> publish(topic, draft, result);
    }
  }

  private void publish(Topic topic, Draft draft, PublishResult result) {
    if (!grant().allows(TopicOperation.PUBLISH, topic.namespace(), topic.path())) {
      refuse(notAuthorized("publish to " + topic), result);
      return;
    }
    String problem = draft.problem();
    if (problem != null) {
      refuse(new Refusal(Refusal.Code.BAD_MESSAGE, problem), result);
      return;
    }
    Optional<Served> served = loop.doors().namespaces().find(topic.namespace());
    if (served.isEmpty()) {
      refuse(noSuchNamespace(topic.namespace()), result);
      return;
    }
    Publication publication = draft.publication(topic.path(), loop.now());
    long wait = wait(topic.namespace(), publication.sizeInBytes());
    if (wait > 0) {
      refuse(
          new Refusal(
              Refusal.Code.RATE_LIMITED,
              "more is published than the credential allows; try again in "
                  + Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait))
                  + " ms"),
          result);
      return;
    }
    Namespace settings = served.get().namespace().settings();
    loop.publisher()
        .publish(
            served.get().publisher(),
            publication,
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                loop.metrics().published(door);
                result.published(behind(settings, partition, offset, timestamp), timestamp);
              }

              @Override
              public void failed(LogException reason) {
                refuse(Refusal.of(reason), result);
              }
            });
  }

  private void refuse(Refusal refusal, PublishResult result) {
    loop.metrics().refused(door, refusal);
    result.refused(refusal);
  }

  private long wait(String namespace, int size) {
    long now = System.nanoTime();
    return rates
        .computeIfAbsent(namespace, name -> loop.doors().rates().of(grant(), name, now))
        .take(size, now);
  }

  private @Nullable String behind(Namespace settings, int partition, long offset, long timestamp) {
    return settings.isKept()
        ? new Position.OfTopic(
                loop.doors().hub().cluster(),
                settings.generation(),
                partition,
                offset + 1,
                timestamp)
            .token()
        : null;
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
    Answer<Wanted> answer = wanted(filterText, where);
    if (!(answer instanceof Answer.Given<Wanted>(Wanted wanted))) {
      return new Answer.Refused<>(((Answer.Refused<Wanted>) answer).refusal());
    }
    TopicFilter filter = wanted.filter();
    if (!allows(TopicOperation.SUBSCRIBE, filter)) {
      return refused(notAuthorized("subscribe to " + filter));
    }
    if (!(start instanceof Start.Now) && !allows(TopicOperation.HISTORY, filter)) {
      return refused(notAuthorized("read what was published before to " + filter));
    }
    return begin(wanted, start, policy, receiver);
  }

  /** As {@link #subscribe}, for one who reads what is there and no more. */
  public Answer<Subscription> read(
      String filterText, Start start, @Nullable String where, Receiver receiver) {
    Answer<Wanted> answer = wanted(filterText, where);
    if (!(answer instanceof Answer.Given<Wanted>(Wanted wanted))) {
      return new Answer.Refused<>(((Answer.Refused<Wanted>) answer).refusal());
    }
    if (!allows(TopicOperation.HISTORY, wanted.filter())) {
      return refused(notAuthorized("read what was published before to " + wanted.filter()));
    }
    return begin(wanted, start, SlowPolicy.PAUSE, receiver);
  }

  private record Wanted(TopicFilter filter, Predicate<Message> where) {}

  private Answer<Wanted> wanted(String filterText, @Nullable String where) {
    if (!(TopicFilter.parse(filterText) instanceof Parsed.Value<TopicFilter>(TopicFilter filter))) {
      String problem = ((Parsed.Refused<TopicFilter>) TopicFilter.parse(filterText)).problem();
      return refused(new Refusal(Refusal.Code.BAD_FILTER, problem));
    }
    if (where == null) {
      return new Answer.Given<>(new Wanted(filter, all -> true));
    }
    try {
      Expression expression = Expression.parse(where);
      return new Answer.Given<>(
          new Wanted(
              filter,
              message ->
                  expression.test(loop.subject(filter.namespace(), message)) == Verdict.MATCH));
    } catch (ExpressionException e) {
      return refused(new Refusal(Refusal.Code.BAD_EXPRESSION, String.valueOf(e.getMessage())));
    }
  }

  private Answer<Subscription> begin(
      Wanted wanted, Start start, SlowPolicy policy, Receiver receiver) {
    TopicFilter filter = wanted.filter();
    Optional<Served> served = loop.doors().namespaces().find(filter.namespace());
    if (served.isEmpty()) {
      return refused(noSuchNamespace(filter.namespace()));
    }
    boolean isWild = !filter.isExact();
    if (subscriptions.size() >= loop.config().maxSubscriptions()
        || (isWild && wildcards >= loop.config().maxWildcardSubscriptions())) {
      return refused(
          new Refusal(
              Refusal.Code.TOO_MANY_SUBSCRIPTIONS,
              "a connection has at most "
                  + loop.config().maxSubscriptions()
                  + " subscriptions, "
                  + loop.config().maxWildcardSubscriptions()
                  + " of them with wildcards"));
    }
    Subscription subscription =
        loop.hub()
            .subscribe(served.get().namespace(), filter, wanted.where(), start, policy, receiver);
    subscriptions.add(subscription);
    wildcards += isWild ? 1 : 0;
    return new Answer.Given<>(subscription);
  }

  private boolean allows(TopicOperation operation, TopicFilter filter) {
    return grant().allows(operation, filter.namespace(), filter.path());
  }

  private <T> Answer<T> refused(Refusal refusal) {
    loop.metrics().refused(door, refusal);
    return new Answer.Refused<>(refusal);
  }

  private static Refusal notAuthorized(String what) {
    return new Refusal(Refusal.Code.NOT_AUTHORIZED, "the credential does not allow to " + what);
  }

  private static Refusal noSuchNamespace(String name) {
    return new Refusal(Refusal.Code.NO_SUCH_NAMESPACE, "there is no namespace '" + name + "'");
  }

  /** Ends a subscription, or forgets one that has ended by itself. */
  public void unsubscribe(Subscription subscription) {
    subscription.end();
    if (subscriptions.remove(subscription) && !subscription.filter().isExact()) {
      wildcards--;
    }
  }

  /** Lets the subscriptions that are paused go on, one after another, while there is room. */
  public void resume(Outbox outbox) {
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (outbox.isFull()) {
        return;
      }
      if (subscription.isPaused() && subscriptions.remove(subscription)) {
        subscriptions.add(subscription);
        subscription.resume();
      }
    }
  }

  public int subscriptions() {
    return subscriptions.size();
  }

  /** The connection or the request is over. */
  public void close() {
    use.close();
    List.copyOf(subscriptions).forEach(this::unsubscribe);
  }
}
