package io.millrace.broker.door;

import io.millrace.broker.hub.Receiver;
import io.millrace.broker.log.LogException;

/**
 * Why a client does not get what it asked for.
 *
 * @param message one sentence for the person at the client; holds no secret
 */
public record Refusal(Code code, String message) {
  /** The stable words that programs go by, and the HTTP status that each is. */
  public enum Code {
    /** Nothing that opens topics was presented, or it is not valid. */
    NOT_AUTHENTICATED("not-authenticated", 401),
    /** Known, but not for this. */
    NOT_AUTHORIZED("not-authorized", 403),
    /** The credential was good and is not any more. */
    EXPIRED("expired", 401),
    BAD_REQUEST("bad-request", 400),
    BAD_TOPIC("bad-topic", 400),
    BAD_FILTER("bad-filter", 400),
    BAD_POSITION("bad-position", 400),
    BAD_EXPRESSION("bad-expression", 400),
    /** A message whose headers, id or payload are not allowed. */
    BAD_MESSAGE("bad-message", 400),
    NO_SUCH_NAMESPACE("no-such-namespace", 404),
    TOO_LARGE("too-large", 413),
    TOO_MANY_SUBSCRIPTIONS("too-many-subscriptions", 429),
    RATE_LIMITED("rate-limited", 429),
    /** A subscription whose policy is to be ended when it is slow. */
    TOO_SLOW("too-slow", 503),
    /** The namespace was deleted or has other settings; asking again may work. */
    NAMESPACE_CHANGED("namespace-changed", 409),
    OVERLOADED("overloaded", 503),
    UNAVAILABLE("unavailable", 503);

    private final String word;
    private final int status;

    Code(String word, int status) {
      this.word = word;
      this.status = status;
    }

    public String word() {
      return word;
    }

    public int status() {
      return status;
    }
  }

  /** Why a subscription has ended by itself. */
  public static Refusal of(Receiver.EndReason reason, String message) {
    Code code =
        switch (reason) {
          case SLOW -> Code.TOO_SLOW;
          case NAMESPACE_CHANGED, NAMESPACE_DELETED -> Code.NAMESPACE_CHANGED;
          case UNAVAILABLE -> Code.UNAVAILABLE;
        };
    return new Refusal(code, message);
  }

  /** What the log says, in a client's words. */
  public static Refusal of(LogException failure) {
    Code code =
        switch (failure.reason()) {
          case OVERLOADED -> Code.OVERLOADED;
          case UNAVAILABLE, REFUSED -> Code.UNAVAILABLE;
          case TOO_LARGE -> Code.TOO_LARGE;
          case NO_SUCH_NAMESPACE -> Code.NO_SUCH_NAMESPACE;
        };
    return new Refusal(code, String.valueOf(failure.getMessage()));
  }

  /**
   * The credential does not suffice.
   *
   * @param what a verb and its object
   */
  static Refusal notAuthorized(String what) {
    return new Refusal(Code.NOT_AUTHORIZED, "the credential does not allow to " + what);
  }

  static Refusal noSuchNamespace(String name) {
    return new Refusal(Code.NO_SUCH_NAMESPACE, "there is no namespace '" + name + "'");
  }
}
