package io.millrace.access;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

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
 */
public final class CallbackExchange {
  /** Longer answers are no answers, in bytes. */
  public static final int LONGEST_ANSWER = 16 * 1024;

  private static final int LONGEST_MESSAGE = 300;

  private CallbackExchange() {}

  public static JsonObject request(AccessRequest request) {
    JsonObject parameters = new JsonObject();
    request.parameters().forEach(parameters::put);
    return new JsonObject()
        .put("action", request.action().name().toLowerCase(Locale.ROOT))
        .put("app", request.app())
        .put("stream", request.stream())
        .put("credential", request.credential().orElse(null))
        .put("protocol", request.protocol())
        .put("peer", request.peer())
        .put("parameters", parameters);
  }

  /** The decision in an answer; fails closed. */
  public static AccessDecision decision(int status, String body) {
    if (body.length() > LONGEST_ANSWER) {
      return Refusals.undecided();
    }
    boolean empty = body.isBlank();
    try {
      if (status == 401 || status == 403) {
        return new Refused(
            Reason.NOT_ALLOWED, message(empty ? new JsonObject() : new JsonObject(body)));
      }
      if (empty && (status == 200 || status == 204)) {
        return new Allowed(StaticKeyRules.TENANT);
      }
      return status == 200 ? judged(new JsonObject(body)) : Refusals.undecided();
    } catch (DecodeException | ClassCastException e) {
      return status == 200
          ? Refusals.undecided()
          : new Refused(Reason.NOT_ALLOWED, message(new JsonObject()));
    }
  }

  private static AccessDecision judged(JsonObject answer) {
    Boolean allowed = answer.getBoolean("allowed");
    if (allowed == null) {
      return Refusals.undecided();
    }
    if (!allowed) {
      return new Refused(Reason.NOT_ALLOWED, message(answer));
    }
    String tenant = answer.getString("tenant", StaticKeyRules.TENANT);
    return tenant != null && Names.tenantProblem(tenant).isEmpty()
        ? new Allowed(tenant)
        : Refusals.undecided();
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
