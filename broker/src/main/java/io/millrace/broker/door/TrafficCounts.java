package io.millrace.broker.door;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The traffic of each namespace behind each door. Bounded: beyond {@value #MOST_NAMESPACES}
 * namespaces, which are there by an administrator's will only, the rest is counted together; those
 * that are there no more are forgotten when somebody looks, or comes anew. Thread-safe.
 */
public final class TrafficCounts {
  /** Namespaces that are told apart. */
  public static final int MOST_NAMESPACES = 500;

  /** Stands for all others; no namespace is called so. */
  public static final String OTHERS = "_others";

  /** Takes one door's traffic in one namespace. */
  @FunctionalInterface
  interface Each {
    void accept(String namespace, String door, Traffic traffic);
  }

  private static final Traffic NOTHING = new Traffic();

  private final Map<String, Map<String, Traffic>> byNamespace = new ConcurrentHashMap<>();
  private final AtomicInteger version = new AtomicInteger();
  private volatile Predicate<String> isThere = all -> true;
  private volatile Supplier<Set<String>> names = Set::of;

  /**
   * From now on keeps only namespaces that are there.
   *
   * @param known asked on any thread, quick
   * @param all those that are there, as well
   */
  public void keepOnly(Predicate<String> known, Supplier<Set<String>> all) {
    isThere = known;
    names = all;
  }

  /** Another one when something was forgotten: what {@link #of} has given before is stale then. */
  int version() {
    return version.get();
  }

  private void forgetWhatIsGone() {
    Predicate<String> known = isThere;
    if (byNamespace.keySet().removeIf(name -> !name.equals(OTHERS) && !known.test(name))) {
      version.incrementAndGet();
    }
  }

  /**
   * Where to count.
   *
   * @param namespace one that is there
   * @param door its word
   */
  Traffic of(String namespace, String door) {
    Map<String, Traffic> doors = byNamespace.get(namespace);
    if (doors == null) {
      forgetWhatIsGone();
      String counted = byNamespace.size() < MOST_NAMESPACES ? namespace : OTHERS;
      doors = byNamespace.computeIfAbsent(counted, name -> new ConcurrentHashMap<>());
    }
    return doors.computeIfAbsent(door, name -> new Traffic());
  }

  /** The traffic in one namespace by door, as far as there was any. */
  public Map<String, Traffic> in(String namespace) {
    return new TreeMap<>(byNamespace.getOrDefault(namespace, Map.of()));
  }

  void forEach(Each each) {
    forgetWhatIsGone();
    byNamespace.forEach(
        (namespace, doors) ->
            doors.forEach((door, traffic) -> each.accept(namespace, door, traffic)));
  }

  /**
   * Also those in which there was nothing yet: whoever asks for the rate of a count that begins
   * with its first event does not see that event.
   */
  void forEachThatMayBe(Each each) {
    forgetWhatIsGone();
    Set<String> all = new TreeSet<>(byNamespace.keySet());
    names.get().stream()
        .sorted()
        .filter(name -> !all.contains(name))
        .limit(Math.max(0, MOST_NAMESPACES - all.size()))
        .forEach(all::add);
    for (String namespace : all) {
      Map<String, Traffic> doors = byNamespace.getOrDefault(namespace, Map.of());
      for (String door : DoorNames.ALL) {
        each.accept(namespace, door, doors.getOrDefault(door, NOTHING));
      }
    }
  }
}
