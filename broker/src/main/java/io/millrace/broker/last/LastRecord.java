package io.millrace.broker.last;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of a namespace's companion. A topic has two of them, so that who writes the one need not
 * know the other: its last value under its path, its retained message under its path behind U+0000,
 * which no path has. The header {@value Headers#AT} says where the message lies, or lay, in the
 * log:
 *
 * <pre>
 *   mr-at   generation/partition/offset/timestamp, decimal digits
 * </pre>
 *
 * @param isRetained the retained message, else the last value; a retained message without a payload
 *     says that there is none
 * @param generation of the namespace's log that the message is, or was, in
 * @param message as it is, or was, in the log
 */
public record LastRecord(boolean isRetained, int generation, Message message) {
  private static final char BEFORE_RETAINED = '\0';
  private static final int PARTS = 4;

  /** The key of a topic's last value or retained message. */
  static String key(boolean isRetained, String path) {
    return isRetained ? BEFORE_RETAINED + path : path;
  }

  /** Whether it says that the topic has no retained message. */
  boolean isCleared() {
    return isRetained && message.payload().length == 0;
  }

  /** What is left of a retained message that has expired: from there on there is none. */
  LastRecord cleared() {
    return new LastRecord(
        true,
        generation,
        new Message(
            message.path(),
            message.partition(),
            message.offset(),
            message.timestamp(),
            null,
            true,
            Message.NEVER,
            Headers.NONE,
            new byte[0]));
  }

  /** Whether it was published behind another one of its topic. */
  boolean isAfter(LastRecord other) {
    return generation != other.generation
        ? generation > other.generation
        : message.offset() > other.message.offset();
  }

  /** What is appended to the companion. */
  Publication publication() {
    Headers.Builder headers = Headers.builder();
    headers.add(
        Headers.AT,
        generation
            + "/"
            + message.partition()
            + "/"
            + message.offset()
            + "/"
            + message.timestamp());
    message.headers().forEach(headers::add);
    return new Publication(
        key(isRetained, message.path()),
        Optional.ofNullable(message.id()),
        message.retain(),
        message.expires(),
        headers.build(),
        message.payload());
  }

  /** Reads one; null for what this program has not written. */
  public static @Nullable LastRecord of(Message stored) {
    boolean isRetained = stored.path().charAt(0) == BEFORE_RETAINED;
    String path = isRetained ? stored.path().substring(1) : stored.path();
    String at = stored.headers().text(Headers.AT);
    if (at == null || path.isEmpty() || path.charAt(0) == BEFORE_RETAINED) {
      return null;
    }
    String[] parts = at.split("/", -1);
    if (parts.length != PARTS) {
      return null;
    }
    try {
      return new LastRecord(
          isRetained,
          Integer.parseInt(parts[0]),
          new Message(
              path,
              Integer.parseInt(parts[1]),
              Long.parseLong(parts[2]),
              Long.parseLong(parts[3]),
              stored.id(),
              stored.retain(),
              stored.expires(),
              without(stored.headers()),
              stored.payload()));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Headers without(Headers stored) {
    Headers.Builder headers = Headers.builder();
    stored.forEach(
        (name, value) -> {
          if (!name.equals(Headers.AT)) {
            headers.add(name, value);
          }
        });
    return headers.build();
  }

  /** A marker of the companion: all last values before an offset have been copied into it. */
  record Copied(int generation, int partition, long until) {
    private static final String BEFORE = "\0\0";

    Publication publication() {
      return Publication.of(
          BEFORE + generation + "/" + partition,
          Long.toString(until).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads one; null for what is none. */
    static @Nullable Copied of(Message stored) {
      int slash = stored.path().indexOf('/');
      if (!stored.path().startsWith(BEFORE) || slash < 0) {
        return null;
      }
      try {
        return new Copied(
            Integer.parseInt(stored.path().substring(BEFORE.length(), slash)),
            Integer.parseInt(stored.path().substring(slash + 1)),
            Long.parseLong(new String(stored.payload(), StandardCharsets.US_ASCII)));
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }
}
