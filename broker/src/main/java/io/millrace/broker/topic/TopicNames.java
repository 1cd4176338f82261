package io.millrace.broker.topic;

import io.millrace.access.Names;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What topics and filters may be called within a namespace, whose own name {@link
 * Names#namespaceProblem} judges; one rule for every door and for the log. The rules are those of
 * MQTT 5 sections 1.5.4 and 4.7, with its SHOULD NOTs refused and with closer bounds.
 */
public final class TopicNames {
  /**
   * The longest path in bytes of UTF-8. A path is the key of each of its records and is kept for
   * every topic in an index, so MQTT's 65,535 would let a stranger fill memory with names; and
   * every topic is to fit into a request's line, also percent-encoded, which makes it three times
   * as long.
   */
  public static final int MAX_PATH_BYTES = 1_024;

  /** The most levels of a path: what one message or one filter may cost a {@link TopicTree}. */
  public static final int MAX_LEVELS = 32;

  /** The most characters of a share's name in {@code $share/{group}/{filter}}. */
  public static final int MAX_GROUP_LENGTH = 128;

  private TopicNames() {}

  /** What is wrong with the path of a topic, in words for the user; empty when it is fine. */
  public static Optional<String> pathProblem(String path) {
    return problem("a topic's path", path, false);
  }

  /** What is wrong with the path of a filter, in words for the user; empty when it is fine. */
  public static Optional<String> filterProblem(String path) {
    return problem("a filter's path", path, true);
  }

  /** What is wrong with a share's name (MQTT 5 section 4.8.2); empty when it is fine. */
  static Optional<String> groupProblem(String group) {
    if (group.isEmpty()) {
      return Optional.of("a share's name is empty");
    }
    if (group.length() > MAX_GROUP_LENGTH) {
      return Optional.of("a share's name has at most " + MAX_GROUP_LENGTH + " characters");
    }
    if (group.indexOf('/') >= 0) {
      return Optional.of("a share's name has no '/', not " + Names.quoted(group));
    }
    return problem("a share's name", group, false);
  }

  private static Optional<String> problem(String what, String path, boolean wildcards) {
    if (path.isEmpty()) {
      return Optional.of(what + " is empty");
    }
    int bytes = 0;
    int levels = 1;
    // No character takes less than a byte, so a path that is too long is not read to its end.
    for (int i = 0; i < path.length() && bytes <= MAX_PATH_BYTES; i++) {
      char c = path.charAt(i);
      if (c == '/') {
        levels++;
      } else if (c == '+' || c == '#') {
        String wrong = wildcards ? wildcardProblem(path, i) : "has no '" + c + "'";
        if (wrong != null) {
          return Optional.of(what + " " + wrong + ", not " + Names.quoted(path));
        }
      } else if (isControl(c)) {
        return forbidden(what, c, i);
      } else if (Character.isSurrogate(c)) {
        int point = path.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(point) || isNonCharacter(point)) {
          return forbidden(what, point, i);
        }
        bytes += 2;
        i++;
      } else if (isNonCharacter(c)) {
        return forbidden(what, c, i);
      }
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    if (bytes > MAX_PATH_BYTES) {
      return Optional.of(what + " has at most " + MAX_PATH_BYTES + " bytes of UTF-8");
    }
    if (levels > MAX_LEVELS) {
      return Optional.of(what + " has at most " + MAX_LEVELS + " levels, not " + levels);
    }
    return Optional.empty();
  }

  /** MQTT 5 sections 4.7.1.2 and 4.7.1.3. */
  private static @Nullable String wildcardProblem(String path, int at) {
    boolean begins = at == 0 || path.charAt(at - 1) == '/';
    boolean last = at + 1 == path.length();
    if (path.charAt(at) == '#') {
      return begins && last ? null : "has '#' only as its whole last level";
    }
    return begins && (last || path.charAt(at + 1) == '/') ? null : "has '+' only as a whole level";
  }

  private static Optional<String> forbidden(String what, int point, int at) {
    return Optional.of("%s may not have U+%04X, as at %d".formatted(what, point, at));
  }

  private static boolean isControl(char c) {
    return c <= 0x1F || (c >= 0x7F && c <= 0x9F);
  }

  private static boolean isNonCharacter(int point) {
    return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
  }
}
