package io.millrace.broker.rest;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Draft;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.position.Position;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.RequestBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One {@code POST}: a message, or a batch of them. Belongs to the request's event loop. */
final class Publishing {
  /** The media type of a batch: a JSON array of messages as the WebSocket protocol has them. */
  static final String BATCH = "application/vnd.millrace.batch+json";

  private static final int MOST_IN_BATCH = 1000;
  private static final int MULTI_STATUS = 207;
  private static final String HEADER = "mr-header-";
  private static final String CLOUD_EVENT = "ce-";
  private static final int UNSUPPORTED_MEDIA_TYPE = 415;

  private static final Refusal ENCODED =
      new Refusal(
          Refusal.Code.BAD_REQUEST,
          "a message is kept as it comes, and nobody downstream would know that it is encoded: send"
              + " it without Content-Encoding, or, where subscribers are to decode it, with its"
              + " coding as the content type, for example application/gzip");

  private final DoorLoop loop;
  private final Client client;
  private final HttpServerRequest request;
  private final @Nullable String topic;

  /**
   * @param topic null where each message of a batch names its own
   */
  Publishing(DoorLoop loop, TopicGrant grant, HttpServerRequest request, @Nullable String topic) {
    this.loop = loop;
    // One answer is not cut off by the end of a grant that was good when it was asked for.
    this.client = loop.client(TopicsDoor.HTTP, grant, ended -> {});
    this.request = request;
    this.topic = topic;
  }

  void read(long maxBytes) {
    if (isEncoded()) {
      client.close();
      loop.metrics().refused(TopicsDoor.HTTP, ENCODED);
      // RFC 9110 section 12.5.3.
      request.response().putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
      Problems.send(
          request, new Problem(UNSUPPORTED_MEDIA_TYPE, "unsupported-encoding", ENCODED.message()));
      return;
    }
    RequestBody.read(request, maxBytes)
        .onSuccess(this::publish)
        .onFailure(
            failure -> {
              if (failure instanceof RequestBody.TooLargeException) {
                Refusal refusal =
                    new Refusal(
                        Refusal.Code.TOO_LARGE, "a request has at most " + maxBytes + " bytes");
                loop.metrics().refused(TopicsDoor.HTTP, refusal);
                refuse(refusal);
              } else {
                client.close();
              }
            });
  }

  private boolean isEncoded() {
    return request.headers().getAll(HttpHeaders.CONTENT_ENCODING).stream()
        .anyMatch(coding -> !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity"));
  }

  private void refuse(Refusal refusal) {
    client.close();
    Exchange.refuse(request, refusal);
  }

  private Refusal malformed(BadFieldException e) {
    Refusal refusal = new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()));
    loop.metrics().refused(TopicsDoor.HTTP, refusal);
    return refusal;
  }

  private void publish(Buffer body) {
    try {
      String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
      if (type != null && type.toLowerCase(Locale.ROOT).startsWith(BATCH)) {
        Parameters.check(request, Set.of());
        publishAll(Fields.readAll(body.getBytes(), MOST_IN_BATCH));
      } else if (topic == null) {
        throw new BadFieldException(
            "without a topic in the address, a batch is expected: " + BATCH);
      } else {
        Parameters.check(request, Set.of("retain", "ttl"));
        publishOne(topic, body.getBytes(), Optional.ofNullable(type));
      }
    } catch (BadFieldException e) {
      refuse(malformed(e));
    }
  }

  private void publishOne(String to, byte[] payload, Optional<String> type) {
    Draft draft = new Draft(to, payload, type, headers(), key(), retain(), ttl());
    client.publish(
        draft,
        new Client.PublishResult() {
          @Override
          public void published(@Nullable Position position, long time) {
            client.close();
            Exchange.json(request, 200, result(position, time).toBuffer().getBytes());
          }

          @Override
          public void refused(Refusal refusal) {
            refuse(refusal);
          }
        });
  }

  /** The {@code Idempotency-Key}, with the quotes of a structured field or without. */
  private Optional<String> key() {
    return Optional.ofNullable(request.getHeader("idempotency-key"))
        .map(
            key ->
                key.length() > 2 && key.startsWith("\"") && key.endsWith("\"")
                    ? key.substring(1, key.length() - 1)
                    : key);
  }

  private boolean retain() {
    String retain = request.getParam("retain", "false");
    if (!retain.equals("true") && !retain.equals("false")) {
      throw new BadFieldException("retain is true or false");
    }
    return retain.equals("true");
  }

  private long ttl() {
    String ttl = request.getParam("ttl");
    if (ttl == null) {
      return 0;
    }
    long millis = Durations.millis(ttl);
    if (millis <= 0) {
      throw new BadFieldException("ttl is a time, for example 30s");
    }
    return millis;
  }

  /**
   * {@code Mr-Header-Name: value} is the header {@code name}; the attributes of CloudEvents' HTTP
   * binding (3.1.3) become those of its Kafka binding (3.2.3): {@code ce-type} is {@code ce_type}.
   */
  private Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : request.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(HEADER)) {
        headers.put(name.substring(HEADER.length()), header.getValue());
      } else if (name.startsWith(CLOUD_EVENT)) {
        String value = PercentText.decode(header.getValue());
        headers.put(
            "ce_" + name.substring(CLOUD_EVENT.length()),
            value == null ? header.getValue() : value);
      }
    }
    return headers;
  }

  private void publishAll(List<Fields> messages) {
    if (messages.isEmpty()) {
      throw new BadFieldException("the batch is empty");
    }
    Optional<String> key = key();
    BatchAnswer answer = new BatchAnswer(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      publishOneOf(messages, i, key.map(its -> its + "/"), new InBatch(i, answer));
    }
  }

  /** What is wrong with one message concerns no other. */
  private void publishOneOf(
      List<Fields> messages, int number, Optional<String> key, InBatch result) {
    Draft draft;
    try {
      draft = messages.get(number).draft(topic, key.map(its -> its + number));
      messages.get(number).rejectOthers();
    } catch (BadFieldException e) {
      result.refused(malformed(e));
      return;
    }
    client.publish(draft, result);
  }

  private final class InBatch implements Client.PublishResult {
    private final int number;
    private final BatchAnswer answer;

    private InBatch(int number, BatchAnswer answer) {
      this.number = number;
      this.answer = answer;
    }

    @Override
    public void published(@Nullable Position position, long time) {
      answer.published(number, position, time);
      sendIfWhole();
    }

    @Override
    public void refused(Refusal refusal) {
      answer.refused(number, refusal);
      sendIfWhole();
    }

    private void sendIfWhole() {
      if (answer.isWhole()) {
        client.close();
        Exchange.json(request, answer.isGood() ? 200 : MULTI_STATUS, answer.toJson());
      }
    }
  }

  private static JsonObject result(@Nullable Position position, long time) {
    JsonObject result = new JsonObject().put("time", time);
    return position == null ? result : result.put("position", position.token());
  }
}
