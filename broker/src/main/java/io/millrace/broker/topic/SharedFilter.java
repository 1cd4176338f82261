package io.millrace.broker.topic;

import io.millrace.access.Names;
import io.millrace.broker.Parsed;
import java.util.Optional;

/**
 * A filter whose messages the members of a group share, written {@code $share/{group}/{filter}}
 * (MQTT 5 section 4.8.2).
 *
 * @param group the share's name
 * @param filter as the client wrote it; a {@link MountPoint} makes a {@link TopicFilter} of it
 */
public record SharedFilter(String group, String filter) {
  private static final String PREFIX = "$share/";

  /** Whether a filter of a client is to be read by {@link #parse}. */
  public static boolean isShared(String filter) {
    return filter.startsWith(PREFIX) || filter.equals("$share");
  }

  /** Reads the text form, without judging the filter in it. */
  public static Parsed<SharedFilter> parse(String text) {
    int slash = text.startsWith(PREFIX) ? text.indexOf('/', PREFIX.length()) : -1;
    if (slash < 0 || slash + 1 == text.length()) {
      return new Parsed.Refused<>(
          "a shared filter is written $share/group/filter, not " + Names.quoted(text));
    }
    String group = text.substring(PREFIX.length(), slash);
    Optional<String> problem = TopicNames.groupProblem(group);
    return problem.isPresent()
        ? new Parsed.Refused<>(problem.get())
        : new Parsed.Value<>(new SharedFilter(group, text.substring(slash + 1)));
  }

  /** The filter in a text, which is that itself where it is of no share. */
  public static String filterIn(String text) {
    return isShared(text) && parse(text) instanceof Parsed.Value<SharedFilter>(SharedFilter shared)
        ? shared.filter
        : text;
  }

  /** {@code $share/{group}/{filter}}. */
  @Override
  public String toString() {
    return PREFIX + group + "/" + filter;
  }
}
