package io.millrace.broker.door;

import io.millrace.access.PublishRate;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicOperation;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Client.PublishResult;
import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one client publishes, held against its grant, its rate and the namespace's. Belongs to the
 * connection's event loop.
 */
final class ClientPublishing {
  private final DoorLoop loop;
  private final Supplier<TopicGrant> grant;
  private final ClientTraffic traffic;
  private final Map<String, PublishRate> rates = new HashMap<>();
  private final PublishPauses pauses = new PublishPauses();
  private final TopicPauses topics = new TopicPauses();

  /**
   * @param grant of the client now
   */
  ClientPublishing(DoorLoop loop, Supplier<TopicGrant> grant, ClientTraffic traffic) {
    this.loop = loop;
    this.grant = grant;
    this.traffic = traffic;
  }

  /** The client has another grant. */
  void regranted() {
    rates.clear();
  }

  /** A message whose topic is not known to be one yet. */
  void publish(Draft draft, PublishResult result) {
    switch (Topic.parse(draft.topic())) {
      case Parsed.Refused<Topic>(String problem) ->
          refuse(new Refusal(Refusal.Code.BAD_TOPIC, problem), result);
      case Parsed.Value<Topic>(Topic topic) -> publish(topic, draft, result);
    }
  }

  private void publish(Topic topic, Draft draft, PublishResult result) {
    if (mayPublish(topic, result)) {
      String problem = draft.problem();
      if (problem != null) {
        refuse(topic.namespace(), new Refusal(Refusal.Code.BAD_MESSAGE, problem), result);
      } else {
        append(topic, draft.publication(topic.path(), loop.now()), result);
      }
    }
  }

  /** As above, of what a door has made and judged by itself. */
  void publish(Topic topic, Publication publication, PublishResult result) {
    if (mayPublish(topic, result)) {
      append(topic, publication, result);
    }
  }

  private boolean mayPublish(Topic topic, PublishResult result) {
    if (grant.get().allows(TopicOperation.PUBLISH, topic.namespace(), topic.path())) {
      return true;
    }
    refuse(topic.namespace(), Refusal.notAuthorized("publish to " + topic), result);
    return false;
  }

  private void append(Topic topic, Publication publication, PublishResult result) {
    Optional<Served> served = loop.doors().namespaces().find(topic.namespace());
    if (served.isEmpty()) {
      refuse(loop.doors().namespaces().missing(topic.namespace()), result);
      return;
    }
    Refusal pause = topics.isEmpty() ? null : topics.lasting(topic, System.nanoTime());
    if (pause != null) {
      refuse(topic.namespace(), pause, result);
      return;
    }
    if (isTooFast(topic.namespace(), served.get(), publication.sizeInBytes(), result)) {
      return;
    }
    Namespace settings = served.get().namespace().settings();
    int payloadBytes = publication.payload().length;
    LogException failure =
        loop.publisher()
            .publish(
                served.get().publisher(),
                publication,
                new AppendResult() {
                  @Override
                  public void appended(int partition, long offset, long timestamp) {
                    traffic.of(settings.name()).published(payloadBytes);
                    result.published(behind(settings, partition, offset, timestamp), timestamp);
                  }

                  @Override
                  public void failed(LogException reason) {
                    pause(topic, reason);
                    refuse(settings.name(), Refusal.of(reason), result);
                  }
                });
    if (failure != null) {
      pause(topic, failure);
    }
  }

  /** What follows on the topic waits where the same may work later. */
  private void pause(Topic topic, LogException failure) {
    if (failure.reason() == Reason.UNAVAILABLE || failure.reason() == Reason.OVERLOADED) {
      topics.begin(topic, Refusal.of(failure), System.nanoTime());
    }
  }

  private boolean isTooFast(String namespace, Served served, int size, PublishResult result) {
    long now = System.nanoTime();
    PublishPauses.Pause pause = pauses.lasting(namespace, now);
    if (pause != null) {
      refuse(namespace, rateLimited(pause.whose(), pause.until() - now), result);
      return true;
    }
    String whose = "the credential";
    long wait = wait(namespace, size, now);
    if (wait <= 0) {
      whose = "the namespace " + namespace;
      wait = served.publisher().take(size, now);
    }
    if (wait <= 0) {
      return false;
    }
    pauses.begin(namespace, whose, now);
    refuse(namespace, rateLimited(whose, Math.max(wait, PublishPauses.NANOS)), result);
    return true;
  }

  private static Refusal rateLimited(String whose, long waitNanos) {
    return new Refusal(
        Refusal.Code.RATE_LIMITED,
        "more is published than "
            + whose
            + " allows; try again in "
            + Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos))
            + " ms");
  }

  private void refuse(Refusal refusal, PublishResult result) {
    traffic.refused(refusal);
    result.refused(refusal);
  }

  private void refuse(String namespace, Refusal refusal, PublishResult result) {
    traffic.refused(namespace, refusal);
    result.refused(refusal);
  }

  private long wait(String namespace, int size, long now) {
    return rates
        .computeIfAbsent(namespace, name -> loop.doors().rates().of(grant.get(), name, now))
        .take(size, now);
  }

  private @Nullable Position behind(
      Namespace settings, int partition, long offset, long timestamp) {
    return settings.isKept()
        ? new Position.OfTopic(
            loop.doors().hub().cluster(), settings.generation(), partition, offset + 1, timestamp)
        : null;
  }
}
