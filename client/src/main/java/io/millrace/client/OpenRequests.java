package io.millrace.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for their answer, by their ids, and when each is sent: at once, again on each
 * connection, and again a little later when it was refused for now. Messages of one topic keep
 * their order. Guarded by the session's lock.
 */
final class OpenRequests {
  /** One that has waited for too long, and what is to be said of it. */
  record Late(Request request, MillraceException reason) {
    void fail() {
      request.fail(reason);
    }
  }

  private final Consumer<byte[]> connection;
  private final Consumer<Runnable> later;

  /** In the order in which they were asked. */
  private final Map<String, OpenRequest> byId = new LinkedHashMap<>();

  private final Map<String, HeldTopic> held = new HashMap<>();
  private boolean isConnected;
  private MillraceException away = noConnection();
  private long lastNumber;

  /**
   * @param connection takes frames while there is one
   * @param later runs something under the session's lock in a moment
   */
  OpenRequests(Consumer<byte[]> connection, Consumer<Runnable> later) {
    this.connection = connection;
    this.later = later;
  }

  /** Takes one in, and sends it if it may be sent now. */
  void add(String id, Request request) {
    OpenRequest open = new OpenRequest(++lastNumber, request);
    byId.put(id, open);
    HeldTopic topic = heldTopic(open);
    if (topic != null) {
      topic.hold(open);
      goOn(topic(request), topic);
    } else if (isConnected) {
      send(open);
    }
  }

  /** Takes out one that has its answer. */
  @Nullable Request answered(String id) {
    OpenRequest open = byId.remove(id);
    if (open == null) {
      return null;
    }
    HeldTopic topic = heldTopic(open);
    if (topic != null) {
      topic.answered();
      goOn(topic(open.request()), topic);
    }
    return open.request();
  }

  /** One is to be asked again a little later. */
  void refusedForNow(String id, MillraceException reason) {
    OpenRequest open = byId.get(id);
    if (open == null) {
      return;
    }
    if (open.request() instanceof Request.Publish) {
      String name = topic(open.request());
      HeldTopic topic = held.get(name);
      if (topic == null) {
        topic = new HeldTopic(reason, underWay(name));
        held.put(name, topic);
      }
      open.refused(reason);
      topic.refused(open, reason);
      goOn(name, topic);
    } else {
      open.refused(reason);
      later.accept(
          () -> {
            if (isConnected && byId.get(id) == open && !open.isUnderWay()) {
              send(open);
            }
          });
    }
  }

  /** There is a connection, which is given all of them in their order. */
  void connected() {
    isConnected = true;
    held.values().forEach(HeldTopic::startAgain);
    for (OpenRequest open : byId.values()) {
      HeldTopic topic = heldTopic(open);
      if (topic != null) {
        topic.hold(open);
      } else {
        send(open);
      }
    }
    goOnWithAll();
  }

  /**
   * The connection is lost, or could not be made.
   *
   * @param reason what is said of those that are not sent for it
   */
  void disconnected(MillraceException reason) {
    isConnected = false;
    away = reason.isTransient() ? noConnection() : reason;
    byId.values().forEach(OpenRequest::connectionLost);
  }

  /** Takes those out whose time is over. */
  List<Late> removeLate(long nowNanos) {
    List<Late> late = new ArrayList<>();
    byId.values()
        .removeIf(
            open -> {
              if (nowNanos - open.request().deadline() < 0) {
                return false;
              }
              HeldTopic topic = heldTopic(open);
              late.add(
                  new Late(
                      open.request(),
                      open.late(topic == null || !isConnected ? away : topic.reason())));
              if (topic != null) {
                topic.givenUp(open);
              }
              return true;
            });
    if (!late.isEmpty()) {
      goOnWithAll();
    }
    return late;
  }

  /** Takes all of them out. */
  List<Request> removeAll() {
    List<Request> all = byId.values().stream().map(OpenRequest::request).toList();
    byId.clear();
    held.clear();
    return all;
  }

  /** The outcomes of all messages that have none yet; none of them fails. */
  CompletableFuture<?>[] publishes() {
    return byId.values().stream()
        .map(OpenRequest::request)
        .filter(Request.Publish.class::isInstance)
        .map(request -> ((Request.Publish) request).result().handle((done, failed) -> done))
        .toArray(CompletableFuture<?>[]::new);
  }

  private void goOnWithAll() {
    List.copyOf(held.entrySet()).forEach(each -> goOn(each.getKey(), each.getValue()));
  }

  /** Does what is to be done now about a topic that is held. */
  private void goOn(String name, HeldTopic topic) {
    if (!isConnected) {
      // The next connection begins with it anew.
      return;
    }
    for (OpenRequest next = topic.next(); next != null; next = topic.next()) {
      send(next);
    }
    if (topic.isOver()) {
      held.remove(name);
    } else if (topic.rests()) {
      int rest = topic.rest();
      later.accept(
          () -> {
            if (held.get(name) == topic) {
              topic.goOn(rest);
              goOn(name, topic);
            }
          });
    }
  }

  private void send(OpenRequest open) {
    open.sent();
    connection.accept(open.request().frame());
  }

  private int underWay(String topic) {
    return (int)
        byId.values().stream()
            .filter(open -> open.isUnderWay() && topic.equals(topic(open.request())))
            .count();
  }

  private @Nullable HeldTopic heldTopic(OpenRequest open) {
    return held.get(topic(open.request()));
  }

  /** Of a message; empty of anything else, which no topic's name is. */
  private static String topic(Request request) {
    return request instanceof Request.Publish publish ? publish.topic() : "";
  }

  private static MillraceException noConnection() {
    return new MillraceException(
        MillraceException.UNREACHABLE, "it was not sent: there was no connection in time");
  }
}
