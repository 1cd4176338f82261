package io.millrace.ingest;

import io.millrace.ingest.rtmp.RtmpClientSession;
import io.millrace.ingest.rtmp.RtmpClientSession.State;
import io.millrace.media.MediaEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Publishes media to an RTMP server, this one or another. Used on the context on which {@link
 * #connect} was called.
 */
public final class RtmpPublisher {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RTMP_PORT = 1935;

  /** What encoders and services use; a Millrace server's own is 1936. */
  private static final int RTMPS_PORT = 443;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final NetClient client;
  private final NetSocket socket;
  private final RtmpClientSession session;
  private final Promise<RtmpPublisher> started = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private Runnable onWritable = () -> {};
  private boolean ending;

  /** The server does not take the stream; the message is what it said. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private RtmpPublisher(
      Vertx vertx, NetClient client, NetSocket socket, RtmpClientSession session) {
    this.vertx = vertx;
    this.client = client;
    this.socket = socket;
    this.session = session;
  }

  /**
   * Connects and asks to publish.
   *
   * @param address {@code rtmp://host[:port]/app/stream[?key=…]}, or {@code rtmps} with a
   *     certificate that this machine trusts
   * @return completes when the server takes media; fails with a {@link RefusedException} when it
   *     refuses, or with what went wrong on the network
   * @throws IllegalArgumentException when the address has another form
   */
  public static Future<RtmpPublisher> connect(Vertx vertx, URI address) {
    String path = String.valueOf(address.getRawPath());
    int slash = path.lastIndexOf('/');
    String host = address.getHost();
    boolean secure = "rtmps".equals(address.getScheme());
    if (!(secure || "rtmp".equals(address.getScheme())) || host == null || slash < 1) {
      throw new IllegalArgumentException("an RTMP address is rtmp://host/app/stream");
    }
    String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    String app = path.substring(1, slash);
    int usual = secure ? RTMPS_PORT : RTMP_PORT;
    int port = address.getPort() < 0 ? usual : address.getPort();
    RtmpClientSession session =
        new RtmpClientSession(
            app,
            path.substring(slash + 1) + query,
            address.getScheme() + "://" + host + ":" + port + "/" + app);
    NetClient client =
        vertx.createNetClient(
            new NetClientOptions()
                .setTcpNoDelay(true)
                .setSsl(secure)
                .setHostnameVerificationAlgorithm("HTTPS")
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis()));
    return client
        .connect(port, host)
        .onFailure(e -> client.close())
        .compose(socket -> new RtmpPublisher(vertx, client, socket, session).start());
  }

  /**
   * Sends one event: first {@link MediaEvent.TracksReady}, then samples in decoding order.
   *
   * @return false when more should wait until {@link #onWritable}'s handler runs; the event itself
   *     has been taken
   */
  public boolean write(MediaEvent event) {
    Buffer bytes = session.media(event);
    if (bytes.length() > 0) {
      socket.write(bytes);
    }
    return !socket.writeQueueFull();
  }

  /** Sets what is called when a full queue has room again. */
  public void onWritable(Runnable handler) {
    onWritable = handler;
  }

  /** Unpublishes, waits a moment for the server's answer, and closes the connection. */
  public Future<Void> end() {
    if (!ending) {
      ending = true;
      Buffer bytes = session.end();
      if (bytes.length() > 0) {
        socket.write(bytes);
        vertx.setTimer(END_TIMEOUT.toMillis(), id -> socket.close());
      } else {
        socket.close();
      }
    }
    return closed.future();
  }

  /**
   * Completes when the connection is closed after {@link #end}; fails when the server ends it
   * before, with a {@link RefusedException} where it said why.
   */
  public Future<Void> closed() {
    return closed.future();
  }

  private Future<RtmpPublisher> start() {
    socket.handler(this::received);
    socket.closeHandler(v -> lost());
    socket.exceptionHandler(e -> started.tryFail(e));
    socket.drainHandler(v -> onWritable.run());
    socket.write(session.start(RANDOM));
    long timer =
        vertx.setTimer(
            CONNECT_TIMEOUT.toMillis(),
            id -> {
              started.tryFail(new RefusedException("the server does not answer"));
              socket.close();
            });
    return started.future().onComplete(v -> vertx.cancelTimer(timer));
  }

  private void received(Buffer bytes) {
    Buffer answer = session.receive(bytes);
    if (answer.length() > 0) {
      socket.write(answer);
    }
    if (session.state() == State.PUBLISHING) {
      started.tryComplete(this);
    } else if (session.state() == State.REFUSED || session.state() == State.ENDED) {
      socket.close();
    }
  }

  private void lost() {
    RefusedException why =
        new RefusedException(
            session.state() == State.REFUSED
                ? session.refusal()
                : "the server closed the connection");
    started.tryFail(why);
    if (ending) {
      closed.tryComplete();
    } else {
      closed.tryFail(why);
    }
    client.close();
  }
}
