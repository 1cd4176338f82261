package io.millrace.broker.door;

import io.millrace.broker.Parsed;
import io.millrace.broker.hub.Start;
import io.millrace.broker.position.Position;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads where a subscription is to begin, as clients write it. At most one may be given. */
public final class Beginning {
  private Beginning() {}

  /**
   * @param last how many messages; null when that is not given
   * @param since a time: milliseconds since 1970 or ISO 8601
   * @param after the position of the last message that was had
   * @return now where nothing is given
   */
  public static Answer<Start> of(
      @Nullable String last, @Nullable String since, @Nullable String after) {
    int given = (last == null ? 0 : 1) + (since == null ? 0 : 1) + (after == null ? 0 : 1);
    if (given > 1) {
      return refused("only one of last, since and after says where to begin");
    }
    if (last != null) {
      return last(last);
    }
    if (since != null) {
      return since(since);
    }
    return after == null ? new Answer.Given<>(new Start.Now()) : after(after);
  }

  private static Answer<Start> last(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= Start.Last.MOST) {
        return new Answer.Given<>(new Start.Last(count));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    return refused("last is a number from 1 to " + Start.Last.MOST);
  }

  private static Answer<Start> since(String text) {
    try {
      long time =
          !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')
              ? Long.parseLong(text)
              : Instant.parse(text).toEpochMilli();
      return new Answer.Given<>(new Start.Since(time));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      return refused("since is a time in milliseconds, or for example 2026-01-31T12:00:00Z");
    }
  }

  private static Answer<Start> after(String token) {
    return switch (Position.parse(token)) {
      case Parsed.Value<Position>(Position position) ->
          new Answer.Given<>(new Start.After(position));
      case Parsed.Refused<Position>(String problem) ->
          new Answer.Refused<>(Refusal.Code.BAD_POSITION, problem);
    };
  }

  private static Answer<Start> refused(String message) {
    return new Answer.Refused<>(Refusal.Code.BAD_REQUEST, message);
  }
}
