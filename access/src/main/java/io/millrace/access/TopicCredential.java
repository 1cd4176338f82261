package io.millrace.access;

import java.time.Instant;
import java.util.Optional;

/**
 * What a client presented at a front door: once for a connection (WebSocket, MQTT) or a request
 * (HTTP, SSE).
 *
 * @param user MQTT's user name, or HTTP's of basic authentication
 * @param secret a key or a token: a password, a bearer token
 * @param certificate the subject's common name of a client certificate that the listener verified
 * @param certificateEndsAt when that certificate is no longer valid ({@code notAfter}), where known
 * @param peer the other side's address, without a port
 * @param isLocal whether the connection comes from this machine and nothing about it says that it
 *     was forwarded: no proxy's header, no PROXY protocol
 * @param protocol the door ({@code mqtt}, {@code websocket}, {@code http}, {@code sse})
 */
public record TopicCredential(
    Optional<String> user,
    Optional<String> secret,
    Optional<String> certificate,
    Optional<Instant> certificateEndsAt,
    String peer,
    boolean isLocal,
    String protocol) {

  /** Without a certificate, or with one whose end is not known. */
  public TopicCredential(
      Optional<String> user,
      Optional<String> secret,
      Optional<String> certificate,
      String peer,
      boolean isLocal,
      String protocol) {
    this(user, secret, certificate, Optional.empty(), peer, isLocal, protocol);
  }

  /** Hides the secret. */
  @Override
  public String toString() {
    return protocol
        + " from "
        + peer
        + user.map(name -> " user " + Names.quoted(name)).orElse("")
        + certificate.map(subject -> " certificate " + Names.quoted(subject)).orElse("");
  }
}
