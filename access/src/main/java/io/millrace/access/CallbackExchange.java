package io.millrace.access;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.config.ValueText;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is asked of, and understood from, the customer's HTTP callback. The request is a POST of
 *
 * <pre>
 *   {"action": "publish", "app": "live", "stream": "cam1", "credential": "…" or null,
 *    "protocol": "rtmp", "peer": "192.0.2.7", "parameters": {"name": "value"}}
 * </pre>
 *
 * 200 or 204 with an empty body allows, for the tenant {@code default}. So does 200 with {@code
 * {"allowed": true, "tenant": "acme"}}, the tenant being optional; {@code {"allowed": false,
 * "message": "…"}} refuses, and the message is shown at the encoder. 401 and 403 refuse, with the
 * same body or none. Everything else is no answer, and refused.
 *
 * <p>For a client of topics, once for each connection or request, it is
 *
 * <pre>
 *   {"action": "connect", "user": "…" or null, "credential": "…" or null,
 *    "certificate": "…" or null, "protocol": "mqtt", "peer": "192.0.2.7", "local": false}
 * </pre>
 *
 * and 200 with {@code {"allowed": true, "topics": {…}}} allows what the {@linkplain
 * TopicCapabilities topics} say, for {@code lifetimeSeconds} or an hour; {@code subject}, {@code
 * limits} and {@code tenant} are optional, but limits are of a subject: without one they would be
 * of a name that the client chose, and a new name had a rate of its own.
 */
public final class CallbackExchange {
  /** Longer answers are no answers, in bytes. */
  public static final int LONGEST_ANSWER = 16 * 1024;

  private static final int LONGEST_MESSAGE = 300;
  private static final long LIFE_SECONDS = 3600;
  private static final long LONGEST_LIFE_SECONDS = 10L * 365 * 24 * 3600;

  private CallbackExchange() {}

  public static JsonObject request(AccessRequest request) {
    JsonObject parameters = new JsonObject();
    request.parameters().forEach(parameters::put);
    return new JsonObject()
        .put("action", ValueText.word(request.action()))
        .put("app", request.app())
        .put("stream", request.stream())
        .put("credential", request.credential().orElse(null))
        .put("protocol", request.protocol())
        .put("peer", request.peer())
        .put("parameters", parameters);
  }

  /** What is asked of a client of topics. */
  public static JsonObject request(TopicCredential credential) {
    return new JsonObject()
        .put("action", "connect")
        .put("user", credential.user().orElse(null))
        .put("credential", credential.secret().orElse(null))
        .put("certificate", credential.certificate().orElse(null))
        .put("protocol", credential.protocol())
        .put("peer", credential.peer())
        .put("local", credential.isLocal());
  }

  /** The decision in an answer; fails closed. */
  public static AccessDecision decision(int status, String body) {
    return judged(
        status,
        body,
        refused -> refused,
        () -> new Allowed(StaticKeyRules.TENANT),
        CallbackExchange::allowed);
  }

  /** The decision in an answer about a client of topics; fails closed. */
  public static TopicDecision decision(
      TopicCredential credential, int status, String body, Instant now) {
    return judged(
        status,
        body,
        refused -> refused,
        // Without a body it names no topics.
        Refusals::undecided,
        answer -> granted(credential, answer, now));
  }

  private static <D> D judged(
      int status,
      String body,
      Function<Refused, D> refused,
      Supplier<D> empty,
      Function<JsonObject, D> allowed) {
    if (body.length() > LONGEST_ANSWER) {
      return refused.apply(Refusals.undecided());
    }
    try {
      if (status == 401 || status == 403) {
        JsonObject answer = body.isBlank() ? new JsonObject() : new JsonObject(body);
        return refused.apply(new Refused(Reason.NOT_ALLOWED, message(answer)));
      }
      if (body.isBlank() && (status == 200 || status == 204)) {
        return empty.get();
      }
      JsonObject answer = status == 200 ? new JsonObject(body) : new JsonObject();
      Boolean may = answer.getBoolean("allowed");
      if (may == null) {
        return refused.apply(Refusals.undecided());
      }
      return may
          ? allowed.apply(answer)
          : refused.apply(new Refused(Reason.NOT_ALLOWED, message(answer)));
    } catch (DecodeException | ClassCastException e) {
      return refused.apply(
          status == 200
              ? Refusals.undecided()
              : new Refused(Reason.NOT_ALLOWED, message(new JsonObject())));
    }
  }

  private static AccessDecision allowed(JsonObject answer) {
    String tenant = answer.getString("tenant", StaticKeyRules.TENANT);
    return tenant != null && Names.tenantProblem(tenant).isEmpty()
        ? new Allowed(tenant)
        : Refusals.undecided();
  }

  private static TopicDecision granted(TopicCredential credential, JsonObject answer, Instant now) {
    JsonObject topics = answer.getJsonObject("topics");
    if (topics == null) {
      return Refusals.noTopics("the answer");
    }
    TopicClaims claims = TopicClaims.read(answer.getMap(), topics.getMap());
    Object lifetime = Optional.ofNullable(answer.getValue("lifetimeSeconds")).orElse(LIFE_SECONDS);
    String subject = answer.getString("subject");
    boolean isLimitsOfNobody = subject == null && !claims.limits().equals(PublishLimits.NONE);
    if (!claims.problems().isEmpty() || !isLifetime(lifetime) || isLimitsOfNobody) {
      return Refusals.undecided();
    }
    return claims.grant(
        "callback:" + (subject == null ? credential.user().orElse("") : subject),
        Optional.of(now.plusSeconds(((Number) lifetime).longValue())),
        Set.of(),
        "the answer");
  }

  private static boolean isLifetime(Object value) {
    return (value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= 1
        && ((Number) value).longValue() <= LONGEST_LIFE_SECONDS;
  }

  private static String message(JsonObject answer) {
    String message = answer.getString("message");
    if (message == null || message.isBlank()) {
      return "not allowed";
    }
    String clean = message.replaceAll("\\p{Cntrl}", " ");
    return clean.length() > LONGEST_MESSAGE ? clean.substring(0, LONGEST_MESSAGE) : clean;
  }
}
