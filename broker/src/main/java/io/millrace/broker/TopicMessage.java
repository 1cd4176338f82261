package io.millrace.broker;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;

/**
 * A message as this process itself gets it.
 *
 * @param id what its producer called it, for deduplication
 * @param headers the producer's own and the content type, the first of each name
 * @param payload not to be changed
 */
public record TopicMessage(Optional<String> id, Map<String, String> headers, Buffer payload) {
  public TopicMessage {
    headers = Map.copyOf(headers);
  }
}
