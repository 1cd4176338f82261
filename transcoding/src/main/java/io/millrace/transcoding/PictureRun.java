package io.millrace.transcoding;

import io.millrace.transcoding.protocol.Frame;
import java.time.Duration;

/** A run of the program that makes pictures, as {@link PictureQueue} needs it; on its context. */
interface PictureRun {
  /** Sends a frame; one that cannot be delivered any more is forgotten. */
  void send(Frame frame);

  /** Ends it; its listener hears when it has. */
  void stop(Duration grace);

  /** The process's id; negative while there is none. From any thread. */
  long pid();
}
