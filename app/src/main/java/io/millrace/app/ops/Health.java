package io.millrace.app.ops;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * Whether this node can do its work, part by part. A part is a role or something that a role needs;
 * the node is ready when every part is. Thread-safe.
 */
public final class Health {
  /**
   * The state of one part.
   *
   * @param detail for people: what is wrong, or what it is doing
   */
  public record Part(boolean ready, String detail) {
    public static final Part READY = new Part(true, "ready");

    public static Part notReady(String detail) {
      return new Part(false, detail);
    }
  }

  private final Map<String, Supplier<Part>> parts = new ConcurrentSkipListMap<>();
  private volatile boolean stopping;

  /** Adds or replaces a part; the supplier is asked at each look and must not block. */
  public void part(String name, Supplier<Part> state) {
    parts.put(name, state);
  }

  /** From now on the node is not ready, so that load balancers leave it alone. */
  public void stopping() {
    stopping = true;
  }

  /** All parts with their states. */
  public JsonObject report() {
    JsonObject shown = new JsonObject();
    boolean ready = !stopping && !parts.isEmpty();
    for (Map.Entry<String, Supplier<Part>> entry : parts.entrySet()) {
      Part part = entry.getValue().get();
      ready &= part.ready();
      shown.put(
          entry.getKey(), new JsonObject().put("ready", part.ready()).put("detail", part.detail()));
    }
    return new JsonObject()
        .put("status", stopping ? "stopping" : ready ? "ready" : "not ready")
        .put("roles", shown);
  }

  public boolean isReady() {
    return "ready".equals(report().getString("status"));
  }
}
