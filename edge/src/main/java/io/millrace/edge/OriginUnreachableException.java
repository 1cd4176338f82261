package io.millrace.edge;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Another node's origin gave no answer; the message says why in an operator's words. */
public final class OriginUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private OriginUnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }

  /** Something that is no origin says that this edge may not ask. */
  static OriginUnreachableException forbidden(URI origin) {
    return new OriginUnreachableException(
        origin
            + " answers 403, and not as an origin does: a proxy or firewall before it refuses this"
            + " edge, or it is not the port of an origin (origin.port)",
        null);
  }

  /** What is passed on of a failure: refusals and missed deadlines as they are. */
  static Throwable said(URI origin, Throwable failure) {
    return failure instanceof OriginRefusesException
            || failure instanceof OriginUnreachableException
            || failure instanceof TimeoutException
        ? failure
        : new OriginUnreachableException(words(origin, failure), failure);
  }

  private static String words(URI origin, Throwable failure) {
    return switch (failure) {
      case UnknownHostException e -> "there is no host " + origin.getHost();
      case ConnectException e -> "nothing listens at " + origin;
      case SSLException e -> "TLS with " + origin + " fails: " + e.getMessage();
      default ->
          origin
              + " gives no HTTP answer ("
              + failure.getMessage()
              + "); is it the port of an origin (origin.port)?";
    };
  }
}
