package io.millrace.access;

/** The answer to a {@link TopicCredential}. */
public sealed interface TopicDecision permits TopicDecision.Granted, AccessDecision.Refused {
  /** Let in, to do what the grant says. */
  record Granted(TopicGrant grant) implements TopicDecision {}
}
