package io.millrace.client;

import io.millrace.client.wire.FrameWriter;
import io.millrace.client.wire.Link;
import io.millrace.client.wire.ServerFrame;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of the server, across connections: requests that wait for an answer, and
 * subscriptions. All of it is said again, in its order, whenever the server has let the client in.
 *
 * <p>Two locks, taken in this order: {@code handing} by whoever calls listeners, so that they are
 * called one at a time; {@code state} for the fields, during which nobody is called. Frames are
 * sent under {@code state}, which is what keeps their order. Futures are completed outside of it.
 */
final class Session implements Connector.Hearer {
  private static final Duration BEAT = Duration.ofMillis(250);

  private final Options options;
  private final ReentrantLock handing = new ReentrantLock();
  private final ReentrantLock state = new ReentrantLock();
  private final Connector connector;
  private final Semaphore room;
  private final String producer = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
  private final CompletableFuture<Void> letIn = new CompletableFuture<>();
  private final SplittableRandom random = new SplittableRandom();
  private final OpenRequests requests = new OpenRequests(this::send, this::later);
  private final Set<LiveSubscription> subscriptions = new LinkedHashSet<>();
  private final Map<String, LiveSubscription> byWord = new HashMap<>();
  private final ScheduledFuture<?> beat;

  /** Where the server has let the client in; null while it has not. */
  private @Nullable Link link;

  private @Nullable MillraceException end;
  private long lastWord;

  Session(Options options) {
    this.options = options;
    this.room = new Semaphore(options.maxInFlight());
    this.connector = new Connector(options, handing, this);
    this.beat = Timers.every(BEAT, this::giveUpWhatIsLate);
  }

  void begin() {
    connector.begin();
  }

  /** Completes when the server has let the client in for the first time. */
  CompletableFuture<Void> letIn() {
    return letIn.copy();
  }

  CompletableFuture<Published> publish(Publication message) {
    MillraceException full = takeRoom();
    if (full != null) {
      return CompletableFuture.failedFuture(full);
    }
    CompletableFuture<Published> result = new CompletableFuture<>();
    String id = newWord();
    String messageId = message.messageId().orElse(producer + "-" + id);
    byte[] frame = FrameWriter.publish(id, messageId, message);
    ask(
        id,
        new Request.Publish(
            message.topic(), frame, messageId, deadline(options.publishTimeout()), result, room));
    return result;
  }

  /** Takes a permit, and waits for it where nobody is held up by that; says why there is none. */
  private @Nullable MillraceException takeRoom() {
    if (room.tryAcquire()) {
      return null;
    }
    if (handing.isHeldByCurrentThread()) {
      return new MillraceException(
          MillraceException.FULL,
          options.maxInFlight()
              + " messages wait for their acknowledgement, for which a listener cannot wait");
    }
    try {
      room.acquire();
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new MillraceException(MillraceException.FULL, "interrupted while waiting for room", e);
    }
  }

  CompletableFuture<HistoryPage> history(Interest interest, int limit) {
    CompletableFuture<HistoryPage> result = new CompletableFuture<>();
    String id = newWord();
    byte[] frame = FrameWriter.history(id, interest, limit);
    ask(id, new Request.History(frame, deadline(options.requestTimeout()), result));
    return result;
  }

  private void ask(String id, Request request) {
    MillraceException ended;
    state.lock();
    try {
      ended = end;
      if (ended == null) {
        requests.add(id, request);
      }
    } finally {
      state.unlock();
    }
    if (ended != null) {
      request.fail(ended);
    }
  }

  /** Completes when everything that was published before has its answer, whichever. */
  CompletableFuture<Void> flush() {
    state.lock();
    try {
      return CompletableFuture.allOf(requests.publishes());
    } finally {
      state.unlock();
    }
  }

  LiveSubscription subscribe(Interest interest, SubscriptionListener listener) {
    LiveSubscription subscription = new LiveSubscription(this, interest, listener);
    state.lock();
    try {
      if (end != null) {
        throw end;
      }
      subscriptions.add(subscription);
      say(subscription);
    } finally {
      state.unlock();
    }
    return subscription;
  }

  void unsubscribe(LiveSubscription subscription) {
    state.lock();
    try {
      subscription.markEnded();
      subscriptions.remove(subscription);
      takeBack(subscription);
    } finally {
      state.unlock();
    }
  }

  /** Lets the server send no more of a subscription until {@link #resume}. */
  void pause(LiveSubscription subscription) {
    state.lock();
    try {
      subscription.pausedIs(true);
      takeBack(subscription);
    } finally {
      state.unlock();
    }
  }

  /** Lets a subscription go on behind the last message that came. */
  void resume(LiveSubscription subscription) {
    state.lock();
    try {
      subscription.pausedIs(false);
      say(subscription);
    } finally {
      state.unlock();
    }
  }

  /** Subscribes, where the server is there to hear it and it is wanted now. Under the lock. */
  private void say(LiveSubscription subscription) {
    if (link != null && subscription.isWanted() && subscription.word() == null) {
      String word = newWord();
      subscription.subscribedAs(word);
      byWord.put(word, subscription);
      send(FrameWriter.subscribe(word, subscription.interest(), subscription.next()));
    }
  }

  /** Unsubscribes. Under the lock. */
  private void takeBack(LiveSubscription subscription) {
    String word = subscription.word();
    if (word != null) {
      subscription.subscribedAs(null);
      byWord.remove(word);
      send(FrameWriter.unsubscribe(word));
    }
  }

  private void send(byte[] frame) {
    if (link != null) {
      link.send(frame);
    }
  }

  /** A word for a request or a subscription that was not used before. */
  private String newWord() {
    state.lock();
    try {
      return Long.toString(++lastWord, Character.MAX_RADIX);
    } finally {
      state.unlock();
    }
  }

  private static long deadline(Duration timeout) {
    return System.nanoTime() + timeout.toNanos();
  }

  @Override
  public void in(Link to) {
    state.lock();
    try {
      link = to;
      subscriptions.forEach(this::say);
      requests.connected();
    } finally {
      state.unlock();
    }
    letIn.complete(null);
  }

  @Override
  public void out(MillraceException reason) {
    state.lock();
    try {
      link = null;
      requests.disconnected(reason);
      byWord.clear();
      subscriptions.forEach(subscription -> subscription.subscribedAs(null));
    } finally {
      state.unlock();
    }
  }

  @Override
  public void received(ServerFrame frame) {
    switch (frame) {
      case ServerFrame.Delivered(String sub, Message message) ->
          with(sub, its -> its.message(message));
      case ServerFrame.Published published -> published(published);
      case ServerFrame.Subscribed(String sub, boolean mayRepeat, var position) ->
          with(sub, its -> its.started(mayRepeat, position));
      case ServerFrame.GapTold(String sub, Gap gap) -> with(sub, its -> its.gap(gap));
      case ServerFrame.CaughtUp(String sub, var position) ->
          with(sub, its -> its.caughtUp(position));
      case ServerFrame.Ended(String sub, String code, String message) ->
          over(sub, new MillraceException(code, message));
      case ServerFrame.History(String id, HistoryPage page) -> {
        if (answered(id) instanceof Request.History history) {
          history.result().complete(page);
        }
      }
      case ServerFrame.Refused refused -> refused(refused);
      case ServerFrame.Connected connected -> {}
      case ServerFrame.Other other -> {}
    }
  }

  private void with(String sub, Consumer<LiveSubscription> told) {
    LiveSubscription subscription;
    state.lock();
    try {
      subscription = byWord.get(sub);
    } finally {
      state.unlock();
    }
    if (subscription != null) {
      told.accept(subscription);
    }
  }

  private @Nullable Request answered(String id) {
    state.lock();
    try {
      return requests.answered(id);
    } finally {
      state.unlock();
    }
  }

  private void published(ServerFrame.Published published) {
    if (answered(published.id()) instanceof Request.Publish request) {
      request.succeed(new Published(request.messageId(), published.time(), published.position()));
    }
  }

  private void refused(ServerFrame.Refused refused) {
    MillraceException reason = new MillraceException(refused.code(), refused.message());
    if (refused.sub() != null) {
      over(refused.sub(), reason);
    } else if (refused.id() != null) {
      refused(refused.id(), reason);
    }
  }

  /** Asks again a little later where that may help, as long as there is time. */
  private void refused(String id, MillraceException reason) {
    Request failed = null;
    state.lock();
    try {
      if (reason.isTransient()) {
        requests.refusedForNow(id, reason);
      } else {
        failed = requests.answered(id);
      }
    } finally {
      state.unlock();
    }
    if (failed != null) {
      failed.fail(reason);
    }
  }

  /** Runs something under the lock, in a moment. */
  private void later(Runnable task) {
    Timers.later(
        options.backoff().before(0, random),
        () -> {
          state.lock();
          try {
            task.run();
          } finally {
            state.unlock();
          }
        });
  }

  /** A subscription was refused or has ended: it begins again where that may help. */
  private void over(String sub, MillraceException reason) {
    LiveSubscription subscription;
    boolean mayGoOn;
    state.lock();
    try {
      subscription = byWord.remove(sub);
      if (subscription == null) {
        return;
      }
      subscription.subscribedAs(null);
      mayGoOn = subscription.mayGoOn(reason);
      if (!mayGoOn) {
        subscription.markEnded();
        subscriptions.remove(subscription);
      }
    } finally {
      state.unlock();
    }
    if (mayGoOn) {
      Duration wait = options.backoff().before(subscription.countAttempt(), random);
      Timers.later(wait, () -> goOn(subscription));
    } else {
      subscription.ended(reason);
    }
  }

  private void goOn(LiveSubscription subscription) {
    state.lock();
    try {
      say(subscription);
    } finally {
      state.unlock();
    }
  }

  /** Not one of those who are called one at a time, who may be what is waited for. */
  private void giveUpWhatIsLate() {
    List<OpenRequests.Late> late;
    state.lock();
    try {
      late = requests.removeLate(System.nanoTime());
    } finally {
      state.unlock();
    }
    late.forEach(OpenRequests.Late::fail);
  }

  /** Ends everything. */
  void close() {
    connector.end(new MillraceException(MillraceException.CLOSED, "the client was closed"));
  }

  @Override
  public void ended(MillraceException reason) {
    List<Request> unanswered;
    List<LiveSubscription> open;
    state.lock();
    try {
      end = reason;
      link = null;
      unanswered = requests.removeAll();
      open = List.copyOf(subscriptions);
      subscriptions.clear();
      byWord.clear();
      open.forEach(LiveSubscription::markEnded);
    } finally {
      state.unlock();
    }
    beat.cancel(false);
    letIn.completeExceptionally(reason);
    unanswered.forEach(request -> request.fail(reason));
    open.forEach(subscription -> subscription.ended(reason));
  }

  /** Whether the caller is a listener. */
  boolean isHanding() {
    return handing.isHeldByCurrentThread();
  }
}
