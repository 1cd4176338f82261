package io.millrace.client;

/** What a subscription tells, in its order. */
public sealed interface Event permits Message, Gap, Event.CaughtUp {
  /** All that was there has come; what comes now is live. May come more than once. */
  record CaughtUp() implements Event {}
}
