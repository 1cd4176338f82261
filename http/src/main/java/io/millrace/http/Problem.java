package io.millrace.http;

import io.vertx.core.json.JsonObject;

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

  public JsonObject toJson() {
    return new JsonObject()
        .put("type", "urn:millrace:problem:" + code)
        .put("title", code.replace('-', ' '))
        .put("status", status)
        .put("detail", detail);
  }
}
