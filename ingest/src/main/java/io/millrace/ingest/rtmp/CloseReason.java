package io.millrace.ingest.rtmp;

import io.millrace.config.ValueText;

/** Why this side closes a connection; a metric's label and the code that the encoder gets. */
enum CloseReason {
  NOT_RTMP("NetConnection.Connect.Rejected"),
  MALFORMED("NetStream.Publish.Rejected"),
  UNSUPPORTED("NetStream.Publish.Rejected"),
  BAD_NAME("NetStream.Publish.BadName"),
  REFUSED("NetStream.Publish.Denied"),
  BUSY("NetStream.Publish.BadName"),
  PLAY("NetStream.Play.StreamNotFound"),
  HANDSHAKE_TIMEOUT("NetConnection.Connect.Closed"),
  PUBLISH_TIMEOUT("NetConnection.Connect.Closed"),
  UNDECIDED("NetStream.Publish.Rejected"),
  IDLE("NetConnection.Connect.Closed"),
  TAKEN_OVER("NetStream.Publish.BadName"),
  ENDED("NetConnection.Connect.Closed"),
  SHUTDOWN("NetConnection.Connect.AppShutdown"),
  FAILED("NetStream.Publish.Rejected");

  private final String code;

  CloseReason(String code) {
    this.code = code;
  }

  /** The {@code code} of an {@code onStatus}. */
  String code() {
    return code;
  }

  /** The metric's label. */
  String label() {
    return ValueText.word(this);
  }
}
