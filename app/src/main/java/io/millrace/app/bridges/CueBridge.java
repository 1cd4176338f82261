package io.millrace.app.bridges;

import io.millrace.catalog.StreamCues;
import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.Cues;
import io.millrace.packager.Told;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The catalogue's questions about cue points, answered by this node's packager. Thread-safe. */
public final class CueBridge implements StreamCues {
  private static final Duration SOON = Duration.ofSeconds(2);

  private final Cues cues;

  public CueBridge(Cues cues) {
    this.cues = cues;
  }

  /** Where no node packages anything that this one knows of. */
  public static StreamCues none() {
    return (action, app, stream, id, body) ->
        Future.failedFuture(new IllegalStateException("no origin is known here"));
  }

  @Override
  public Future<Answer> ask(Action action, String app, String stream, String id, JsonObject body) {
    StreamKey key = new StreamKey(app, stream);
    return switch (action) {
      case LIST -> cues.list(key).map(reply -> answer(reply, CueBridge::json));
      case MAKE -> make(key, body);
      case END_AT -> endAt(key, id, body);
      case TELL -> tell(key, body);
      case END -> end(key, id, new CueTime.NextCut());
    };
  }

  private Future<Answer> make(StreamKey key, JsonObject body) {
    CueReader reader = new CueReader(body);
    CueRequest request = reader.request();
    return reader.problems().isEmpty()
        ? cues.announce(key, request).map(reply -> answer(reply, CueBridge::json))
        : Future.succeededFuture(invalid(reader.problems()));
  }

  private Future<Answer> tell(StreamKey key, JsonObject body) {
    CueReader reader = new CueReader(body);
    MetadataRequest request = reader.metadata();
    return reader.problems().isEmpty()
        ? cues.tell(key, request).map(reply -> answer(reply, CueBridge::json))
        : Future.succeededFuture(invalid(reader.problems()));
  }

  private Future<Answer> endAt(StreamKey key, String id, JsonObject body) {
    CueReader reader = new CueReader(body);
    CueTime end = reader.end();
    return reader.problems().isEmpty()
        ? end(key, id, end)
        : Future.succeededFuture(invalid(reader.problems()));
  }

  private Future<Answer> end(StreamKey key, String id, CueTime time) {
    return cues.end(key, id, time)
        .map(
            reply ->
                switch (reply) {
                  case CueReply.Done<Optional<Cue>>(Optional<Cue> cue, boolean _) ->
                      new Done(200, cue.map(CueBridge::json).orElseGet(JsonObject::new));
                  case CueReply.Refused<Optional<Cue>>(CueReply.Reason reason, String words) ->
                      refused(reason, words);
                });
  }

  private static <T> Answer answer(CueReply<T> reply, Function<T, JsonObject> json) {
    return switch (reply) {
      case CueReply.Done<T>(T value, boolean isNew) ->
          new Done(isNew ? 201 : 200, json.apply(value));
      case CueReply.Refused<T>(CueReply.Reason reason, String words) -> refused(reason, words);
    };
  }

  private static Answer refused(CueReply.Reason reason, String words) {
    return switch (reason) {
      case OFF_AIR -> refused(404, "stream-not-live", words, Optional.empty());
      case STARTING -> refused(503, "stream-starting", words, Optional.of(SOON));
      case UNKNOWN -> refused(404, "cue-not-found", words, Optional.empty());
      case TAKEN -> refused(409, "cue-exists", words, Optional.empty());
      case FULL -> refused(409, "too-many-cues", words, Optional.empty());
      case UNSTORED -> refused(503, "not-stored", words, Optional.of(SOON));
      case UNUSABLE -> invalid(List.of(field(words)));
    };
  }

  private static Answer refused(
      int status, String code, String words, Optional<Duration> retryAfter) {
    return new Refused(new Problem(status, code, words), List.of(), retryAfter);
  }

  /** The broadcast's own names of fields are those of the API, but for when it starts or ends. */
  private static FieldProblem field(String words) {
    int colon = words.indexOf(": ");
    String field = colon < 0 ? "id" : words.substring(0, colon);
    return new FieldProblem(
        switch (field) {
          case "start" -> "at";
          case "end" -> "endAt";
          default -> field;
        },
        words.substring(colon < 0 ? 0 : colon + 2));
  }

  private static Answer invalid(List<FieldProblem> fields) {
    return new Refused(
        new Problem(400, "invalid-request", "the request has fields that cannot be used"),
        List.copyOf(fields),
        Optional.empty());
  }

  private static JsonObject json(Told told) {
    return new JsonObject()
        .put("id", told.id())
        .put("at", told.date().toString())
        .put("mediaTime", told.mediaTime().toNanos() / 1e9);
  }

  private static JsonObject json(List<Cue> all) {
    JsonArray items = new JsonArray();
    all.forEach(cue -> items.add(json(cue)));
    return new JsonObject().put("cues", items);
  }

  private static JsonObject json(Cue cue) {
    JsonObject json =
        new JsonObject()
            .put("id", cue.id())
            .put("kind", CueReader.word(cue.kind()))
            .put("class", cue.cueClass())
            .put("state", CueReader.word(cue.state()))
            .put("autoReturn", cue.autoReturn());
    cue.startDate().ifPresent(date -> json.put("at", date.toString()));
    cue.startNanos().ifPresent(nanos -> json.put("mediaTime", nanos / 1e9));
    cue.planned().ifPresent(planned -> json.put("duration", planned.toNanos() / 1e9));
    cue.endNanos().ifPresent(nanos -> json.put("endMediaTime", nanos / 1e9));
    cue.endDate().ifPresent(date -> json.put("endAt", date.toString()));
    cue.section().ifPresent(section -> json.put("scte35", section.getBytes()));
    JsonObject attributes = new JsonObject();
    cue.attributes()
        .forEach(
            (name, value) ->
                attributes.put(
                    name,
                    switch (value) {
                      case CueAttribute.Text(String text) -> text;
                      case CueAttribute.Decimal(BigDecimal number) -> number;
                      case CueAttribute.Bytes(Buffer bytes) ->
                          new JsonObject().put("hex", HexFormat.of().formatHex(bytes.getBytes()));
                    }));
    return json.put("attributes", attributes);
  }
}
