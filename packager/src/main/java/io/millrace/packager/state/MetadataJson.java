package io.millrace.packager.state;

import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.OptionalLong;

/** What {@code state.json} says of timed metadata. */
final class MetadataJson {
  private MetadataJson() {}

  static JsonObject toJson(TimedMetadata metadata) {
    JsonObject json =
        new JsonObject().put("id", metadata.id()).put("mediaNanos", metadata.mediaNanos());
    metadata.durationNanos().ifPresent(nanos -> json.put("durationNanos", nanos));
    switch (metadata.content()) {
      case TimedMetadata.Text(String description, String value) ->
          json.put("description", description).put("text", value);
      case TimedMetadata.Private(String owner, Buffer data) ->
          json.put("owner", owner).put("data", data.getBytes());
      case TimedMetadata.Id3(Buffer tag) -> json.put("id3", tag.getBytes());
      case TimedMetadata.Event(String scheme, String value, Buffer data) ->
          json.put("scheme", scheme).put("value", value).put("data", data.getBytes());
    }
    return json;
  }

  /** Throws what a state does that is none. */
  static TimedMetadata parse(JsonObject json) {
    return new TimedMetadata(
        json.getLong("id"),
        json.getLong("mediaNanos"),
        json.containsKey("durationNanos")
            ? OptionalLong.of(json.getLong("durationNanos"))
            : OptionalLong.empty(),
        content(json));
  }

  private static TimedMetadata.Content content(JsonObject json) {
    if (json.containsKey("text")) {
      return new TimedMetadata.Text(json.getString("description"), json.getString("text"));
    }
    if (json.containsKey("owner")) {
      return new TimedMetadata.Private(json.getString("owner"), bytes(json, "data"));
    }
    return json.containsKey("id3")
        ? new TimedMetadata.Id3(bytes(json, "id3"))
        : new TimedMetadata.Event(
            json.getString("scheme"), json.getString("value"), bytes(json, "data"));
  }

  private static Buffer bytes(JsonObject json, String name) {
    return Buffer.buffer(json.getBinary(name));
  }
}
