package io.millrace.broker.rest;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Credentials;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.DoorNames;
import io.millrace.broker.door.Doors;
import io.millrace.broker.door.Refusal;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Topics over HTTP, at {@value #TOPICS} and {@value #SUBSCRIBE}. Thread-safe; each request belongs
 * to its event loop.
 */
public final class TopicsDoor {
  static final String TOPICS = "/api/v1/topics";
  static final String SUBSCRIBE = "/api/v1/subscribe";

  /** The words in metrics and credentials. */
  static final String HTTP = DoorNames.HTTP;

  static final String SSE = DoorNames.SSE;

  private static final String TOPIC_METHODS = "GET, HEAD, POST, OPTIONS";
  private static final String BATCH_METHODS = "POST, OPTIONS";
  private static final String SUBSCRIBE_METHODS = "GET, OPTIONS";

  private final Doors doors;
  private final TrustedProxies proxies;
  private final long maxBodyBytes;

  /**
   * @param maxBodyBytes of a request; messages are bounded by their namespaces as well
   */
  public TopicsDoor(Doors doors, TrustedProxies proxies, long maxBodyBytes) {
    this.doors = doors;
    this.proxies = proxies;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Its places, before there is a log. */
  public static List<LateMount> places() {
    return List.of(new LateMount(TOPICS), new LateMount(SUBSCRIBE));
  }

  public List<Mount> mounts() {
    return List.of(new Mount(TOPICS, this::topics), new Mount(SUBSCRIBE, this::subscribe));
  }

  private void topics(HttpServerRequest request) {
    Exchange.allowOrigins(request);
    String path = String.valueOf(request.path());
    if (path.length() <= TOPICS.length() + 1) {
      batch(request);
      return;
    }
    String topic = PercentText.decode(path.substring(TOPICS.length() + 1));
    if (topic == null) {
      Exchange.refuse(
          request, new Refusal(Refusal.Code.BAD_TOPIC, "the address is not percent-encoded UTF-8"));
      return;
    }
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.POST)) {
      letIn(request, HTTP, publishing(request, topic));
    } else if (method.equals(HttpMethod.GET) && wantsEvents(request)) {
      letIn(
          request, SSE, (loop, grant) -> SseConnection.open(loop, grant, request, List.of(topic)));
    } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      letIn(request, HTTP, (loop, grant) -> new HistoryAnswer(loop, grant, request).read(topic));
    } else if (method.equals(HttpMethod.OPTIONS)) {
      Exchange.options(request, TOPIC_METHODS);
    } else {
      Exchange.methodNotAllowed(request, TOPIC_METHODS);
    }
  }

  private void batch(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.POST)) {
      letIn(request, HTTP, publishing(request, null));
    } else if (request.method().equals(HttpMethod.OPTIONS)) {
      Exchange.options(request, BATCH_METHODS);
    } else {
      Exchange.methodNotAllowed(request, BATCH_METHODS);
    }
  }

  private BiConsumer<DoorLoop, TopicGrant> publishing(
      HttpServerRequest request, @Nullable String topic) {
    return (loop, grant) -> new Publishing(loop, grant, request, topic).read(maxBodyBytes);
  }

  private void subscribe(HttpServerRequest request) {
    Exchange.allowOrigins(request);
    if (request.method().equals(HttpMethod.OPTIONS)) {
      Exchange.options(request, SUBSCRIBE_METHODS);
    } else if (!request.method().equals(HttpMethod.GET)) {
      Exchange.methodNotAllowed(request, SUBSCRIBE_METHODS);
    } else {
      List<String> filters = request.params().getAll("filter");
      if (filters.isEmpty() || filters.size() > SseConnection.MOST_FILTERS) {
        Exchange.refuse(
            request,
            new Refusal(
                Refusal.Code.BAD_REQUEST,
                "the address has 1 to " + SseConnection.MOST_FILTERS + " parameters 'filter'"));
      } else {
        letIn(request, SSE, (loop, grant) -> SseConnection.open(loop, grant, request, filters));
      }
    }
  }

  private static boolean wantsEvents(HttpServerRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.contains("text/event-stream");
  }

  /** Asks who it is; nothing of the request's body is read before that is known. */
  private void letIn(
      HttpServerRequest request, String protocol, BiConsumer<DoorLoop, TopicGrant> then) {
    DoorLoop loop = doors.here();
    request.pause();
    loop.authenticate(Credentials.of(request, proxies, protocol))
        .onSuccess(
            answer -> {
              if (request.response().closed()) {
                // Gone while it was asked who it is: nobody would hear of that again.
                return;
              }
              switch (answer) {
                case Answer.Given<TopicGrant>(TopicGrant grant) -> then.accept(loop, grant);
                case Answer.Refused<TopicGrant>(Refusal refusal) -> {
                  loop.metrics().refused(protocol, refusal);
                  Exchange.refuse(request, refusal);
                }
              }
              request.resume();
            });
  }
}
