package io.millrace.kafka;

import java.nio.file.Path;
import java.util.Map;

/**
 * A listener for Kafka clients elsewhere: TLS, and SASL/PLAIN within it.
 *
 * @param host the address to listen on
 * @param port 0 is any free one
 * @param advertised the host name or address that clients are told
 * @param certificates PEM, the node's own certificate first
 * @param key PEM (PKCS #8), not encrypted
 * @param users name to password
 */
record OutsideListener(
    String host,
    int port,
    String advertised,
    Path certificates,
    Path key,
    Map<String, String> users) {
  OutsideListener {
    users = Map.copyOf(users);
  }
}
