package io.millrace.broker.kafka;

import io.millrace.access.PublishLimits;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.config.ValueText;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A namespace in the cluster's list of them, as JSON. Limits that an older version did not write
 * are the default ones.
 *
 * @param state a namespace whose making or deleting was interrupted is seen by it, and the next
 *     attempt goes on
 */
record NamespaceRecord(State state, Namespace namespace) {
  /** How far it is. */
  enum State {
    /** Its Kafka topics may be there or not. */
    MAKING,
    READY,
    /** Its Kafka topics may be gone or not. */
    DELETING
  }

  byte[] encode() {
    return new JsonObject()
        .put("state", ValueText.word(state))
        .put("generation", namespace.generation())
        .put("partitions", namespace.partitions())
        .put("durability", ValueText.word(namespace.durability()))
        .put("retentionMillis", namespace.retention().toMillis())
        .put("retentionBytes", namespace.retentionBytes())
        .put("maxMessageSize", namespace.maxMessageSize())
        .put("maxWildcardFilters", namespace.maxWildcardFilters())
        .put("messagesPerSecond", namespace.publishLimits().messagesPerSecond())
        .put("bytesPerSecond", namespace.publishLimits().bytesPerSecond())
        .encode()
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Null for what this program has not written, or not this version of it. */
  static @Nullable NamespaceRecord decode(String name, byte[] json) {
    try {
      JsonObject object = new JsonObject(new String(json, StandardCharsets.UTF_8));
      return new NamespaceRecord(
          State.valueOf(constant(object, "state")),
          new Namespace(
              name,
              object.getInteger("generation"),
              object.getInteger("partitions"),
              Durability.valueOf(constant(object, "durability")),
              Duration.ofMillis(object.getLong("retentionMillis")),
              object.getLong("retentionBytes"),
              object.getInteger("maxMessageSize"),
              object.getInteger("maxWildcardFilters", Namespace.DEFAULT_WILDCARD_FILTERS),
              new PublishLimits(
                  object.getLong("messagesPerSecond", PublishLimits.UNLIMITED),
                  object.getLong("bytesPerSecond", PublishLimits.UNLIMITED))));
    } catch (RuntimeException e) {
      // Whatever is wrong with it, a foreign record must not stop the list.
      return null;
    }
  }

  /** The settings in a record of a namespace that is there; empty for all others. */
  static Optional<Namespace> ready(String name, byte[] json) {
    NamespaceRecord record = decode(name, json);
    return record != null && record.state() == State.READY
        ? Optional.of(record.namespace())
        : Optional.empty();
  }

  private static String constant(JsonObject object, String key) {
    return String.valueOf(object.getString(key)).toUpperCase(Locale.ROOT);
  }
}
