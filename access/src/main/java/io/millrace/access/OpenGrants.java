package io.millrace.access;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The grants in use on this node's connections, so that each hears when its own ends.
 *
 * <pre>
 *   open ──► in use ──► closed by its connection       nobody hears
 *               └─────► expired, or one of its ids revoked: its connection hears, once
 * </pre>
 *
 * Every door keeps its connections' grants here from before the connection is told that it may go
 * on. Thread-safe; a connection hears on the thread that calls {@link #expire} or {@link #revoke},
 * and goes over to its own context by itself.
 */
public final class OpenGrants {
  /** A grant in use; closed by its connection when that ends or has another grant. */
  public final class Use implements AutoCloseable {
    private final TopicGrant grant;
    private final Consumer<GrantEnd> ended;
    private final long number;

    private Use(TopicGrant grant, Consumer<GrantEnd> ended, long number) {
      this.grant = grant;
      this.ended = ended;
      this.number = number;
    }

    public TopicGrant grant() {
      return grant;
    }

    /** Nobody hears any more; again is nothing. */
    @Override
    public void close() {
      take(this);
    }

    private Instant expiresAt() {
      return grant.expiresAt().orElse(Instant.MAX);
    }
  }

  // All guarded by this.
  private final Set<Use> uses = new HashSet<>();
  private final Map<GrantId, Set<Use>> byId = new HashMap<>();
  private final TreeSet<Use> byExpiry =
      new TreeSet<>(Comparator.comparing(Use::expiresAt).thenComparingLong(use -> use.number));
  private long opened;

  /**
   * Watches a grant.
   *
   * @param ended hears once when it ends before it is closed
   */
  public synchronized Use open(TopicGrant grant, Consumer<GrantEnd> ended) {
    Use use = new Use(grant, ended, opened++);
    uses.add(use);
    for (GrantId id : grant.ids()) {
      byId.computeIfAbsent(id, its -> new HashSet<>()).add(use);
    }
    if (grant.expiresAt().isPresent()) {
      byExpiry.add(use);
    }
    return use;
  }

  /** The ids of grants in use, of one kind. */
  public synchronized Set<String> ids(GrantId.Kind kind) {
    return byId.keySet().stream()
        .filter(id -> id.kind() == kind)
        .map(GrantId::value)
        .collect(Collectors.toSet());
  }

  /** How many grants are in use. */
  public synchronized int size() {
    return uses.size();
  }

  /**
   * Ends every grant with this id.
   *
   * @return how many
   * @throws RuntimeException the first of what their connections threw; all have heard
   */
  public int revoke(GrantId id) {
    List<Use> these;
    synchronized (this) {
      these = List.copyOf(byId.getOrDefault(id, Set.of()));
    }
    return end(these, GrantEnd.REVOKED);
  }

  /**
   * Ends the grants whose time is over.
   *
   * @throws RuntimeException the first of what their connections threw; all have heard
   */
  public void expire(Instant now) {
    List<Use> these = new ArrayList<>();
    synchronized (this) {
      for (Use use : byExpiry) {
        if (use.expiresAt().isAfter(now)) {
          break;
        }
        these.add(use);
      }
    }
    end(these, GrantEnd.EXPIRED);
  }

  private int end(List<Use> these, GrantEnd why) {
    int ended = 0;
    @Nullable RuntimeException thrown = null;
    for (Use use : these) {
      // Whoever takes it out tells it, so that it hears once.
      if (take(use)) {
        ended++;
        try {
          use.ended.accept(why);
        } catch (RuntimeException e) {
          thrown = thrown == null ? e : thrown;
        }
      }
    }
    if (thrown != null) {
      throw thrown;
    }
    return ended;
  }

  private synchronized boolean take(Use use) {
    if (!uses.remove(use)) {
      return false;
    }
    for (GrantId id : use.grant.ids()) {
      byId.computeIfPresent(
          id,
          (its, those) -> {
            those.remove(use);
            return those.isEmpty() ? null : those;
          });
    }
    byExpiry.remove(use);
    return true;
  }
}
