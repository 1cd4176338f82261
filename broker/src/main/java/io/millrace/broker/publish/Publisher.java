package io.millrace.broker.publish;

import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Publishes to one namespace: limits, ids, then the log, or where the namespace keeps nothing the
 * subscribers at once. Thread-safe; never blocks.
 */
public final class Publisher {
  /** How long a message's id is remembered. */
  public static final Duration WINDOW = MessageIds.WINDOW;

  /** Ids that are remembered for each namespace. */
  private static final int MOST_IDS = 1_000_000;

  private final OpenNamespace namespace;
  private final Optional<Appender> log;
  private final InstantSource clock;
  private final MessageIds ids;

  /**
   * @param log of this namespace; empty where it keeps nothing
   */
  public Publisher(OpenNamespace namespace, Optional<Appender> log, InstantSource clock) {
    this(namespace, log, clock, new MessageIds(MOST_IDS));
  }

  private Publisher(
      OpenNamespace namespace, Optional<Appender> log, InstantSource clock, MessageIds ids) {
    this.namespace = namespace;
    this.log = log;
    this.clock = clock;
    this.ids = ids;
  }

  /** The one that follows when the namespace has new settings; it knows the same ids. */
  public Publisher after(OpenNamespace changed, Optional<Appender> changedLog) {
    return new Publisher(changed, changedLog, clock, ids);
  }

  /**
   * Publishes a message.
   *
   * @param publication with a valid path; headers of the platform's own are for doors alone
   * @param done called once, on any thread, quickly; for an id that is known it tells of the
   *     message that is in the log already
   */
  public void publish(Publication publication, AppendResult done) {
    Namespace settings = namespace.settings();
    if (publication.sizeInBytes() > settings.maxMessageSize()) {
      done.failed(
          new LogException(
              LogException.Reason.TOO_LARGE,
              "the message has "
                  + publication.sizeInBytes()
                  + " bytes; the namespace "
                  + settings.name()
                  + " takes "
                  + settings.maxMessageSize()));
      return;
    }
    AppendResult result = done;
    if (publication.id().isPresent()) {
      try {
        result = ids.claim(publication.path(), publication.id().get(), done, clock.millis());
      } catch (LogException e) {
        done.failed(e);
        return;
      }
      if (result == null) {
        return;
      }
    }
    if (log.isPresent()) {
      log.get().append(publication, result);
    } else {
      namespace.deliver(publication, clock.millis(), result);
    }
  }

  /** What the tail of the log reads, whoever published it. */
  public void saw(List<Message> messages) {
    long now = clock.millis();
    for (Message message : messages) {
      if (message.id() != null) {
        ids.saw(message, now);
      }
    }
  }
}
