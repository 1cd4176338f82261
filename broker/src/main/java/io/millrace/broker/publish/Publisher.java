package io.millrace.broker.publish;

import io.millrace.access.PublishRate;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.last.Retained;
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

  /** Of ids that are remembered for each namespace, in bytes. */
  private static final long MOST_IDS = 256L << 20;

  private final OpenNamespace namespace;
  private final Optional<Appender> log;
  private final Following following;
  private final InstantSource clock;
  private final MessageIds ids;
  private final PublishRate rate;
  private final Retained retained;

  /**
   * @param log of this namespace; empty where it keeps nothing
   * @param retained messages of this namespace
   */
  public Publisher(
      OpenNamespace namespace,
      Optional<Appender> log,
      Following following,
      Retained retained,
      InstantSource clock) {
    this(namespace, log, following, clock, new MessageIds(MOST_IDS), rate(namespace), retained);
  }

  private Publisher(
      OpenNamespace namespace,
      Optional<Appender> log,
      Following following,
      InstantSource clock,
      MessageIds ids,
      PublishRate rate,
      Retained retained) {
    this.namespace = namespace;
    this.log = log;
    this.following = following;
    this.clock = clock;
    this.ids = ids;
    this.rate = rate;
    this.retained = retained;
  }

  private static PublishRate rate(OpenNamespace namespace) {
    return new PublishRate(namespace.settings().publishLimits(), System.nanoTime());
  }

  /** The one that follows when the namespace has changed; it knows the same ids. */
  public Publisher after(
      OpenNamespace changed, Optional<Appender> changedLog, Following changedFollowing) {
    boolean isAsBefore =
        changed.settings().publishLimits().equals(namespace.settings().publishLimits());
    return new Publisher(
        changed,
        changedLog,
        changedFollowing,
        clock,
        ids,
        isAsBefore ? rate : rate(changed),
        retained);
  }

  /**
   * Holds a publish against the namespace's own rate.
   *
   * @param size of headers and payload, in bytes
   * @param nowNanos of the JVM's monotonic clock
   * @return 0 when it may be published; else how many nanoseconds from now it might
   */
  public long take(int size, long nowNanos) {
    return rate.take(size, nowNanos);
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
    LogException full = publication.retain() ? retained.refusal(publication) : null;
    if (full != null) {
      done.failed(full);
    } else if (publication.id().isPresent()) {
      publish(publication, publication.id().get(), done);
    } else {
      append(publication, publication.retain() ? retaining(publication, done) : done);
    }
  }

  private void publish(Publication publication, String id, AppendResult done) {
    if (log.isPresent() && !following.isCaughtUp(log.get().partitionOf(publication.path()))) {
      // The id may be of a message that this run has not read yet.
      done.failed(unavailable("the log is still being read after a start; try again shortly"));
      return;
    }
    MessageIds.Claim claim;
    try {
      claim =
          ids.claim(
              publication.path(),
              id,
              publication.retain(),
              done,
              retained.again(publication.path(), namespace.settings().generation(), done),
              clock.millis());
    } catch (LogException e) {
      done.failed(e);
      return;
    }
    switch (claim) {
      case MessageIds.Claim.First(MessageIds.Appending first) ->
          append(publication, publication.retain() ? logged(publication, first) : first);
      case MessageIds.Claim.Known() -> {}
      case MessageIds.Claim.Doubt() -> {
        settle(publication.path(), id);
        done.failed(
            unavailable(
                "whether this message got into the log before is not known yet; try again"
                    + " shortly"));
      }
    }
  }

  private static LogException unavailable(String words) {
    return new LogException(LogException.Reason.UNAVAILABLE, words);
  }

  /** Looks whether all has been read that the log can have of a message that is in doubt. */
  private void settle(String path, String id) {
    log.ifPresent(
        appender -> {
          int partition = appender.partitionOf(path);
          following
              .end(partition)
              .onSuccess(
                  end -> {
                    if (following.read(partition) >= end) {
                      ids.settle(path, id);
                    }
                  });
        });
  }

  /** What the log answers, told before it is retained. */
  private AppendResult logged(Publication publication, MessageIds.Appending first) {
    AppendResult retaining = retaining(publication, first);
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        first.logged(partition, offset, timestamp);
        retaining.appended(partition, offset, timestamp);
      }

      @Override
      public void failed(LogException reason) {
        retaining.failed(reason);
      }
    };
  }

  private AppendResult retaining(Publication publication, AppendResult done) {
    return retained.retaining(publication, namespace.settings().generation(), done);
  }

  private void append(Publication publication, AppendResult result) {
    if (log.isPresent()) {
      log.get().append(publication, result);
    } else {
      namespace.deliver(publication, clock.millis(), result);
    }
  }

  /** A publisher is told that the log has its message: readers here are to see it from now on. */
  void acknowledged(int partition, long offset) {
    namespace.acknowledged(partition, offset);
  }

  /** What the tail of the log reads, whoever published it. */
  public void saw(List<Message> messages) {
    long now = clock.millis();
    for (Message message : messages) {
      // First this: who publishes it again under its id asks what is retained.
      if (message.retain()) {
        retained.saw(namespace.settings().generation(), message);
      }
      if (message.id() != null) {
        ids.saw(message, now);
      }
    }
  }

  public Retained retained() {
    return retained;
  }
}
