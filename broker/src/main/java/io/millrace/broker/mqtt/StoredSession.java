package io.millrace.broker.mqtt;

import io.millrace.access.GrantId;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.position.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A session as it is kept between connections (section 4.1): no messages, only where they are.
 *
 * @param node that had it last
 * @param principal whose it is; empty in those of before this was kept
 * @param epoch grows whenever it is taken; a higher one wins
 * @param nonce begins the message ids of what the client publishes with QoS 2
 * @param published how many it has published with QoS 2
 * @param expirySeconds how long it outlives its connection
 * @param endsAt when it ends, milliseconds since 1970; {@link #CONNECTED} while it has a connection
 * @param will to be published: while there is a connection, when it is lost; then, when its delay
 *     is over
 */
record StoredSession(
    String node,
    String principal,
    long epoch,
    String nonce,
    long published,
    long expirySeconds,
    long endsAt,
    Optional<KeptWill> will,
    List<Subscribed> subscriptions,
    List<InFlight> inFlight,
    List<Received> received) {
  static final long CONNECTED = -1;

  private static final long SECOND = 1000;

  StoredSession {
    subscriptions = List.copyOf(subscriptions);
    inFlight = List.copyOf(inFlight);
    received = List.copyOf(received);
  }

  /**
   * A will.
   *
   * @param ids by which the grant of who left it can be revoked
   * @param grantEndsAt when that grant ends by itself, where it does
   */
  record KeptWill(Packet.Will message, Set<GrantId> ids, Optional<Instant> grantEndsAt) {
    KeptWill {
      ids = Set.copyOf(ids);
    }
  }

  /**
   * A subscription.
   *
   * @param filter as the client wrote it, with {@code $share}
   * @param identifier 0 for none
   * @param begun position that it began at; null where nothing is kept
   * @param position up to where everything has been sent or is in flight; null as above
   * @param retainedAfter the path behind which retained messages are still to be sent, empty for
   *     all of them; null for none
   * @param wanted what else it says
   * @param untold gaps that the client is to be told of with the next message
   */
  record Subscribed(
      String filter,
      SubscriptionOptions options,
      int identifier,
      @Nullable String begun,
      @Nullable String position,
      @Nullable String retainedAfter,
      Wanted wanted,
      List<String> untold) {
    Subscribed {
      untold = List.copyOf(untold);
    }

    /** One that says nothing else. */
    Subscribed(
        String filter,
        SubscriptionOptions options,
        int identifier,
        @Nullable String begun,
        @Nullable String position,
        @Nullable String retainedAfter) {
      this(filter, options, identifier, begun, position, retainedAfter, Wanted.ALL, List.of());
    }

    private Subscribed anew() {
      return new Subscribed(
          filter,
          options,
          identifier,
          null,
          position == null ? null : Position.anew(position),
          retainedAfter,
          wanted,
          untold);
    }
  }

  /**
   * Where a message lies.
   *
   * @param path of its topic
   */
  record Place(String namespace, int generation, int partition, long offset, String path) {
    static Place of(String namespace, Subscription reading, Message message) {
      return new Place(
          namespace, reading.generation(), message.partition(), message.offset(), message.path());
    }
  }

  /**
   * A message that the client has not acknowledged for good.
   *
   * @param isReleased whether PUBREL was sent: the message itself has arrived
   * @param retained whether it goes out with the flag
   * @param share text of the shared subscription that it has come by; {@link #NOT_SHARED} for one
   *     of the client's own, and in those of before this was kept
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record InFlight(
      int packetId,
      int qos,
      boolean isReleased,
      boolean retained,
      byte[] identifiers,
      Place place,
      String share) {
    static final String NOT_SHARED = "";

    InFlight released() {
      return new InFlight(packetId, qos, true, retained, identifiers, place, share);
    }
  }

  /**
   * A message of the client's with QoS 2 that it has not released.
   *
   * @param id that it has in the log, so that it is there once
   */
  record Received(int packetId, String id, boolean isPublished) {}

  boolean isExpired(long now) {
    return endsAt != CONNECTED && endsAt <= now;
  }

  /** When a will of one that waits is due, milliseconds since 1970. */
  long dueAt(KeptWill its) {
    long lostAt = endsAt - expirySeconds * SECOND;
    return lostAt + LastWill.delaySeconds(its.message(), expirySeconds) * SECOND;
  }

  /** The same, ending at a time. */
  StoredSession endingAt(long time) {
    return with(time, will);
  }

  /** The same, ending when a later state of it does, with its will where that is still due. */
  StoredSession endingAs(StoredSession later) {
    return with(later.endsAt, later.will);
  }

  /** The same, with nothing to be published for it. */
  StoredSession withoutWill() {
    return with(endsAt, Optional.empty());
  }

  /**
   * The same, after it was taken by a connection that was not let in.
   *
   * @param taken epoch of that connection
   */
  StoredSession givenBack(long taken, long now) {
    // One that another node had a connection of has lost it, and that one has seen to its will.
    return endsAt == CONNECTED
        ? with(taken, now + expirySeconds * SECOND, Optional.empty())
        : with(taken, endsAt, will);
  }

  /**
   * The same after namespaces were deleted: it begins before everything in others of their names,
   * and what was in flight of them is not to be had any more.
   *
   * @param isOfGone whether a filter is in one of them
   * @param isGone whether a namespace is
   * @return empty where nothing of it is concerned
   */
  Optional<StoredSession> anew(Predicate<String> isOfGone, Predicate<String> isGone) {
    List<Subscribed> begun =
        subscriptions.stream().map(one -> isOfGone.test(one.filter()) ? one.anew() : one).toList();
    List<InFlight> left =
        inFlight.stream()
            .filter(one -> one.isReleased() || !isGone.test(one.place().namespace()))
            .toList();
    return begun.equals(subscriptions) && left.size() == inFlight.size()
        ? Optional.empty()
        : Optional.of(
            new StoredSession(
                node,
                principal,
                epoch,
                nonce,
                published,
                expirySeconds,
                endsAt,
                will,
                begun,
                left,
                received));
  }

  private StoredSession with(long time, Optional<KeptWill> its) {
    return with(epoch, time, its);
  }

  private StoredSession with(long its, long time, Optional<KeptWill> left) {
    return new StoredSession(
        node,
        principal,
        its,
        nonce,
        published,
        expirySeconds,
        time,
        left,
        subscriptions,
        inFlight,
        received);
  }
}
