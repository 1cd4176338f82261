package io.millrace.http;

/**
 * Who sent a request.
 *
 * @param host the client's address as text; behind trusted proxies the one they report
 * @param direct no forwarding header was present at all, trusted or not
 */
public record ClientAddress(String host, boolean direct) {

  /** Whether the client is on this machine and says so itself, with no proxy between. */
  public boolean isThisMachine() {
    return direct && TrustedProxies.isLoopback(host);
  }
}
