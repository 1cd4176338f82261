package io.millrace.client;

import java.util.Set;

/**
 * Something was refused or did not work. The {@code code} is for programs: the server's words (the
 * list is in {@code docs/websocket.md}), and the client's own {@link #TIMEOUT}, {@link #CLOSED},
 * {@link #FULL} and {@link #UNREACHABLE}. The message is for people.
 */
public final class MillraceException extends RuntimeException {
  /** No answer came in time; whether a message was published is not known. */
  public static final String TIMEOUT = "timeout";

  /** The client was closed before. */
  public static final String CLOSED = "closed";

  /** As many publishes as are allowed wait for their acknowledgement. */
  public static final String FULL = "too-many-in-flight";

  /** There is no connection to the server, or was none in time: what was asked for was not sent. */
  public static final String UNREACHABLE = "unreachable";

  private static final long serialVersionUID = 1L;
  private static final Set<String> TRANSIENT =
      Set.of("unavailable", "overloaded", "rate-limited", TIMEOUT, FULL, UNREACHABLE);

  private final String code;

  public MillraceException(String code, String message) {
    super(message);
    this.code = code;
  }

  public MillraceException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public String code() {
    return code;
  }

  /** Whether the same may work later; publish again with the same message id then. */
  public boolean isTransient() {
    return TRANSIENT.contains(code);
  }
}
