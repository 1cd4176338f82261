package io.millrace.packager.state;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.packager.cue.CuePoint;
import io.millrace.packager.cue.CueState;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.cue.SpliceKey;
import io.millrace.packager.cue.StoredCues;
import io.millrace.packager.metadata.InbandEvents;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What {@code state.json} and the chunks of a recording say of cue points. */
final class CueJson {
  private CueJson() {}

  static JsonObject toJson(StoredCues cues) {
    return new JsonObject()
        .put("points", array(cues.points(), CueJson::toJson))
        .put("gone", new JsonArray(new ArrayList<>(cues.gone())))
        .put("tags", array(cues.tags(), CueJson::toJson))
        .put(
            "removed",
            array(
                cues.removed(),
                each ->
                    new JsonObject().put("id", each.id()).put("since", each.since().toString())))
        .put("metadata", array(cues.metadata(), MetadataJson::toJson))
        .put("schemes", array(cues.schemes(), CueJson::toJson));
  }

  /** Throws what a state does that is none. */
  static StoredCues parse(JsonObject json) {
    List<String> gone = new ArrayList<>();
    json.getJsonArray("gone", new JsonArray()).forEach(id -> gone.add(String.valueOf(id)));
    return new StoredCues(
        list(json, "points", CueJson::point),
        gone,
        list(json, "tags", CueJson::tag),
        list(
            json,
            "removed",
            each -> new DateRanges.Removed(each.getString("id"), instant(each, "since"))),
        list(json, "metadata", MetadataJson::parse),
        list(json, "schemes", CueJson::scheme));
  }

  static JsonObject toJson(RecordedCues cues) {
    return new JsonObject()
        .put("points", array(cues.points(), CueJson::toJson))
        .put("tags", array(cues.tags(), CueJson::toJson))
        .put("schemes", array(cues.schemes(), CueJson::toJson));
  }

  /** Throws what a state does that is none; no object is no cue points. */
  static RecordedCues recorded(@Nullable JsonObject json) {
    return json == null
        ? RecordedCues.NONE
        : new RecordedCues(
            list(json, "points", CueJson::point),
            list(json, "tags", CueJson::tag),
            list(json, "schemes", CueJson::scheme));
  }

  private static JsonObject toJson(InbandEvents events) {
    return new JsonObject().put("scheme", events.scheme()).put("value", events.value());
  }

  private static InbandEvents scheme(JsonObject json) {
    return new InbandEvents(json.getString("scheme"), json.getString("value"));
  }

  private static <T> JsonArray array(List<T> items, Function<T, JsonObject> toJson) {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(toJson.apply(item)));
    return array;
  }

  private static <T> List<T> list(JsonObject json, String name, Function<JsonObject, T> parse) {
    List<T> items = new ArrayList<>();
    for (Object item : json.getJsonArray(name, new JsonArray())) {
      items.add(parse.apply((JsonObject) item));
    }
    return items;
  }

  private static JsonObject toJson(CuePoint cue) {
    JsonObject json =
        new JsonObject()
            .put("number", cue.number())
            .put("id", cue.id())
            .put("kind", cue.kind().name())
            .put("state", cue.state().name())
            .put("class", cue.cueClass())
            .put("startNanos", cue.startNanos())
            .put("startsAtCut", cue.startsAtCut())
            .put("startDate", cue.startDate().toString())
            .put("autoReturn", cue.autoReturn())
            .put("endsAtCut", cue.endsAtCut());
    switch (cue.key()) {
      case SpliceKey.Insert(long eventId) -> json.put("insert", eventId);
      case SpliceKey.Segmentation(long eventId, int type) ->
          json.put("segmentation", eventId).put("type", type);
      case SpliceKey.ById(String id) -> json.put("key", id);
    }
    cue.plannedNanos().ifPresent(nanos -> json.put("plannedNanos", nanos));
    cue.endNanos().ifPresent(nanos -> json.put("endNanos", nanos));
    cue.endDate().ifPresent(date -> json.put("endDate", date.toString()));
    cue.out().ifPresent(section -> json.put("out", section.getBytes()));
    cue.in().ifPresent(section -> json.put("in", section.getBytes()));
    JsonObject attributes = new JsonObject();
    cue.attributes().forEach((name, value) -> attributes.put(name, toJson(value)));
    return json.put("attributes", attributes);
  }

  private static JsonObject toJson(CueAttribute value) {
    return switch (value) {
      case CueAttribute.Text(String text) -> new JsonObject().put("text", text);
      case CueAttribute.Bytes(Buffer bytes) -> new JsonObject().put("bytes", bytes.getBytes());
      case CueAttribute.Decimal(BigDecimal number) ->
          new JsonObject().put("number", number.toPlainString());
    };
  }

  private static CuePoint point(JsonObject json) {
    SortedMap<String, CueAttribute> attributes = new TreeMap<>();
    for (var each : json.getJsonObject("attributes", new JsonObject())) {
      attributes.put(each.getKey(), attribute((JsonObject) each.getValue()));
    }
    return new CuePoint(
        json.getLong("number"),
        json.getString("id"),
        key(json),
        Kind.valueOf(json.getString("kind")),
        CueState.valueOf(json.getString("state")),
        json.getString("class"),
        json.getLong("startNanos"),
        json.getBoolean("startsAtCut"),
        instant(json, "startDate"),
        nanos(json, "plannedNanos"),
        json.getBoolean("autoReturn"),
        nanos(json, "endNanos"),
        json.getBoolean("endsAtCut"),
        json.containsKey("endDate") ? Optional.of(instant(json, "endDate")) : Optional.empty(),
        bytes(json, "out"),
        bytes(json, "in"),
        attributes);
  }

  private static SpliceKey key(JsonObject json) {
    if (json.containsKey("insert")) {
      return new SpliceKey.Insert(json.getLong("insert"));
    }
    return json.containsKey("segmentation")
        ? new SpliceKey.Segmentation(json.getLong("segmentation"), json.getInteger("type"))
        : new SpliceKey.ById(json.getString("key"));
  }

  private static CueAttribute attribute(JsonObject json) {
    if (json.containsKey("text")) {
      return new CueAttribute.Text(json.getString("text"));
    }
    return json.containsKey("bytes")
        ? new CueAttribute.Bytes(Buffer.buffer(json.getBinary("bytes")))
        : new CueAttribute.Decimal(new BigDecimal(json.getString("number")));
  }

  private static JsonObject toJson(DateRanges.Tag tag) {
    return new JsonObject()
        .put("id", tag.id())
        .put("closing", tag.closing())
        .put("text", tag.text())
        .put("msn", tag.place().msn())
        .put("parts", tag.place().parts())
        .put("since", tag.since().toString());
  }

  private static DateRanges.Tag tag(JsonObject json) {
    return new DateRanges.Tag(
        json.getString("id"),
        json.getBoolean("closing"),
        json.getString("text"),
        new DateRanges.Place(json.getLong("msn"), json.getInteger("parts")),
        instant(json, "since"));
  }

  private static OptionalLong nanos(JsonObject json, String name) {
    return json.containsKey(name) ? OptionalLong.of(json.getLong(name)) : OptionalLong.empty();
  }

  private static Optional<Buffer> bytes(JsonObject json, String name) {
    return json.containsKey(name)
        ? Optional.of(Buffer.buffer(json.getBinary(name)))
        : Optional.empty();
  }

  private static Instant instant(JsonObject json, String name) {
    return Instant.parse(json.getString(name));
  }
}
