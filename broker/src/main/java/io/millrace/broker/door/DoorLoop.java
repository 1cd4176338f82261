package io.millrace.broker.door;

import io.millrace.access.AccessDecision;
import io.millrace.access.OpenGrants;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.hub.HubLoop;
import io.millrace.broker.message.Message;
import io.millrace.broker.publish.LoopPublisher;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of the front doors: what its connections share. All methods are called on
 * that loop, but for {@link #later}.
 */
public final class DoorLoop {
  private static final long BEAT_MILLIS = 1000;

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
                                  case TopicDecision.Granted(TopicGrant grant) ->
                                      new Answer.Given<>(grant);
                                  case AccessDecision.Refused refused -> refused(refused);
                                })));
    return answer.future();
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

  /** Writes an outbox at the end of the time for which frames are collected. */
  void coalesce(Outbox outbox) {
    if (coalesceMillis == 0) {
      outbox.write();
      return;
    }
    unwritten.add(outbox);
    if (unwritten.size() == 1) {
      context.setTimer(coalesceMillis, fired -> writeAll());
    }
  }

  private void writeAll() {
    List<Outbox> round = unwritten;
    unwritten = new ArrayList<>(round.size());
    round.forEach(Outbox::write);
  }
}
