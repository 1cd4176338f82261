package io.millrace.broker.door;

import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.position.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of before, once: a subscription that ends when it has caught up or has enough.
 * Where it may wait, it also ends with the first messages that come. Belongs to the event loop.
 */
public final class History implements Receiver {
  /** The most messages of one answer. */
  public static final int MOST = 1000;

  /** The most bytes of one answer, about. */
  public static final int MOST_BYTES = 256 * 1024;

  private static final long DEADLINE_MILLIS = 10_000;

  /**
   * What is wanted.
   *
   * @param limit 1 to {@link #MOST} messages
   * @param waitMillis how long to wait for a message when there is none; 0 for not at all
   */
  public record Query(
      String filter, Start start, @Nullable String where, int limit, long waitMillis) {}

  /**
   * What there is.
   *
   * @param encoding of the messages
   * @param messages as {@link MessageFields#of} writes them
   * @param position behind the last of them: there more is read on
   * @param isComplete whether that is all that there was
   */
  public record Page(
      Encoding encoding,
      List<byte[]> messages,
      List<Gap> gaps,
      Optional<String> position,
      boolean isComplete) {
    /** The page behind a door's own fields. */
    public byte[] bytes(JsonObject head) {
      head.put("complete", isComplete);
      position.ifPresent(token -> head.put("position", token));
      if (!gaps.isEmpty()) {
        head.put("gaps", new JsonArray(gaps.stream().map(MessageFields::gap).toList()));
      }
      return encoding.withArray(head, "messages", messages);
    }
  }

  private final DoorLoop loop;
  private final Client client;
  private final Encoding encoding;
  private final Query query;
  private final Consumer<Answer<Page>> done;
  private final List<byte[]> messages = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private int bytes;
  private byte @Nullable [] lastToken;
  private Optional<String> begun = Optional.empty();
  private boolean isOver;
  private boolean isCaughtUp;
  private boolean hasWaited;
  private @Nullable Subscription subscription;
  private long waiting = -1;
  private long deadline = -1;

  private History(
      DoorLoop loop, Client client, Encoding encoding, Query query, Consumer<Answer<Page>> done) {
    this.loop = loop;
    this.client = client;
    this.encoding = encoding;
    this.query = query;
    this.done = done;
  }

  /**
   * Reads.
   *
   * @param done called once on the event loop, maybe within this call
   * @return ends it before: nobody hears then
   */
  public static Runnable read(
      DoorLoop loop, Client client, Encoding encoding, Query query, Consumer<Answer<Page>> done) {
    History history = new History(loop, client, encoding, query, done);
    history.begin();
    return history::abandon;
  }

  private void begin() {
    Answer<Subscription> answer =
        client.read(query.filter(), query.start(), query.where(), this, this::refused);
    switch (answer) {
      case Answer.Given<Subscription>(Subscription begun) -> {
        subscription = begun;
        if (isOver) {
          client.unsubscribe(begun);
        } else {
          deadline = loop.after(query.waitMillis() + DEADLINE_MILLIS, this::late);
          if (query.waitMillis() > 0) {
            waiting = loop.after(query.waitMillis(), this::waited);
          }
        }
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        isOver = true;
        done.accept(new Answer.Refused<>(refusal));
      }
    }
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    subscription = started;
    begun = position();
  }

  @Override
  public boolean deliver(Subscription to, Delivery delivery) {
    if (isOver || messages.size() >= query.limit() || bytes >= MOST_BYTES) {
      // There is more than fits: the page ends here, apart from this call.
      loop.later(() -> finish(false));
      return false;
    }
    byte[] fields = MessageFields.of(encoding, to, delivery);
    messages.add(fields);
    bytes += fields.length;
    lastToken = to.tokenAfter(delivery);
    return true;
  }

  @Override
  public long room() {
    return (long) MOST_BYTES - bytes;
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    gaps.add(gap);
  }

  @Override
  public void caughtUp(Subscription of) {
    isCaughtUp = true;
    if (!messages.isEmpty() || isAnsweredByGaps() || query.waitMillis() == 0 || hasWaited) {
      finish(true);
    }
  }

  /**
   * Whoever reads on from a position hears at once what is missing. One that began at a time would
   * hear the same gap each time that it asks, where the namespace has no positions without waiting.
   */
  private boolean isAnsweredByGaps() {
    return !gaps.isEmpty() && !(query.start() instanceof Start.Since);
  }

  @Override
  public void ended(Subscription of, EndReason reason, String message) {
    refused(Refusal.of(reason, message));
  }

  private void refused(Refusal refusal) {
    if (!isOver) {
      over();
      done.accept(new Answer.Refused<>(refusal));
    }
  }

  @Override
  public void flush() {
    if (isCaughtUp && !messages.isEmpty()) {
      finish(true);
    }
  }

  private void waited() {
    hasWaited = true;
    if (isCaughtUp) {
      finish(true);
    }
  }

  /**
   * A log that cannot be read is tried again and again; whoever asked hears in time. Where much was
   * read and nothing found, the next request goes on from there.
   */
  private void late() {
    if (messages.isEmpty() && gaps.isEmpty() && position().equals(begun)) {
      over();
      done.accept(
          new Answer.Refused<>(
              Refusal.Code.UNAVAILABLE, "the messages cannot be read now; try again later"));
    } else {
      finish(false);
    }
  }

  private void finish(boolean isComplete) {
    if (isOver) {
      return;
    }
    Optional<String> position = position();
    over();
    done.accept(new Answer.Given<>(new Page(encoding, messages, gaps, position, isComplete)));
  }

  private Optional<String> position() {
    if (lastToken != null) {
      return Optional.of(new String(lastToken, StandardCharsets.US_ASCII));
    }
    return Optional.ofNullable(subscription == null ? null : subscription.position())
        .map(Position::token);
  }

  private void abandon() {
    if (!isOver) {
      over();
    }
  }

  private void over() {
    isOver = true;
    loop.cancel(waiting);
    loop.cancel(deadline);
    if (subscription != null) {
      client.unsubscribe(subscription);
    }
  }
}
