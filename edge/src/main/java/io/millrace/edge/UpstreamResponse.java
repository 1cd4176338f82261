package io.millrace.edge;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * An origin's answer.
 *
 * @param headers not changed by anyone any more
 * @param body whole; not changed by anyone any more
 */
public record UpstreamResponse(int status, MultiMap headers, Buffer body) {}
