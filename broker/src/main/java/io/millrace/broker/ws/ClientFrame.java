package io.millrace.broker.ws;

import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Beginning;
import io.millrace.broker.door.Draft;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.History;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client sends. An {@code id} is the client's own word for a request and its answer. */
sealed interface ClientFrame {
  /** Who it is; again later, with a newer token. */
  record Connect(@Nullable String id, Optional<String> token) implements ClientFrame {}

  record Ping(@Nullable String id) implements ClientFrame {}

  /** What only those may ask for who have said who they are. */
  sealed interface Request extends ClientFrame {}

  record Subscribe(
      String sub, String filter, Answer<Start> start, @Nullable String where, SlowPolicy policy)
      implements Request {}

  record Unsubscribe(String sub) implements Request {}

  /** Acknowledged when it has an id. */
  record Publish(@Nullable String id, Draft draft) implements Request {}

  record ReadHistory(
      String id, String filter, Answer<Start> start, @Nullable String where, int limit)
      implements Request {}

  /** The longest word that a client may give a request or a subscription. */
  int LONGEST_WORD = 64;

  /** As much as filters can be, percent of nothing: a namespace, a slash and a path. */
  int LONGEST_FILTER = 2048;

  /**
   * Reads a frame.
   *
   * @throws BadFieldException when a field is missing, wrong or not known
   */
  static ClientFrame of(Fields fields) {
    String type = fields.required("type", LONGEST_WORD);
    ClientFrame frame =
        switch (type) {
          case "connect" -> new Connect(id(fields), Optional.ofNullable(fields.string("token")));
          case "subscribe" ->
              new Subscribe(
                  fields.required("sub", LONGEST_WORD),
                  fields.required("filter", LONGEST_FILTER),
                  start(fields),
                  fields.string("where"),
                  policy(fields));
          case "unsubscribe" -> new Unsubscribe(fields.required("sub", LONGEST_WORD));
          case "publish" -> new Publish(id(fields), fields.draft(null, Optional.empty()));
          case "history" ->
              new ReadHistory(
                  fields.required("id", LONGEST_WORD),
                  fields.required("filter", LONGEST_FILTER),
                  start(fields),
                  fields.string("where"),
                  (int) fields.number("limit", 100, 1, History.MOST));
          case "ping" -> new Ping(id(fields));
          default -> throw new BadFieldException("the type is not known");
        };
    fields.rejectOthers();
    return frame;
  }

  private static @Nullable String id(Fields fields) {
    return fields.string("id") == null ? null : fields.required("id", LONGEST_WORD);
  }

  private static Answer<Start> start(Fields fields) {
    if (fields.isString("start")) {
      if (!"now".equals(fields.string("start"))) {
        throw new BadFieldException(
            "start is \"now\", {\"last\": …}, {\"since\": …} or {\"after\": …}");
      }
      return new Answer.Given<>(new Start.Now());
    }
    Fields start = fields.object("start");
    if (start == null) {
      return new Answer.Given<>(new Start.Now());
    }
    Answer<Start> answer =
        Beginning.of(start.scalar("last"), start.scalar("since"), start.string("after"));
    start.rejectOthers();
    return answer;
  }

  private static SlowPolicy policy(Fields fields) {
    String word = fields.string("policy");
    return word == null
        ? SlowPolicy.PAUSE
        : SlowPolicy.of(word).orElseThrow(() -> new BadFieldException(SlowPolicy.WORDS));
  }
}
