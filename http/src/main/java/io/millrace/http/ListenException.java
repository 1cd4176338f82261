package io.millrace.http;

import java.io.IOException;
import java.net.UnknownHostException;

/** A listener cannot open; the message names the configuration key and what to do. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What an operator is told of a port that cannot be opened.
   *
   * @param key the setting that chooses it
   */
  public static ListenException of(String key, String host, int port, Throwable failure) {
    return of(key, host, port, "", failure);
  }

  /**
   * As above.
   *
   * @param besides what else helps when the port is in use; follows the rest of the message
   */
  public static ListenException of(
      String key, String host, int port, String besides, Throwable failure) {
    return new ListenException(
        (isOfTheHost(failure) ? key.replaceFirst("(\\.tls)?\\.port$", ".host") : key)
            + ": "
            + (isInUse(failure)
                ? "port "
                    + port
                    + " on "
                    + host
                    + " is in use; stop the program that has it or choose another"
                    + besides
                : "cannot listen on port " + port + " of " + host + ": " + failure.getMessage()),
        failure);
  }

  /** This machine has no such address, or there is no such name. */
  private static boolean isOfTheHost(Throwable failure) {
    return failure instanceof UnknownHostException
        || String.valueOf(failure.getMessage()).contains("assign requested address");
  }

  /** The native transport has an exception of its own for it; the words are alike. */
  private static boolean isInUse(Throwable failure) {
    return failure instanceof IOException
        && String.valueOf(failure.getMessage()).contains("already in use");
  }
}
