package io.millrace.media;

/** The answer to a {@link PublishRequest}. */
public sealed interface PublishOutcome {
  /** On air as soon as samples come. */
  record Accepted(Publication publication) implements PublishOutcome {}

  /**
   * Another publisher of this stream is alive.
   *
   * @param message fit to be shown to the refused publisher
   */
  record Busy(String message) implements PublishOutcome {}
}
