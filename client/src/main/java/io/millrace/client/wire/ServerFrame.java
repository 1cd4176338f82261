package io.millrace.client.wire;

import io.millrace.client.Gap;
import io.millrace.client.HistoryPage;
import io.millrace.client.Message;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the server sends. */
public sealed interface ServerFrame {
  /**
   * The client was let in.
   *
   * @param expires when the credential ends by itself
   */
  record Connected(String principal, Optional<Instant> expires, long pingMillis)
      implements ServerFrame {}

  record Published(String id, Instant time, Optional<String> position) implements ServerFrame {}

  record Subscribed(String sub, boolean mayRepeat, Optional<String> position)
      implements ServerFrame {}

  record Delivered(String sub, Message message) implements ServerFrame {}

  record GapTold(String sub, Gap gap) implements ServerFrame {}

  record CaughtUp(String sub, Optional<String> position) implements ServerFrame {}

  record Ended(String sub, String code, String message) implements ServerFrame {}

  record History(String id, HistoryPage page) implements ServerFrame {}

  /** A request or a subscription was refused; neither is named when the connection itself was. */
  record Refused(@Nullable String id, @Nullable String sub, String code, String message)
      implements ServerFrame {
    /**
     * Whether it says that the client is not let in, or is about to be put out.
     *
     * @param request the id of the frame that said who the client is
     */
    public boolean isOfConnection(String request) {
      return sub == null && (id == null || id.equals(request));
    }
  }

  /** Nothing to do about it. */
  record Other(String type) implements ServerFrame {}
}
