package io.millrace.client;

import java.util.Optional;

/**
 * What a subscription is for. Immutable; each {@code with} gives another one.
 *
 * @param filter {@code namespace/path}, where {@code +} is one level and {@code #}, at the end, any
 *     number of them
 * @param where an expression over the message that has to hold; empty for all messages
 */
public record Interest(String filter, Start start, Optional<String> where, SlowPolicy policy) {
  /** From now on, all messages, without gaps. */
  public static Interest in(String filter) {
    return new Interest(filter, Start.now(), Optional.empty(), SlowPolicy.PAUSE);
  }

  public Interest withStart(Start from) {
    return new Interest(filter, from, where, policy);
  }

  public Interest withWhere(String expression) {
    return new Interest(filter, start, Optional.of(expression), policy);
  }

  public Interest withPolicy(SlowPolicy slow) {
    return new Interest(filter, start, where, slow);
  }
}
