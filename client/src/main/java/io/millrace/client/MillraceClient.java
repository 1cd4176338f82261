package io.millrace.client;

import io.millrace.client.wire.Backoff;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes and subscribes to topics over one WebSocket.
 *
 * <pre>{@code
 * try (MillraceClient client = MillraceClient.to("ws://localhost:8080/ws").token(key).open()) {
 *   client.subscribe(Interest.in("plant/#"), message -> System.out.println(message.text()));
 *   client.publish(Publication.json("plant/hall/t1", "{\"t\":21.5}")).join();
 * }
 * }</pre>
 *
 * <p>It connects in the background, and again when the connection is lost; what was not
 * acknowledged is sent again under the same message id, so that it is published once, and
 * subscriptions go on behind the last message, so that nothing is missed and nothing comes twice.
 *
 * <p><b>Threads.</b> All methods may be called by any thread and do not wait, but for {@link
 * #publish} when too many messages wait for their acknowledgement, {@link #awaitConnected} and
 * {@link #close}. Listeners are called by one thread at a time, which reads nothing meanwhile:
 * whatever waits belongs elsewhere. Futures are completed by that thread, or by a timer's.
 *
 * <p><b>Errors.</b> Futures fail with a {@link MillraceException}. What passes ({@code
 * unavailable}, {@code overloaded}, {@code rate-limited}, a lost connection) is tried again until
 * the timeout. The client ends by itself only when the server does not let it in.
 *
 * <p><b>Order.</b> Messages of one topic are published in the order of the calls: behind one that
 * was refused for now, the later ones of its topic wait until it is published or given up. What was
 * sent behind it before its refusal came cannot be held back: a server refuses that too where it is
 * the rate (for 100 ms), not where the log had no room ({@code overloaded}).
 */
public final class MillraceClient implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** The HTTP client of all who do not bring their own; its threads are daemons. */
  private static final class SharedHttp {
    private static final HttpClient CLIENT =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private final Session session;

  private MillraceClient(Options options) {
    session = new Session(options);
  }

  /**
   * A client to a server.
   *
   * @param address {@code ws://host:port/ws}, or {@code wss} for TLS
   * @throws IllegalArgumentException when it is no address
   */
  public static Builder to(String address) {
    return new Builder(URI.create(address));
  }

  public static Builder to(URI address) {
    return new Builder(address);
  }

  /** Waits until the server has let the client in for the first time. */
  public void awaitConnected(Duration timeout) throws InterruptedException {
    try {
      session.letIn().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new MillraceException(
          MillraceException.UNREACHABLE, "not connected within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof MillraceException reason
          ? reason
          : new MillraceException(MillraceException.UNREACHABLE, "not connected", e);
    }
  }

  /**
   * Publishes. Waits while as many messages as are allowed wait for their acknowledgement; a
   * listener does not wait, there the future fails with {@link MillraceException#FULL} then.
   *
   * @return completes when the message is as safe as its namespace promises
   */
  public CompletableFuture<Published> publish(Publication message) {
    return session.publish(message);
  }

  /**
   * Publishes several messages, in their order.
   *
   * @return completes when all are acknowledged; fails when one is not, with the first one's reason
   */
  public CompletableFuture<List<Published>> publishAll(List<Publication> messages) {
    List<CompletableFuture<Published>> results = messages.stream().map(this::publish).toList();
    return CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> results.stream().map(CompletableFuture::join).toList());
  }

  /**
   * Completes when everything that was published before is acknowledged or has failed; each
   * message's own future says which.
   */
  public CompletableFuture<Void> flush() {
    return session.flush();
  }

  /**
   * Subscribes. Whether it is refused the listener hears.
   *
   * @throws MillraceException when the client has ended
   */
  public Subscription subscribe(Interest interest, SubscriptionListener listener) {
    return session.subscribe(interest, listener);
  }

  /**
   * Subscribes, to take the messages when there is time for them.
   *
   * @throws MillraceException when the client has ended
   */
  public MessageStream stream(Interest interest) {
    return new MessageStream(session, interest);
  }

  /**
   * Reads messages that were published before.
   *
   * @param interest from where; its policy is of no meaning
   * @param limit 1 to 1,000 messages; a page may have fewer although there are more
   */
  public CompletableFuture<HistoryPage> history(Interest interest, int limit) {
    return session.history(interest, limit);
  }

  /**
   * Waits until what was published has its answer, at most 10 s, and ends the client. What has none
   * by then fails with {@link MillraceException#CLOSED}. In a listener it does not wait.
   */
  @Override
  public void close() {
    try {
      if (!session.isHanding()) {
        session.flush().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Those who published hear it.
    }
    session.close();
  }

  /** Collects how a client is to be. */
  public static final class Builder {
    private final URI address;
    private Optional<Supplier<String>> token = Optional.empty();
    private @Nullable HttpClient http;
    private int maxInFlight = 1000;
    private Duration publishTimeout = Duration.ofSeconds(60);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration refusedFor = Duration.ZERO;
    private Backoff backoff = new Backoff(Duration.ofMillis(400), Duration.ofSeconds(20));
    private ConnectionListener listener = ConnectionListener.NONE;

    private Builder(URI address) {
      this.address = address;
    }

    /** A key, or a JWT that outlives the client. */
    public Builder token(String keyOrJwt) {
      token = Optional.of(() -> keyOrJwt);
      return this;
    }

    /**
     * Where tokens come from: asked before each connection, and before the one in use expires, on a
     * thread that may wait.
     */
    public Builder tokens(Supplier<String> source) {
      token = Optional.of(source);
      return this;
    }

    /** With its TLS settings and threads; the client does not close it. */
    public Builder httpClient(HttpClient client) {
      http = client;
      return this;
    }

    /** How many messages may wait for their acknowledgement; 1,000 unless told. */
    public Builder maxInFlight(int messages) {
      if (messages < 1) {
        throw new IllegalArgumentException("at least one message has to be in flight");
      }
      maxInFlight = messages;
      return this;
    }

    /**
     * How long a message is tried for; 60 s unless told. Up to two minutes, for which the server
     * knows its id again.
     */
    public Builder publishTimeout(Duration timeout) {
      if (!timeout.isPositive() || timeout.compareTo(Duration.ofMinutes(2)) > 0) {
        throw new IllegalArgumentException("up to two minutes, for the server forgets ids then");
      }
      publishTimeout = timeout;
      return this;
    }

    /** How long a history is tried for; 30 s unless told. */
    public Builder requestTimeout(Duration timeout) {
      requestTimeout = timeout;
      return this;
    }

    /** How long the server has to let the client in; 10 s unless told. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    /**
     * How long a client that was let in before comes again when it is refused; not at all unless
     * told. For tokens that are renewed together with the server, which may be asked for a moment
     * too early. Time in which there is no server does not count.
     */
    public Builder refusedFor(Duration longest) {
      refusedFor = longest;
      return this;
    }

    /**
     * How long to wait before connecting again: at random from half of a bound to all of it, which
     * doubles from the first to the longest; 400 ms and 20 s unless told.
     */
    public Builder reconnect(Duration first, Duration longest) {
      backoff = new Backoff(first, longest);
      return this;
    }

    public Builder listener(ConnectionListener hears) {
      listener = hears;
      return this;
    }

    /** Opens the client, which begins to connect; {@link #awaitConnected} waits for that. */
    public MillraceClient open() {
      MillraceClient client =
          new MillraceClient(
              new Options(
                  address,
                  token,
                  http == null ? SharedHttp.CLIENT : http,
                  maxInFlight,
                  publishTimeout,
                  requestTimeout,
                  connectTimeout,
                  refusedFor,
                  backoff,
                  listener));
      client.session.begin();
      return client;
    }
  }
}
