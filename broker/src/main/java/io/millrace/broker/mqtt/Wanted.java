package io.millrace.broker.mqtt;

import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Beginning;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription says that MQTT has no word for: user properties of SUBSCRIBE which begin with
 * {@code mr-}. Other user properties are the client's own.
 *
 * @param begin where it begins, as {@code last=10}, {@code since=…} or {@code after=…}; null for
 *     now
 * @param where an expression; null for all messages
 * @param positions whether each message says up to where it is delivered
 */
record Wanted(@Nullable String begin, @Nullable String where, boolean positions) {
  /** What a subscription wants that says nothing. */
  static final Wanted ALL = new Wanted(null, null, false);

  private static final String PREFIX = "mr-";
  private static final String POSITIONS = "positions";

  /** It is kept with the session, as text of at most 65,535 bytes. */
  private static final int LONGEST = 20_000;

  /** Reads the user properties of a SUBSCRIBE. */
  static Answer<Wanted> of(Properties properties) {
    Wanted wanted = ALL;
    for (Properties.Pair pair : properties.user()) {
      if (!pair.name().startsWith(PREFIX)) {
        continue;
      }
      String name = pair.name().substring(PREFIX.length());
      String value = pair.value();
      switch (name) {
        case "last", "since", "after" -> {
          if (wanted.begin != null) {
            return refused("only one of mr-last, mr-since and mr-after says where to begin");
          }
          if (value.length() > LONGEST) {
            return refused("mr-" + name + " has more than " + LONGEST + " characters");
          }
          String begin = name + "=" + value;
          if (start(begin) instanceof Answer.Refused<Start>(Refusal refusal)) {
            return new Answer.Refused<>(refusal);
          }
          wanted = new Wanted(begin, wanted.where, wanted.positions);
        }
        case "where" -> {
          if (wanted.where != null) {
            return refused("mr-where comes twice; && joins conditions");
          }
          wanted = new Wanted(wanted.begin, value, wanted.positions);
        }
        case POSITIONS -> {
          if (!value.equals("true") && !value.equals("false")) {
            return refused("mr-positions is true or false");
          }
          wanted = new Wanted(wanted.begin, wanted.where, value.equals("true"));
        }
        default -> {
          return refused(
              "there is no "
                  + pair.name()
                  + "; a subscription may have mr-last, mr-since, mr-after, mr-where and"
                  + " mr-positions");
        }
      }
    }
    return new Answer.Given<>(wanted);
  }

  private static <T> Answer<T> refused(String message) {
    return new Answer.Refused<>(Refusal.Code.BAD_REQUEST, message);
  }

  private static Answer<Start> start(String begin) {
    int end = begin.indexOf('=');
    String value = begin.substring(end + 1);
    return switch (begin.substring(0, end)) {
      case "last" -> Beginning.of(value, null, null);
      case "since" -> Beginning.of(null, value, null);
      default -> Beginning.of(null, null, value);
    };
  }

  /** Where it begins; empty for now. */
  Optional<Start> start() {
    return begin != null && start(begin) instanceof Answer.Given<Start>(Start start)
        ? Optional.of(start)
        : Optional.empty();
  }

  /** The same when it has begun. */
  Wanted begun() {
    return begin == null ? this : new Wanted(null, where, positions);
  }
}
