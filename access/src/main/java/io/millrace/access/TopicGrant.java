package io.millrace.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody may do with topics, for as long as a connection or a request lasts and the grant
 * has not ended. Everything that it does not name is denied.
 *
 * @param tenant whose namespaces it is about; the front doors let nobody in for a tenant that has
 *     none
 * @param principal who it is, for logs and for counting ({@code key:key_…}, {@code token:SUBJECT},
 *     {@code account:NAME}, {@code certificate:SUBJECT}, {@code anonymous}); control characters are
 *     taken out of it
 * @param expiresAt when it ends by itself, where it does
 * @param ids by which it can be ended before
 * @param mount what is put before every topic that the client names over MQTT, a namespace or
 *     {@code namespace/levels}; as it was given, not looked at
 */
public record TopicGrant(
    String tenant,
    String principal,
    Optional<Instant> expiresAt,
    Set<GrantId> ids,
    TopicCapabilities topics,
    PublishLimits limits,
    Optional<String> mount) {
  private static final int LONGEST_PRINCIPAL = 200;

  public TopicGrant {
    ids = Set.copyOf(ids);
    principal = shown(principal);
  }

  /** Without a mount point. */
  public TopicGrant(
      String tenant,
      String principal,
      Optional<Instant> expiresAt,
      Set<GrantId> ids,
      TopicCapabilities topics,
      PublishLimits limits) {
    this(tenant, principal, expiresAt, ids, topics, limits, Optional.empty());
  }

  /** What an administrator may do with topics, whatever the account was shown by. */
  public static TopicGrant ofAdministrator(
      String tenant, String account, Optional<Instant> expiresAt, Set<GrantId> ids) {
    return new TopicGrant(
        tenant,
        "account:" + account,
        expiresAt,
        ids,
        TopicCapabilities.ADMINISTRATOR,
        PublishLimits.NONE);
  }

  /**
   * Whether this may be done with a topic, or with every topic that a filter matches. Allocates
   * nothing; asked for each message that is published.
   *
   * @param path of the topic or the filter, without its namespace; mount points and {@code $share}
   *     have been resolved before
   */
  public boolean allows(TopicOperation operation, String namespace, String path) {
    return topics.allow(operation, namespace, path);
  }

  private static String shown(String principal) {
    String clean = principal.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > LONGEST_PRINCIPAL ? clean.substring(0, LONGEST_PRINCIPAL) : clean;
  }
}
