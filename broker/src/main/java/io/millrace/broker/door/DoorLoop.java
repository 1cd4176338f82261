package io.millrace.broker.door;

import io.millrace.access.AccessDecision;
import io.millrace.access.OpenGrants;
import io.millrace.access.StaticKeyRules;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.hub.HubLoop;
import io.millrace.broker.last.Retained;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.broker.message.Message;
import io.millrace.broker.publish.LoopPublisher;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's part of the front doors: what its connections share. All methods are called on
 * that loop, but for {@link #later}.
 */
public final class DoorLoop {
  private static final Logger LOGGER = LoggerFactory.getLogger(DoorLoop.class);

  private static final long BEAT_MILLIS = 1000;
  private static final int FEW_TOPICS = 1_000;

  private final Doors doors;
  private final ContextInternal context;
  private final HubLoop hub;
  private final LoopPublisher publisher;
  private final Set<Consumer<Long>> beating = new HashSet<>();
  private final long coalesceMillis;
  private List<Outbox> unwritten = new ArrayList<>();
  private long timer = -1;
  private @Nullable MessageSubject subject;

  DoorLoop(Doors doors, ContextInternal context) {
    this.doors = doors;
    this.context = context;
    this.hub = doors.hub().loop(context);
    this.publisher = new LoopPublisher(context);
    this.coalesceMillis = doors.config().coalesce().toMillis();
  }

  public DoorConfig config() {
    return doors.config();
  }

  public DoorMetrics metrics() {
    return doors.metrics();
  }

  /** Milliseconds since 1970 UTC. */
  public long now() {
    return doors.now();
  }

  /**
   * Asks who a client is.
   *
   * @return completes on this loop, with a refusal that says no more than the client may know
   */
  public Future<Answer<TopicGrant>> authenticate(TopicCredential credential) {
    Promise<Answer<TopicGrant>> answer = Promise.promise();
    doors
        .rules()
        .authenticate(credential)
        .onComplete(
            decided ->
                run(
                    () ->
                        answer.complete(
                            decided.failed()
                                ? undecided()
                                : switch (decided.result()) {
                                  case TopicDecision.Granted(TopicGrant grant) -> given(grant);
                                  case AccessDecision.Refused refused -> refused(refused);
                                })));
    return answer.future();
  }

  /** All namespaces are one tenant's; whoever is granted another one's finds none. */
  private static Answer<TopicGrant> given(TopicGrant grant) {
    return grant.tenant().equals(StaticKeyRules.TENANT)
        ? new Answer.Given<>(grant)
        : new Answer.Refused<>(
            Refusal.Code.NOT_AUTHORIZED,
            "the namespaces here are of the tenant '"
                + StaticKeyRules.TENANT
                + "', and the credential is of '"
                + grant.tenant()
                + "'");
  }

  private static Answer<TopicGrant> refused(AccessDecision.Refused refused) {
    Refusal.Code code =
        switch (refused.reason()) {
          case NO_CREDENTIAL, WRONG_CREDENTIAL -> Refusal.Code.NOT_AUTHENTICATED;
          case EXPIRED -> Refusal.Code.EXPIRED;
          case NO_SUCH_APP, NOT_ALLOWED -> Refusal.Code.NOT_AUTHORIZED;
          case UNDECIDED -> Refusal.Code.UNAVAILABLE;
        };
    return new Answer.Refused<>(code, refused.message());
  }

  private static Answer<TopicGrant> undecided() {
    return new Answer.Refused<>(
        Refusal.Code.UNAVAILABLE, "access cannot be checked at the moment; try again shortly");
  }

  /**
   * A client that was let in.
   *
   * @param door a word for the counters
   * @param ended hears on this loop when the grant ends before the client is closed
   */
  public Client client(String door, TopicGrant grant, Consumer<Refusal> ended) {
    return new Client(this, door, grant, ended);
  }

  OpenGrants.Use use(TopicGrant grant, Consumer<Refusal> ended) {
    return doors
        .grants()
        .open(
            grant,
            why -> later(() -> ended.accept(new Refusal(Refusal.Code.EXPIRED, why.message()))));
  }

  Doors doors() {
    return doors;
  }

  HubLoop hub() {
    return hub;
  }

  LoopPublisher publisher() {
    return publisher;
  }

  /** A message for expressions; those who ask for one message one after another share it. */
  @SuppressWarnings("ReferenceEquality") // the very message
  MessageSubject subject(String namespace, Message message) {
    if (subject == null || subject.message() != message) {
      subject = new MessageSubject(namespace, message);
    }
    return subject;
  }

  /** Runs something on the loop, not within the caller; any thread. */
  public void later(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  /**
   * What is retained and matches a filter, when what was retained before a start has been read.
   *
   * @return on this loop; fails when the namespace is not served any more
   */
  Future<List<Message>> retained(Retained retained, TopicFilter filter) {
    Promise<Void> loaded = context.promise();
    retained
        .loaded()
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                loaded.complete();
              } else {
                loaded.fail(error);
              }
            });
    return loaded.future().compose(done -> matching(retained.topics(), filter));
  }

  /** Where many topics are looked at, the loop does not wait for it. */
  private Future<List<Message>> matching(RetainedTopics topics, TopicFilter filter) {
    long now = now();
    if (filter.isExact() || topics.size() <= FEW_TOPICS) {
      return Future.succeededFuture(topics.matching(filter, now));
    }
    return context
        .executeBlocking(() -> topics.matching(filter, now), false)
        .map(found -> found == null ? List.of() : found);
  }

  private void run(Runnable task) {
    if (context.inThread()) {
      task.run();
    } else {
      later(task);
    }
  }

  /**
   * Runs something on the loop after a time.
   *
   * @return what {@link #cancel} takes
   */
  public long after(long delayMillis, Runnable task) {
    return context.setTimer(Math.max(1, delayMillis), fired -> task.run());
  }

  public void cancel(long timerId) {
    context.owner().cancelTimer(timerId);
  }

  /** Calls something about every second with the time, until {@link #calm}. */
  public void beat(Consumer<Long> beat) {
    beating.add(beat);
    if (timer < 0) {
      timer =
          context.setPeriodic(
              BEAT_MILLIS, fired -> List.copyOf(beating).forEach(each -> each.accept(now())));
    }
  }

  public void calm(Consumer<Long> beat) {
    if (beating.remove(beat) && beating.isEmpty()) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
  }

  /**
   * Writes an outbox at the end of the time for which frames are collected; without one behind what
   * the loop has in hand, so that what comes in one pass of it is written together.
   */
  void coalesce(Outbox outbox) {
    unwritten.add(outbox);
    if (unwritten.size() > 1) {
      return;
    }
    if (coalesceMillis == 0) {
      later(this::writeAll);
    } else {
      context.setTimer(coalesceMillis, fired -> writeAll());
    }
  }

  private void writeAll() {
    List<Outbox> round = unwritten;
    unwritten = new ArrayList<>(round.size());
    for (Outbox outbox : round) {
      try {
        outbox.write();
      } catch (RuntimeException | OutOfMemoryError e) {
        // Direct memory may be used up: one connection ends, and the others are written.
        LOGGER.atError().setCause(e).log("what was collected for a connection cannot be written");
        outbox.failed();
      }
    }
  }
}
