package io.millrace.http;

/**
 * Who sent a request.
 *
 * @param host the client's address as text; behind trusted proxies the one they report
 * @param direct nothing in the request or before it (a PROXY header) says that it was forwarded, by
 *     a trusted proxy or another
 */
public record ClientAddress(String host, boolean direct) {

  /** Whether the client is on this machine and says so itself, with no proxy between. */
  public boolean isThisMachine() {
    return direct && TrustedProxies.isLoopback(host);
  }
}
