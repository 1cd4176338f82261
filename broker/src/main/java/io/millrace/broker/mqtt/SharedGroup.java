package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.ReturnedMessages.Returned;
import io.millrace.broker.position.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that several clients share: each message goes to one of them, in turn. One member,
 * the leader, reads for all on its own event loop; when it leaves, another goes on from where it
 * was. Members are on any loop, so what they have in common is guarded by this object's lock, which
 * is held for a few steps only.
 *
 * <pre>
 *   hub ──leader's loop──> deal ──in turn, to who has room──> member's loop ──> its client
 *                            ^                                     │
 *                            └────── what a member did not send ───┘ (it has left)
 * </pre>
 */
final class SharedGroup {
  private static final long AGAIN_MILLIS = 1000;

  private final SharedGroups.Key key;
  private final SharedGroups all;
  private final AtomicBoolean isGoingOn = new AtomicBoolean();

  // All guarded by this.
  private final List<SharedMember> members = new ArrayList<>();
  private final ReturnedMessages returned = new ReturnedMessages();
  private final Outstanding outstanding = new Outstanding();
  private int turn;
  private @Nullable SharedMember leader;
  private @Nullable String position;
  private long keptUntil;

  /** Who has asked for the group and not joined it yet. */
  private int expected;

  SharedGroup(SharedGroups.Key key, SharedGroups all) {
    this.key = key;
    this.all = all;
  }

  SharedGroups.Key key() {
    return key;
  }

  synchronized boolean isIdle() {
    return members.isEmpty() && expected == 0;
  }

  /** Whether no session that was in it is left. */
  synchronized boolean isOver(long nowMillis) {
    return nowMillis > keptUntil;
  }

  /** Somebody will {@link #join}. */
  synchronized void expect() {
    expected++;
  }

  /** Up to where messages have been dealt; null where nothing is kept. */
  synchronized @Nullable String position() {
    return position;
  }

  /**
   * As {@link #position}, but not beyond what was dealt and has not arrived: that is in memory
   * only.
   *
   * @param kept what is kept elsewhere
   */
  synchronized @Nullable String storedPosition(List<Dealt> kept) {
    Position known = outstanding.position(kept);
    return known == null ? position : known.token();
  }

  /** Messages that were dealt have arrived, or are kept with a session. */
  synchronized void settled(List<Dealt> these) {
    these.forEach(outstanding::remove);
  }

  /** Which namespace of its name it is now: one that is made anew has another number. */
  synchronized int life() {
    return outstanding.life();
  }

  /** Whether something was dealt of the namespace as it is now. */
  synchronized boolean isOfNow(Dealt one) {
    return outstanding.isOfNow(one);
  }

  /**
   * Its reader begins in a generation of the log.
   *
   * @param life of the namespace that it reads
   */
  synchronized void beginsIn(int generation, int life) {
    if (life == outstanding.life()) {
      outstanding.beginsIn(generation);
    }
  }

  /** Its reader has come so far; as above. */
  synchronized void reached(Position at, int life) {
    if (life == outstanding.life()) {
      position = at.token();
      outstanding.reached(at);
    }
  }

  /** Messages that were dealt to a client whose session has ended go to others. */
  void giveOn(List<Dealt> these) {
    synchronized (this) {
      returned.add(
          these.stream()
              .filter(outstanding::add)
              .map(one -> new Returned(one, Optional.empty()))
              .toList());
    }
    goOn();
  }

  /**
   * The namespace that somebody reads is gone.
   *
   * @param life its number
   */
  synchronized void beginAnew(int life) {
    if (life == outstanding.life()) {
      beginAnew();
    }
  }

  /** The namespace is gone; in one that is made anew it begins before everything. */
  synchronized void beginAnew() {
    position = position == null ? null : Position.anew(position);
    returned.clear();
    outstanding.clear();
  }

  /**
   * A member comes; on its loop.
   *
   * @param since where it was before; null for a new subscription
   * @param isBack whether it was in the group before: then it waits until it can be read, and is
   *     refused only what it is not allowed
   */
  @Nullable Refusal join(SharedMember member, @Nullable String since, boolean isBack) {
    boolean isFirst;
    synchronized (this) {
      expected--;
      if (members.isEmpty() && member.now() > keptUntil) {
        position = null;
        returned.clear();
        outstanding.clear();
      }
      position = position == null ? since : position;
      members.add(member);
      isFirst = leader == null;
      if (isFirst) {
        leader = member;
      }
    }
    return isFirst ? lead(member, isBack) : null;
  }

  /**
   * Where a reader begins.
   *
   * @param position null where nothing is kept, or nothing was read
   * @param life of the namespace that the position is of
   */
  private record From(@Nullable String position, int life) {}

  /** Both at once: between them the namespace could be deleted. */
  private synchronized From from() {
    return new From(position, outstanding.life());
  }

  /** On the loop of the new leader. */
  private @Nullable Refusal lead(SharedMember member, boolean isPatient) {
    Start start = new Start.Now();
    From from = from();
    String token = from.position();
    if (token != null && Position.parse(token) instanceof Parsed.Value<Position>(Position at)) {
      start = new Start.After(at);
    }
    SharedReading reading = new SharedReading(this, member, from.life());
    Answer<Subscription> answer =
        member.client().goOn(key.filter().toString(), start, null, reading);
    switch (answer) {
      case Answer.Given<Subscription>(Subscription its) -> {
        reading.begun(its);
        member.leads(reading);
        goOn();
        return null;
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        if (refusal.code() == Refusal.Code.NO_SUCH_NAMESPACE) {
          beginAnew(from.life());
        }
        if (!isPatient || refusal.code() == Refusal.Code.NOT_AUTHORIZED) {
          member.dropped();
          return refusal;
        }
        synchronized (this) {
          leader = members.get((members.indexOf(member) + 1) % members.size());
        }
        member.after(AGAIN_MILLIS, this::leadLater);
        return null;
      }
    }
  }

  private void leadLater() {
    SharedMember next;
    synchronized (this) {
      next = leader;
    }
    if (next != null) {
      next.later(() -> leadAgain(next));
    }
  }

  /** A member reads for all, where it still is to and does not; on its loop. */
  void leadAgain(SharedMember member) {
    if (isLeader(member) && member.reading() == null) {
      lead(member, true);
    }
  }

  private synchronized boolean isLeader(SharedMember member) {
    return leader == member;
  }

  /**
   * A member goes; on its loop.
   *
   * @param unsent what was dealt to it and another one is to have
   * @param until when its session ends
   */
  void leave(SharedMember member, List<Returned> unsent, long until) {
    boolean wasLeader;
    SharedReading reading = member.reading();
    if (reading != null) {
      reading.remember();
      reading.end();
    }
    synchronized (this) {
      members.remove(member);
      keptUntil = Math.max(keptUntil, until);
      returned.add(unsent.stream().filter(one -> outstanding.isOfNow(one.dealt())).toList());
      wasLeader = leader == member;
      if (wasLeader) {
        leader = members.isEmpty() ? null : members.getFirst();
      }
    }
    if (wasLeader) {
      leadLater();
    } else {
      goOn();
    }
    all.left(this);
  }

  /**
   * Whether somebody has taken a message, or its namespace is gone by now; on the leader's loop.
   */
  synchronized boolean deal(Message message, Dealt dealt) {
    if (!outstanding.isOfNow(dealt)) {
      return true;
    }
    for (int i = 0; i < members.size(); i++) {
      turn = (turn + 1) % members.size();
      if (members.get(turn).take(message, dealt)) {
        outstanding.add(dealt);
        return true;
      }
    }
    return false;
  }

  /** Deals the first of what was returned, where it is at hand. */
  synchronized FirstReturned dealFirst() {
    Returned next = returned.first();
    if (next == null) {
      return new FirstReturned.None();
    }
    if (next.message().isEmpty()) {
      return new FirstReturned.Elsewhere(next);
    }
    if (!deal(next.message().get(), next.dealt())) {
      return new FirstReturned.Waits();
    }
    returned.removeFirst();
    return new FirstReturned.Dealt();
  }

  /** What became of the first of what was returned. */
  sealed interface FirstReturned {
    record None() implements FirstReturned {}

    record Dealt() implements FirstReturned {}

    /** Nobody has room. */
    record Waits() implements FirstReturned {}

    /** It has to be read. */
    record Elsewhere(Returned one) implements FirstReturned {}
  }

  /** One that was returned was read again, or is not there any more. */
  synchronized void found(Returned one, Optional<Message> message) {
    if (returned.found(one, message)) {
      outstanding.remove(one.dealt());
    }
  }

  /** Some member has room again, or something was returned; any thread. */
  void goOn() {
    SharedMember reading;
    synchronized (this) {
      reading = leader;
    }
    if (reading != null && isGoingOn.compareAndSet(false, true)) {
      reading.later(
          () -> {
            isGoingOn.set(false);
            SharedReading its = reading.reading();
            if (its != null) {
              its.goOn();
            }
          });
    }
  }
}
