package io.millrace.broker.door;

import java.util.HashMap;
import java.util.Map;

/** What is counted of one client, by namespace. Belongs to the connection's event loop. */
final class ClientTraffic {
  private final DoorLoop loop;
  private final String door;
  private final Map<String, Traffic> traffic = new HashMap<>();
  private int version;

  ClientTraffic(DoorLoop loop, String door) {
    this.loop = loop;
    this.door = door;
  }

  /** Of a namespace that is there. */
  Traffic of(String namespace) {
    TrafficCounts all = loop.metrics().traffic();
    if (version != all.version()) {
      version = all.version();
      traffic.clear();
    }
    return traffic.computeIfAbsent(namespace, name -> all.of(name, door));
  }

  /** Where no namespace is concerned, or none that is there. */
  void refused(Refusal refusal) {
    loop.metrics().refused(door, refusal);
  }

  /** Counts for a namespace only where there is one: anybody can think of names. */
  void refused(String namespace, Refusal refusal) {
    if (loop.doors().namespaces().find(namespace).isPresent()) {
      of(namespace).refused(refusal.code());
    } else {
      refused(refusal);
    }
  }
}
