package io.millrace.packager.state;

import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** What an asset's record says of how it was made; nothing where it is a whole broadcast. */
final class AssetSourceJson {
  static final String TITLE = "title";
  private static final String CLIP = "clip";
  private static final String MADE_AT = "madeAt";

  private AssetSourceJson() {}

  static JsonObject put(JsonObject json, Asset asset) {
    if (!asset.title().isEmpty()) {
      json.put(TITLE, asset.title());
    }
    return switch (asset.source()) {
      case AssetSource.Whole _ -> json;
      case AssetSource.Clip clip ->
          json.put(MADE_AT, asset.madeAt().toString())
              .put(
                  CLIP,
                  new JsonObject()
                      .put("of", clip.of().value())
                      .put("fromNanos", clip.from().toNanos())
                      .put("toNanos", clip.to().toNanos())
                      .put("beginsNanos", clip.begins().toNanos())
                      .put("endsNanos", clip.ends().toNanos()));
    };
  }

  static Instant madeAt(JsonObject json) {
    return BroadcastState.instant(json, json.containsKey(MADE_AT) ? MADE_AT : "endedAt");
  }

  static AssetSource source(JsonObject json) {
    JsonObject clip = json.getJsonObject(CLIP);
    return clip == null
        ? new AssetSource.Whole()
        : new AssetSource.Clip(
            new BroadcastId(clip.getString("of", "")),
            nanos(clip, "fromNanos"),
            nanos(clip, "toNanos"),
            nanos(clip, "beginsNanos"),
            nanos(clip, "endsNanos"));
  }

  private static Duration nanos(JsonObject json, String key) {
    return Duration.ofNanos(json.getLong(key, 0L));
  }
}
