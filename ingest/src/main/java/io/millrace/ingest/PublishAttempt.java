package io.millrace.ingest;

import io.millrace.media.StreamKey;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody wants to publish.
 *
 * @param key the publish key or token that was given, decoded; empty when none was
 * @param protocol the door ({@code rtmp})
 * @param peer the other side's address, without a port
 * @param parameters what else came in the address's query
 */
public record PublishAttempt(
    StreamKey stream,
    Optional<String> key,
    String protocol,
    String peer,
    Map<String, String> parameters) {
  public PublishAttempt {
    parameters = Map.copyOf(parameters);
  }

  /** Hides the key and the parameters. */
  @Override
  public String toString() {
    return stream + " by " + protocol + " from " + peer;
  }
}
