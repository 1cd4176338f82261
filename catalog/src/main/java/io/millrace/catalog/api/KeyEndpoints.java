package io.millrace.catalog.api;

import io.millrace.access.Names;
import io.millrace.access.PublishKey;
import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicPattern;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.records.Key;
import io.millrace.catalog.records.KeyScope;
import io.millrace.catalog.records.PublishKeys;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /apps/{app}/keys}. A key itself is in the answer that makes it, and nowhere else. */
final class KeyEndpoints {
  private static final long LONGEST_LIFE_SECONDS = 10L * 365 * 24 * 3600;
  private static final long LONGEST_OVERLAP_SECONDS = 30L * 24 * 3600;

  private final Catalog catalog;
  private final InstantSource clock;

  KeyEndpoints(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/apps/:app/keys", this::list),
        Endpoint.guarded(HttpMethod.POST, "/apps/:app/keys", this::create),
        Endpoint.guarded(HttpMethod.POST, "/apps/:app/keys/:id/rotate", this::rotate),
        Endpoint.guarded(HttpMethod.DELETE, "/apps/:app/keys/:id", this::delete));
  }

  private Future<Answer> list(Call call) {
    return Pages.ofApp(
        catalog,
        call,
        (connection, app, after, limit) -> new PublishKeys(connection).page(app, after, limit),
        KeyEndpoints::json,
        Key::id);
  }

  private Future<Answer> create(Call call) {
    String app = Paths.app(call);
    KeyScope opens = opens(call);
    String label = call.title("label").orElse("");
    Optional<Instant> expiresAt = expiresAt(call);
    call.check();
    String secret = PublishKey.generate();
    return catalog
        .call(
            call.deadline(),
            connection ->
                new PublishKeys(connection)
                    .create(app, opens, label, PublishKey.hash(secret), expiresAt))
        .map(made -> Answer.created(json(Paths.found(made, "app", app)).put("key", secret)));
  }

  private Future<Answer> rotate(Call call) {
    String app = Paths.app(call);
    String id = Paths.id(call, "key");
    long overlap = call.seconds("overlapSeconds", 0, LONGEST_OVERLAP_SECONDS).orElse(0L);
    Optional<Instant> expiresAt = expiresAt(call);
    call.check();
    String secret = PublishKey.generate();
    Instant now = clock.instant();
    return catalog
        .call(
            call.deadline(),
            connection -> {
              PublishKeys keys = new PublishKeys(connection);
              Key old = Paths.found(keys.find(app, id), "key", id);
              Optional<Instant> ends = expiresAt.or(old::expiresAt);
              if (ends.isPresent() && !ends.get().isAfter(now)) {
                throw new ApiProblem(
                    409,
                    "key-expired",
                    "the key '" + id + "' has expired; give the new one a lifetimeSeconds");
              }
              keys.expire(id, now.plusSeconds(overlap));
              return keys.create(app, old.opens(), old.label(), PublishKey.hash(secret), ends);
            })
        .map(made -> Answer.created(json(Paths.found(made, "key", id)).put("key", secret)));
  }

  private static KeyScope opens(Call call) {
    Optional<String> stream = call.optionalName("stream", Names::streamProblem);
    boolean topicsOnly = call.flag("topicsOnly");
    TopicCapabilities topics =
        TopicCapabilities.read(
            call.object("topics"), (field, problem) -> call.problem("topics." + field, problem));
    PublishLimits limits =
        PublishLimits.read(
            call.object("limits"), (field, problem) -> call.problem("limits." + field, problem));
    if (topicsOnly && topics.isEmpty()) {
      call.problem("topics", "is missing, so the key would open nothing");
    }
    if (topicsOnly && stream.isPresent()) {
      call.problem("stream", "is not opened by a key with topicsOnly");
    }
    return new KeyScope(stream, topicsOnly, topics, limits);
  }

  /** When the key that is to be made ends, where that was asked for. */
  private Optional<Instant> expiresAt(Call call) {
    return call.seconds("lifetimeSeconds", 1, LONGEST_LIFE_SECONDS)
        .map(seconds -> clock.instant().plusSeconds(seconds));
  }

  private Future<Answer> delete(Call call) {
    String app = Paths.app(call);
    String id = Paths.id(call, "key");
    return catalog
        .call(call.deadline(), connection -> new PublishKeys(connection).delete(app, id))
        .map(there -> Paths.gone(there, "key", id));
  }

  private static JsonObject json(Key key) {
    return new JsonObject()
        .put("id", key.id())
        .put("app", key.app())
        .put("stream", key.opens().stream().orElse(null))
        .put("topicsOnly", key.opens().topicsOnly())
        .put("topics", topics(key.opens().topics()))
        .put("limits", limits(key.opens().limits()))
        .put("label", key.label())
        .put("createdAt", key.createdAt().toString())
        .put("expiresAt", key.expiresAt().map(Instant::toString).orElse(null));
  }

  private static JsonObject topics(TopicCapabilities topics) {
    return new JsonObject()
        .put("publish", texts(topics.publish()))
        .put("subscribe", texts(topics.subscribe()))
        .put("history", texts(topics.history()));
  }

  private static JsonArray texts(List<TopicPattern> patterns) {
    return new JsonArray(patterns.stream().map(TopicPattern::toString).toList());
  }

  private static JsonObject limits(PublishLimits limits) {
    return new JsonObject()
        .put("messagesPerSecond", limit(limits.messagesPerSecond()))
        .put("bytesPerSecond", limit(limits.bytesPerSecond()));
  }

  private static @Nullable Long limit(long perSecond) {
    return perSecond == PublishLimits.UNLIMITED ? null : perSecond;
  }
}
