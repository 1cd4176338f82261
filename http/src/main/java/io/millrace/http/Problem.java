package io.millrace.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * An HTTP error as its receiver sees it (RFC 9457 problem document).
 *
 * @param status HTTP status, 400 to 599
 * @param code a stable word for programs ({@code stream-not-found}); the document's {@code type} is
 *     {@code urn:millrace:problem:} and this word
 * @param detail a sentence for people about this occurrence; holds no secret
 */
public record Problem(int status, String code, String detail) {
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPE = "urn:millrace:problem:";

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @return empty where it is no problem of this platform
   */
  public static Optional<Problem> read(int status, JsonObject json) {
    return json.getValue("type") instanceof String type
            && type.startsWith(TYPE)
            && type.length() > TYPE.length()
            && json.getValue("detail") instanceof String detail
        ? Optional.of(new Problem(status, type.substring(TYPE.length()), detail))
        : Optional.empty();
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("type", TYPE + code)
        .put("title", code.replace('-', ' '))
        .put("status", status)
        .put("detail", detail);
  }

  /** The same, with the member {@code errors} where there are any. */
  public JsonObject toJson(List<FieldProblem> fields) {
    JsonObject json = toJson();
    if (!fields.isEmpty()) {
      JsonArray errors = new JsonArray();
      fields.forEach(
          its ->
              errors.add(new JsonObject().put("field", its.field()).put("detail", its.detail())));
      json.put("errors", errors);
    }
    return json;
  }
}
