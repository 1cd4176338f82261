package io.millrace.access;

import java.util.Map;
import java.util.Optional;

/**
 * A question to the rules: may this be done?
 *
 * @param credential what was presented (a publish key, a token), without any prefix; empty when
 *     nothing was
 * @param protocol the door ({@code rtmp}, {@code http})
 * @param peer the other side's address, without a port
 * @param parameters what else came in the address's query, without the credential
 */
public record AccessRequest(
    Action action,
    String app,
    String stream,
    Optional<String> credential,
    String protocol,
    String peer,
    Map<String, String> parameters) {
  public AccessRequest {
    parameters = Map.copyOf(parameters);
  }

  /** Hides the credential. */
  @Override
  public String toString() {
    return action + " " + app + "/" + stream + " by " + protocol + " from " + peer;
  }
}
