package io.millrace.packager;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * The origin's answer.
 *
 * @param headers names in lower case, {@code content-length} among them where there is a body or,
 *     for {@code HEAD}, would be one
 * @param body shared by all receivers: not to be changed. Empty for {@code HEAD} and 304
 */
public record OriginResponse(int status, Map<String, String> headers, Buffer body) {
  public OriginResponse {
    headers = Map.copyOf(headers);
  }
}
