package io.millrace.transcoding;

import io.vertx.core.buffer.Buffer;

/** What became of a picture that was to be made. */
public sealed interface PictureOutcome {
  /** Here it is; the bytes are the asker's. */
  record Made(Buffer bytes) implements PictureOutcome {}

  /** What was given cannot be decoded, or ends whoever tries: it is not to be asked for again. */
  record Broken() implements PictureOutcome {}

  /** Not now: whoever makes pictures is away, or has too much to do. */
  record Later() implements PictureOutcome {}
}
