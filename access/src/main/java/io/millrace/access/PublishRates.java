package io.millrace.access;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The publish rates of this node, by who publishes and to which namespace, so that many connections
 * with one key share one rate. Bounded: beyond the capacity those go that are full anyway, else the
 * one that was asked for longest ago. A connection asks once for each namespace and keeps the
 * answer. Thread-safe.
 */
public final class PublishRates {
  /**
   * @param limits apart, so that two tokens of one subject do not reset each other's rate
   */
  private record Of(String tenant, String principal, String namespace, PublishLimits limits) {}

  private final int capacity;
  private final Map<Of, PublishRate> rates = new LinkedHashMap<>(16, 0.75f, true);

  public PublishRates(int capacity) {
    this.capacity = capacity;
  }

  /** The rate at which a grant's principal may publish to a namespace. */
  public PublishRate of(TopicGrant grant, String namespace, long now) {
    return of(new Of(grant.tenant(), grant.principal(), namespace, grant.limits()), now);
  }

  /** The rate at which everybody together may. */
  public PublishRate ofEverybody(String namespace, PublishLimits limits, long now) {
    return of(new Of("", "", namespace, limits), now);
  }

  /** How many are known. */
  public synchronized int size() {
    return rates.size();
  }

  private synchronized PublishRate of(Of whose, long now) {
    PublishRate known = rates.get(whose);
    if (known != null) {
      return known;
    }
    if (rates.size() >= capacity) {
      makeRoom(now);
    }
    PublishRate made = new PublishRate(whose.limits, now);
    rates.put(whose, made);
    return made;
  }

  private void makeRoom(long now) {
    rates.values().removeIf(rate -> rate.isFull(now));
    Iterator<PublishRate> oldest = rates.values().iterator();
    if (rates.size() >= capacity && oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
  }
}
