package io.millrace.ingest.rtmp;

import io.millrace.media.MediaEvent;
import io.vertx.core.buffer.Buffer;

/** What is to be done after a session has taken something in; in this order. */
sealed interface RtmpAction {
  /** Send these bytes. */
  record Send(Buffer bytes) implements RtmpAction {}

  /** Find out whether this may be published, then {@code accept} or {@code refuse}. */
  record Decide(PublishAddress address) implements RtmpAction {}

  /** Hand this over to the stream. */
  record Media(MediaEvent event) implements RtmpAction {}

  /** The publisher has ended its publication; the connection stays. */
  record Unpublished() implements RtmpAction {}

  /** Close the connection when everything is sent. Nothing follows. */
  record Close(CloseReason reason, String message) implements RtmpAction {}
}
