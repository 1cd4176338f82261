package io.millrace.transcoding;

import io.vertx.core.buffer.Buffer;

/**
 * A single picture.
 *
 * @param wish the number of the wish that it answers
 * @param mediaNanos when it is shown, in nanoseconds on the broadcast's timeline
 */
public record Still(int wish, long mediaNanos, int width, int height, Buffer jpeg) {}
