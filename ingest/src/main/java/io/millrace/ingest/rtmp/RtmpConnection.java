package io.millrace.ingest.rtmp;

import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.IngestMetrics;
import io.millrace.ingest.PublishAttempt;
import io.millrace.ingest.PublishAuthorizer;
import io.millrace.ingest.PublishDecision;
import io.millrace.ingest.Strangers;
import io.millrace.media.EndReason;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.StreamProfile;
import io.millrace.media.UnsupportedMediaException;
import io.netty.buffer.ByteBuf;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One publisher's socket: feeds an {@link RtmpSession} and does what it says, asks who may publish,
 * hands media to the {@link Publication}, keeps the deadlines and pauses the socket while the
 * stream or the peer cannot take more. Lives on the socket's event loop.
 *
 * <p>Closing says why first, then goes on reading for a moment without listening: a reset would
 * throw the words away before the encoder has read them.
 */
public final class RtmpConnection {
  private static final Logger LOGGER = LoggerFactory.getLogger(RtmpConnection.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long LINGER_MILLIS = 500;

  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final String protocol;
  private final String peer;
  private final IngestMetrics metrics;
  private final CounterDataPoint receivedBytes;
  private final Strangers strangers;
  private final PublishAuthorizer authorizer;
  private final LiveStreams streams;
  private final ReadTurns turns;
  private final RtmpSession session;
  private final RtmpDeadlines deadlines;
  private final SocketFlow flow;
  private final Promise<Void> closed = Promise.promise();

  private @Nullable Publication publication;
  private @Nullable PublishAddress address;
  private boolean wasAdmitted;
  private long skippedBefore;
  private boolean closing;
  private boolean over;
  private long timer = -1;

  private RtmpConnection(
      Vertx vertx,
      NetSocket socket,
      String protocol,
      IngestConfig config,
      IngestMetrics metrics,
      Strangers strangers,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      ReadTurns turns) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.protocol = protocol;
    this.peer = String.valueOf(socket.remoteAddress().hostAddress());
    this.metrics = metrics;
    this.receivedBytes = metrics.receivedBytes.labelValues(protocol);
    this.strangers = strangers;
    this.authorizer = authorizer;
    this.streams = streams;
    this.turns = turns;
    this.session =
        new RtmpSession(
            config.maxMessageSize(), config.trackWait(), config.firstKeyframeTimeout(), RANDOM);
    this.deadlines = new RtmpDeadlines(config, System.nanoTime());
    this.flow =
        new SocketFlow(socket, session::waitingBytes, () -> deadlines.heard(System.nanoTime()));
  }

  /** Why this side closes one, as the metrics call it. */
  public static List<String> closeReasons() {
    return Arrays.stream(CloseReason.values()).map(CloseReason::label).toList();
  }

  /**
   * Takes over an accepted socket; called on its event loop.
   *
   * @param protocol rtmp or rtmps
   * @param turns of its event loop
   */
  public static RtmpConnection serve(
      Vertx vertx,
      NetSocket socket,
      String protocol,
      IngestConfig config,
      IngestMetrics metrics,
      Strangers strangers,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      ReadTurns turns) {
    RtmpConnection connection =
        new RtmpConnection(
            vertx, socket, protocol, config, metrics, strangers, authorizer, streams, turns);
    metrics.connections.labelValues(protocol).inc();
    ((NetSocketInternal) socket).messageHandler(connection::received);
    socket.exceptionHandler(
        e -> LOGGER.atDebug().addKeyValue("peer", connection.peer).setCause(e).log("socket"));
    socket.closeHandler(v -> connection.lost());
    connection.armTimer();
    return connection;
  }

  /** Completes when the socket is closed. */
  public Future<Void> closed() {
    return closed.future();
  }

  /** This server is stopping: says so and closes. Called on the connection's event loop. */
  public Future<Void> shutdown() {
    run(session.close(CloseReason.SHUTDOWN, "this server is stopping"));
    if (!closing) {
      closeSocket();
    }
    return closed.future();
  }

  /** What was read is used where it is, outside of the heap, and given back. */
  private void received(Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      received(BufferInternal.buffer(bytes.readerIndex() == 0 ? bytes : bytes.slice()));
    } finally {
      bytes.release();
    }
  }

  private void received(Buffer bytes) {
    receivedBytes.inc(bytes.length());
    if (closing || over) {
      return;
    }
    if (publication != null) {
      publication.heard();
    }
    List<RtmpAction> actions;
    try {
      actions = session.receive(bytes);
    } catch (RuntimeException e) {
      LOGGER.atError().addKeyValue("peer", peer).setCause(e).log("a publisher's bytes broke us");
      actions = session.close(CloseReason.FAILED, "the server could not read this stream");
    }
    deadlines.heard(System.nanoTime());
    run(actions);
    if (publication != null) {
      publication.skipped(session.skipped() - skippedBefore);
    }
    flow.update();
  }

  private void run(List<RtmpAction> actions) {
    for (RtmpAction action : actions) {
      switch (action) {
        case RtmpAction.Send(Buffer bytes) -> flow.write(bytes);
        case RtmpAction.Decide(PublishAddress wanted) -> decide(wanted);
        case RtmpAction.Media(var event) -> media(event);
        case RtmpAction.Unpublished() -> endPublication(EndReason.UNPUBLISHED);
        case RtmpAction.Close(CloseReason reason, String message) -> close(reason, message);
      }
    }
    if (deadlines.enter(session.phase(), System.nanoTime()) && !closing && !over) {
      vertx.cancelTimer(timer);
      armTimer();
    }
  }

  private void media(MediaEvent event) {
    try {
      if (publication != null && !publication.write(event)) {
        flow.setStreamFull(true);
      }
    } catch (UnsupportedMediaException e) {
      String words = Objects.toString(e.getMessage(), "unsupported");
      run(session.close(CloseReason.UNSUPPORTED, words));
    }
  }

  private void decide(PublishAddress wanted) {
    address = wanted;
    PublishAttempt attempt =
        new PublishAttempt(wanted.stream(), wanted.key(), protocol, peer, wanted.parameters());
    Future<PublishDecision> decision;
    try {
      decision = authorizer.authorize(attempt);
    } catch (RuntimeException e) {
      decision = Future.failedFuture(e);
    }
    decision.onComplete(
        answer ->
            context.runOnContext(
                v -> {
                  if (answer.succeeded()) {
                    decided(wanted, answer.result());
                  } else {
                    failed("nobody could decide about a publisher", answer.cause());
                  }
                }));
  }

  private void decided(PublishAddress wanted, PublishDecision decision) {
    if (closing || over) {
      return;
    }
    switch (decision) {
      case PublishDecision.Refused(String message) ->
          run(session.close(CloseReason.REFUSED, message));
      case PublishDecision.Allowed(String tenant, Optional<String> key, StreamProfile profile) ->
          streams
              .publish(
                  new PublishRequest(
                      wanted.stream(),
                      tenant,
                      protocol,
                      peer,
                      wanted.input(),
                      key,
                      profile,
                      this::evicted))
              .onSuccess(this::admitted)
              .onFailure(e -> failed("a publisher could not be let in", e));
    }
  }

  private void failed(String what, Throwable cause) {
    warning().setCause(cause).log(what);
    run(session.close(CloseReason.FAILED, "the server cannot take this stream now; try again"));
    flow.update();
  }

  private void admitted(PublishOutcome outcome) {
    switch (outcome) {
      case PublishOutcome.Busy(String message) -> run(session.close(CloseReason.BUSY, message));
      case PublishOutcome.Accepted(Publication accepted) -> {
        if (closing || over) {
          accepted.end(EndReason.CONNECTION_LOST);
          return;
        }
        publication = accepted;
        flow.join(turns);
        skippedBefore = session.skipped();
        wasAdmitted = true;
        accepted.onWritable(
            () -> {
              flow.setStreamFull(false);
              flow.update();
            });
        metrics.publications.labelValues(protocol).inc();
        run(session.accept());
      }
    }
    flow.update();
  }

  private void evicted(EndReason reason) {
    publication = null;
    flow.leave();
    run(
        switch (reason) {
          case TAKEN_OVER ->
              session.close(CloseReason.TAKEN_OVER, "another publisher took over this stream");
          case SHUTDOWN -> session.close(CloseReason.SHUTDOWN, "this server is stopping");
          case MALFORMED, UNSUPPORTED ->
              session.close(CloseReason.FAILED, "the server could not handle this stream");
          case KEY_ENDED -> session.close(CloseReason.REFUSED, "the publish key has ended");
          case ENDED_BY_API, UNPUBLISHED, CONNECTION_LOST ->
              session.close(CloseReason.ENDED, "this broadcast was ended");
        });
  }

  private void endPublication(EndReason reason) {
    flow.setStreamFull(false);
    flow.leave();
    if (publication != null) {
      publication.end(reason);
      publication = null;
    }
  }

  private void close(CloseReason reason, String message) {
    metrics.closed.labelValues(protocol, reason.label()).inc();
    if (wasAdmitted) {
      warning()
          .addKeyValue("reason", reason.label())
          .addKeyValue("message", message)
          .log("publisher closed");
    } else {
      strangers.turnedAway(reason.label(), address == null ? peer : peer + " " + address, message);
    }
    endPublication(
        switch (reason) {
          case UNSUPPORTED -> EndReason.UNSUPPORTED;
          case MALFORMED, FAILED -> EndReason.MALFORMED;
          case SHUTDOWN -> EndReason.SHUTDOWN;
          default -> EndReason.CONNECTION_LOST;
        });
    closeSocket();
  }

  private LoggingEventBuilder warning() {
    LoggingEventBuilder event =
        LOGGER.atWarn().addKeyValue("protocol", protocol).addKeyValue("peer", peer);
    return address == null ? event : event.addKeyValue("stream", address);
  }

  private void closeSocket() {
    closing = true;
    flow.release();
    vertx.cancelTimer(timer);
    vertx.setTimer(LINGER_MILLIS, id -> socket.close());
  }

  /** The socket is closed, by whichever side. */
  private void lost() {
    if (over) {
      return;
    }
    over = true;
    vertx.cancelTimer(timer);
    flow.closed();
    run(session.lost());
    endPublication(EndReason.CONNECTION_LOST);
    metrics.skipped.labelValues(protocol).inc(session.skipped());
    metrics.connections.labelValues(protocol).dec();
    closed.tryComplete();
  }

  private void armTimer() {
    long nanos = deadlines.left(System.nanoTime());
    timer = vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1), id -> check());
  }

  private void check() {
    long now = System.nanoTime();
    if (flow.isStreamFull()) {
      deadlines.heard(now);
    }
    deadlines.expired(now).ifPresent(reason -> run(session.close(reason, deadlines.words(reason))));
    if (!closing && !over) {
      armTimer();
    }
  }
}
