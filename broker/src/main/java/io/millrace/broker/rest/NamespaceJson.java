package io.millrace.broker.rest;

import io.millrace.access.PublishLimits;
import io.millrace.access.RandomToken;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.door.Traffic;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.millrace.http.FieldProblem;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Namespaces as the API has them. */
final class NamespaceJson {
  private static final String PARTITIONS = "partitions";
  private static final String DURABILITY = "durability";
  private static final String RETENTION = "retentionSeconds";
  private static final String RETENTION_BYTES = "retentionBytes";
  private static final String MAX_MESSAGE_SIZE = "maxMessageSize";
  private static final String MAX_WILDCARD_FILTERS = "maxWildcardFilters";
  private static final String MESSAGES_PER_SECOND = "messagesPerSecond";
  private static final String BYTES_PER_SECOND = "bytesPerSecond";

  /** What {@link #of} says and nobody can wish for. */
  private static final Set<String> READ_ONLY = Set.of("name", "generation");

  /** How a wish calls what is named otherwise here. */
  private static final Map<String, String> NAMES = Map.of("retention", RETENTION);

  private static final int TAG_BYTES = 12;

  private NamespaceJson() {}

  static JsonObject of(Namespace namespace) {
    return new JsonObject()
        .put("name", namespace.name())
        .put(PARTITIONS, namespace.partitions())
        .put("generation", namespace.generation())
        .put(DURABILITY, namespace.durability().word())
        .put(RETENTION, namespace.retention().toSeconds())
        .put(
            RETENTION_BYTES,
            namespace.retentionBytes() == Namespace.UNBOUNDED ? null : namespace.retentionBytes())
        .put(MAX_MESSAGE_SIZE, namespace.maxMessageSize())
        .put(MAX_WILDCARD_FILTERS, namespace.maxWildcardFilters())
        .put(MESSAGES_PER_SECOND, limit(namespace.publishLimits().messagesPerSecond()))
        .put(BYTES_PER_SECOND, limit(namespace.publishLimits().bytesPerSecond()));
  }

  private static @Nullable Long limit(long perSecond) {
    return perSecond == PublishLimits.UNLIMITED ? null : perSecond;
  }

  /**
   * What goes on in a namespace, on this node: counts since the start, and how it is now.
   *
   * @param partitionsBehind those whose log of before the start is still being read
   * @param byDoor as far as there was any
   */
  static JsonObject live(
      OpenNamespace namespace, int partitionsBehind, Map<String, Traffic> byDoor) {
    JsonObject doors = new JsonObject();
    byDoor.forEach(
        (door, traffic) -> {
          JsonObject refused = new JsonObject();
          for (Refusal.Code code : Refusal.Code.values()) {
            if (traffic.refusals(code) > 0) {
              refused.put(code.word(), traffic.refusals(code));
            }
          }
          doors.put(
              door,
              new JsonObject()
                  .put("publishedMessages", traffic.publishedMessages())
                  .put("publishedBytes", traffic.publishedBytes())
                  .put("deliveredMessages", traffic.deliveredMessages())
                  .put("deliveredBytes", traffic.deliveredBytes())
                  .put("subscriptions", traffic.subscriptions())
                  .put("refused", refused));
        });
    return new JsonObject()
        .put("name", namespace.settings().name())
        .put("doors", doors)
        .put("pausedSubscriptions", namespace.paused())
        .put("fanoutLagBytes", namespace.lagBytes())
        .put("tailLagMessages", namespace.unreadMessages())
        .put("partitionsBehind", partitionsBehind);
  }

  /** What tells this state of a namespace from any other (RFC 9110 8.8.3), with its quotes. */
  static String tag(Namespace namespace) {
    byte[] hash = RandomToken.hash(of(namespace).encode());
    return "\"" + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + "\"";
  }

  /**
   * Reads a wish. What was read from the API before may be sent back with changes.
   *
   * @param name of the namespace
   * @param problems gets what cannot be used
   */
  static NamespaceWish wish(JsonObject json, String name, List<FieldProblem> problems) {
    Reader reader = new Reader(json, problems);
    NamespaceWish wish =
        new NamespaceWish(
            reader.number(PARTITIONS).map(Math::toIntExact),
            reader.durability(),
            reader.number(RETENTION).map(Duration::ofSeconds),
            reader.numberOrNull(RETENTION_BYTES, Namespace.UNBOUNDED),
            reader.number(MAX_MESSAGE_SIZE).map(Math::toIntExact),
            reader.number(MAX_WILDCARD_FILTERS).map(Math::toIntExact),
            reader.numberOrNull(MESSAGES_PER_SECOND, PublishLimits.UNLIMITED),
            reader.numberOrNull(BYTES_PER_SECOND, PublishLimits.UNLIMITED));
    reader.readOnly("name", name);
    reader.rejectOthers();
    wish.check(
        (field, detail) ->
            problems.add(new FieldProblem(NAMES.getOrDefault(field, field), detail)));
    return wish;
  }

  private static final class Reader {
    /** Larger ones are none of any field's, and arithmetic with these is safe. */
    private static final long MOST = Integer.MAX_VALUE;

    private final JsonObject json;
    private final List<FieldProblem> problems;
    private final List<String> read = new ArrayList<>(READ_ONLY);

    Reader(JsonObject json, List<FieldProblem> problems) {
      this.json = json;
      this.problems = problems;
    }

    Optional<Long> number(String field) {
      return number(field, MOST);
    }

    Optional<Long> numberOrNull(String field, long ofNull) {
      read.add(field);
      return json.containsKey(field) && json.getValue(field) == null
          ? Optional.of(ofNull)
          : number(field, Long.MAX_VALUE);
    }

    private Optional<Long> number(String field, long most) {
      @Nullable Object value = value(field);
      if (value == null) {
        return Optional.empty();
      }
      if ((value instanceof Integer || value instanceof Long)
          && ((Number) value).longValue() >= 0
          && ((Number) value).longValue() <= most) {
        return Optional.of(((Number) value).longValue());
      }
      problems.add(new FieldProblem(field, "is not a whole number that fits here"));
      return Optional.empty();
    }

    Optional<Durability> durability() {
      @Nullable Object value = value(DURABILITY);
      Optional<Durability> named =
          Arrays.stream(Durability.values()).filter(one -> one.word().equals(value)).findFirst();
      if (value != null && named.isEmpty()) {
        problems.add(
            new FieldProblem(
                DURABILITY,
                "is none of "
                    + Arrays.stream(Durability.values())
                        .map(Durability::word)
                        .collect(Collectors.joining(", "))));
      }
      return named;
    }

    void readOnly(String field, String is) {
      @Nullable Object value = json.getValue(field);
      if (value != null && !value.equals(is)) {
        problems.add(new FieldProblem(field, "cannot be changed"));
      }
    }

    void rejectOthers() {
      for (String field : json.fieldNames()) {
        if (!read.contains(field)) {
          String shown = field.length() > 40 ? field.substring(0, 40) + "…" : field;
          problems.add(new FieldProblem(shown, "is not known here"));
        }
      }
    }

    private @Nullable Object value(String field) {
      read.add(field);
      return json.getValue(field);
    }
  }
}
