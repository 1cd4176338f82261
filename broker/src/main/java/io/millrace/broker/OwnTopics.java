package io.millrace.broker;

import io.millrace.access.TopicPattern;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Optional;

/** The way into the platform's own namespace, for this program alone. Thread-safe. */
public final class OwnTopics {
  /** The log cannot take it now; the same may be published again later. */
  public static final class AwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AwayException(String message) {
      super(message);
    }
  }

  private final Broker broker;

  OwnTopics(Broker broker) {
    this.broker = broker;
  }

  /**
   * Publishes an event; never blocks.
   *
   * @param path of the topic within {@code sys}, valid
   * @param id under which it is published once
   * @param headers none of them the content type
   * @param json belongs to the log from now on
   * @return on any thread, when the log has it; fails with {@link AwayException} or {@link
   *     LogException}
   */
  public Future<Void> publish(String path, String id, Map<String, String> headers, byte[] json) {
    Promise<Void> done = Promise.promise();
    Headers.Builder all = Headers.builder().add(Headers.CONTENT_TYPE, "application/json");
    headers.forEach(all::add);
    broker
        .find(TopicPattern.OWN_NAMESPACE)
        .ifPresentOrElse(
            sys ->
                sys.publisher()
                    .publish(
                        new Publication(
                            path, Optional.of(id), false, Message.NEVER, all.build(), json),
                        new Outcome(done)),
            // It is made at the start, so it can only not be served now.
            () -> done.fail(new AwayException("the platform's own namespace is not served now")));
    return done.future();
  }

  private record Outcome(Promise<Void> done) implements AppendResult {
    @Override
    public void appended(int partition, long offset, long timestamp) {
      done.complete();
    }

    @Override
    public void failed(LogException reason) {
      boolean isAway =
          switch (reason.reason()) {
            case OVERLOADED, UNAVAILABLE -> true;
            case TOO_LARGE, NO_SUCH_NAMESPACE, REFUSED -> false;
          };
      done.fail(isAway ? new AwayException(String.valueOf(reason.getMessage())) : reason);
    }
  }
}
