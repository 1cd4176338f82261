package io.millrace.access;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.TopicDecision.Granted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What tokens and the callback say about topics, in one form: {@code topics}, {@code limits},
 * {@code tenant} and {@code mount}. A pattern that cannot be used grants nothing; anything else
 * that cannot be used refuses, since leaving it out would grant more, or something else.
 *
 * @param problems with all but topics, for the person who makes the tokens
 */
record TopicClaims(
    String tenant,
    TopicCapabilities topics,
    PublishLimits limits,
    Optional<String> mount,
    List<String> problems) {

  /**
   * @param claims with {@code limits}, {@code tenant} and {@code mount}, where there are any
   * @param topics the capabilities in them
   */
  static TopicClaims read(Map<String, ?> claims, Map<?, ?> topics) {
    List<String> problems = new ArrayList<>();
    PublishLimits limits = PublishLimits.NONE;
    if (claims.get("limits") instanceof Map<?, ?> given) {
      limits =
          PublishLimits.read(
              byName(given), (field, problem) -> problems.add("limits." + field + " " + problem));
    } else if (claims.get("limits") != null) {
      problems.add("limits is no object");
    }
    String tenant = StaticKeyRules.TENANT;
    if (claims.get("tenant") instanceof String named) {
      tenant = named;
      Names.tenantProblem(named).ifPresent(problems::add);
    } else if (claims.get("tenant") != null) {
      problems.add("tenant is not a text");
    }
    Optional<String> mount = Optional.empty();
    if (claims.get("mount") instanceof String given) {
      mount = Optional.of(given);
    } else if (claims.get("mount") != null) {
      problems.add("mount is not a text");
    }
    return new TopicClaims(
        tenant,
        TopicCapabilities.read(byName(topics), (field, problem) -> {}),
        limits,
        mount,
        problems);
  }

  /**
   * @param what carried these, for example {@code the token}
   */
  TopicDecision grant(
      String principal, Optional<Instant> expiresAt, Set<GrantId> ids, String what) {
    if (!problems.isEmpty()) {
      return new Refused(
          Reason.WRONG_CREDENTIAL, what + " cannot be used: " + String.join("; ", problems));
    }
    return topics.isEmpty()
        ? Refusals.noTopics(what)
        : new Granted(new TopicGrant(tenant, principal, expiresAt, ids, topics, limits, mount));
  }

  private static Map<String, Object> byName(Map<?, ?> json) {
    Map<String, Object> named = new LinkedHashMap<>();
    json.forEach(
        (name, value) -> {
          if (value != null) {
            named.put(String.valueOf(name), value);
          }
        });
    return named;
  }
}
