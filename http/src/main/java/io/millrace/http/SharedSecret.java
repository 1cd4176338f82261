package io.millrace.http;

import io.millrace.config.Secret;
import java.util.Optional;

/** What nodes say to each other, so that an origin's own port answers nobody else. */
public final class SharedSecret {
  /** Carries it in every request. */
  public static final String HEADER = "millrace-origin-secret";

  /** The word of the problem for whoever does not know it. */
  public static final String REFUSAL = "origin-secret";

  private SharedSecret() {}

  /**
   * Lets only those in who know the secret; the others are answered 403.
   *
   * @param secret everybody is let in where there is none
   */
  public static Mount guard(Mount mount, Optional<Secret> secret) {
    if (secret.isEmpty()) {
      return mount;
    }
    return new Mount(
        mount.prefix(),
        request -> {
          String given = request.getHeader(HEADER);
          if (given != null && secret.get().matches(given)) {
            mount.handler().handle(request);
          } else {
            Problems.send(
                request,
                new Problem(403, REFUSAL, "this origin answers those who know its secret"));
          }
        },
        mount.subprotocols(),
        mount.webSocketBytes(),
        mount.ownBodies());
  }
}
