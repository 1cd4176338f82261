package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The subscribers of one event loop. All methods are called on that loop, but for {@link #later}.
 */
public final class HubLoop {
  /** How many subscribers are offered something before others on the loop have their turn. */
  private static final int TURN = 4096;

  private final Hub hub;
  private final Context context;
  private final InstantSource clock;
  private final int turn;
  private final CatchUps catchUps;
  private final RecentDeliveries recent;
  private final Map<String, LoopNamespace> namespaces = new HashMap<>();
  private List<Subscription> touched = new ArrayList<>();
  private List<Subscription> flushing = new ArrayList<>();

  HubLoop(Hub hub, Context context, InstantSource clock) {
    this(hub, context, clock, TURN);
  }

  /**
   * @param turn how many subscribers are offered something in one turn
   */
  HubLoop(Hub hub, Context context, InstantSource clock, int turn) {
    this.turn = turn;
    this.hub = hub;
    this.context = context;
    this.clock = clock;
    this.catchUps = new CatchUps(this, System::nanoTime);
    this.recent = new RecentDeliveries(this);
  }

  /**
   * Subscribes. The receiver is told where it begins before this returns or later.
   *
   * @param filter of a namespace that is open here ({@link Hub#namespace})
   * @param where which of the matching messages are wanted
   */
  public Subscription subscribe(
      OpenNamespace namespace,
      TopicFilter filter,
      Predicate<Message> where,
      Start start,
      SlowPolicy policy,
      Receiver receiver) {
    LoopNamespace here = place(namespace);
    Subscription subscription = new Subscription(here, filter, where, policy, receiver);
    here.add(subscription);
    subscription.start(start);
    return subscription;
  }

  /** Where this loop's subscribers of a namespace are. */
  LoopNamespace place(OpenNamespace namespace) {
    LoopNamespace here = namespaces.get(namespace.settings().name());
    if (here == null || here.open() != namespace) {
      here = new LoopNamespace(this, namespace);
      namespaces.put(namespace.settings().name(), here);
      here.attach();
    }
    return here;
  }

  /** Whether the namespace's bound for filters with wildcards leaves room for this one here. */
  public boolean takes(OpenNamespace namespace, TopicFilter filter) {
    LoopNamespace here = namespaces.get(namespace.settings().name());
    int most = namespace.settings().maxWildcardFilters();
    return (here == null || here.open() != namespace) ? most > 0 : here.takes(filter, most);
  }

  /** The namespace has nobody left here. */
  void leave(LoopNamespace namespace) {
    namespaces.remove(namespace.settings().name(), namespace);
    namespace.open().detach(namespace);
  }

  Hub hub() {
    return hub;
  }

  /** Those who read what was before. */
  CatchUps catchUps() {
    return catchUps;
  }

  RecentDeliveries recent() {
    return recent;
  }

  long now() {
    return clock.millis();
  }

  int turn() {
    return turn;
  }

  /** Runs something on the loop, not within the caller; any thread. */
  void later(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  /**
   * Runs something on the loop behind its sockets: tasks that are executed come before them, those
   * that are scheduled after.
   */
  void inNextPass(Runnable task) {
    ContextInternal its = (ContextInternal) context;
    var _ = its.nettyEventLoop().schedule(() -> its.dispatch(task), 0, TimeUnit.NANOSECONDS);
  }

  /** Runs something on the loop: now where this is the loop, else later. */
  @SuppressWarnings("ReferenceEquality") // contexts are themselves
  void run(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      later(task);
    }
  }

  void later(long delayMillis, Runnable task) {
    context.owner().setTimer(delayMillis, timer -> later(task));
  }

  /** The subscription's receiver has taken something that it will write at the next flush. */
  void touch(Subscription subscription) {
    touched.add(subscription);
  }

  void flush() {
    List<Subscription> round = touched;
    touched = flushing;
    flushing = round;
    for (Subscription subscription : round) {
      subscription.flush();
    }
    round.clear();
  }
}
