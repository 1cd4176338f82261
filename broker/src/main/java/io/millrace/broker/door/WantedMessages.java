package io.millrace.broker.door;

import io.millrace.broker.Parsed;
import io.millrace.broker.message.Message;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.Verdict;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to have of a namespace.
 *
 * @param where which of the messages that match
 */
record WantedMessages(TopicFilter filter, Predicate<Message> where) {
  /**
   * Reads what a client says.
   *
   * @param filterText {@code namespace/path} with wildcards
   * @param where an expression; null for all messages
   */
  static Answer<WantedMessages> parse(DoorLoop loop, String filterText, @Nullable String where) {
    if (!(TopicFilter.parse(filterText) instanceof Parsed.Value<TopicFilter>(TopicFilter filter))) {
      String problem = ((Parsed.Refused<TopicFilter>) TopicFilter.parse(filterText)).problem();
      return new Answer.Refused<>(Refusal.Code.BAD_FILTER, problem);
    }
    if (where == null) {
      return new Answer.Given<>(new WantedMessages(filter, all -> true));
    }
    try {
      Expression expression = Expression.parse(where);
      return new Answer.Given<>(
          new WantedMessages(
              filter,
              message ->
                  expression.test(loop.subject(filter.namespace(), message)) == Verdict.MATCH));
    } catch (ExpressionException e) {
      return new Answer.Refused<>(Refusal.Code.BAD_EXPRESSION, String.valueOf(e.getMessage()));
    }
  }
}
