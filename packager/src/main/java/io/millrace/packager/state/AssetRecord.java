package io.millrace.packager.state;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Asset;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is stored of an asset: all that is needed to list it, to play it with its chunks, and to
 * remove it.
 *
 * @param stage whether it is shown; where it is not, why
 * @param targetSeconds the target duration of its playlists
 * @param chunks names of its {@link RecordedChunk}s, in order
 * @param renditions without segments; their formats are those of all segments
 */
public record AssetRecord(
    Asset asset, Stage stage, int targetSeconds, List<String> chunks, List<Rendition> renditions) {
  private static final int VERSION = 1;

  /** Of those that are being made; who knows of none must not take them for whole ones. */
  private static final int MAKING_VERSION = 2;

  /** How far an asset has come. */
  public enum Stage {
    /** Its objects are being put, and it is shown to nobody. */
    MAKING,
    /** It can be played. */
    WHOLE,
    /** It is on its way out, and shown to nobody. */
    REMOVING
  }

  public AssetRecord {
    chunks = List.copyOf(chunks);
    renditions = List.copyOf(renditions);
  }

  /** The broadcast that it is of. */
  public Broadcast broadcast() {
    return asset.broadcast();
  }

  /** The same, kept or not. */
  public AssetRecord withPin(boolean pinned) {
    return new AssetRecord(asset.withPin(pinned), stage, targetSeconds, chunks, renditions);
  }

  /** The same, when its objects are all there. */
  public AssetRecord made() {
    return new AssetRecord(asset, Stage.WHOLE, targetSeconds, chunks, renditions);
  }

  /** The same, on its way out. */
  public AssetRecord beingRemoved() {
    return new AssetRecord(asset, Stage.REMOVING, targetSeconds, chunks, renditions);
  }

  /** As JSON text. */
  public Buffer toBuffer() {
    JsonArray lines = new JsonArray();
    renditions.forEach(rendition -> lines.add(BroadcastState.toJson(rendition)));
    JsonObject json =
        new JsonObject()
            .put("version", stage == Stage.MAKING ? MAKING_VERSION : VERSION)
            .put("tenant", asset.tenant())
            .put("app", asset.stream().app())
            .put("stream", asset.stream().stream())
            .put("broadcast", asset.id().value())
            .put("startedAt", asset.startedAt().toString())
            .put("endedAt", asset.endedAt().toString())
            .put("durationNanos", asset.duration().toNanos())
            .put("bytes", asset.bytes())
            .put("width", asset.width())
            .put("height", asset.height())
            .put("pinned", asset.pinned())
            .put("removing", stage == Stage.REMOVING)
            .put("targetSeconds", targetSeconds)
            .put("chunks", new JsonArray(chunks))
            .put("renditions", lines);
    return AssetSourceJson.put(json, asset).toBuffer();
  }

  /**
   * Reads what {@link #toBuffer} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static AssetRecord parse(Buffer text) {
    try {
      JsonObject json = new JsonObject(text);
      Stage stage =
          switch (json.getInteger("version", 0)) {
            case VERSION -> json.getBoolean("removing", false) ? Stage.REMOVING : Stage.WHOLE;
            case MAKING_VERSION -> Stage.MAKING;
            default ->
                throw new IllegalArgumentException("asset of version " + json.getValue("version"));
          };
      List<String> chunks = new ArrayList<>();
      json.getJsonArray("chunks", new JsonArray()).forEach(name -> chunks.add(name.toString()));
      List<Rendition> renditions = new ArrayList<>();
      for (Object item : json.getJsonArray("renditions", new JsonArray())) {
        if (item instanceof JsonObject rendition) {
          renditions.add(BroadcastState.rendition(rendition));
        }
      }
      return new AssetRecord(
          asset(json), stage, json.getInteger("targetSeconds", 0), chunks, renditions);
    } catch (DecodeException | ClassCastException | DateTimeException | NullPointerException e) {
      throw new IllegalArgumentException("not an asset: " + e.getMessage(), e);
    }
  }

  private static Asset asset(JsonObject json) {
    return new Asset(
        new BroadcastId(json.getString("broadcast", "")),
        json.getString("tenant", ""),
        new StreamKey(json.getString("app", ""), json.getString("stream", "")),
        BroadcastState.instant(json, "startedAt"),
        BroadcastState.instant(json, "endedAt"),
        Duration.ofNanos(json.getLong("durationNanos", 0L)),
        json.getLong("bytes", 0L),
        json.getInteger("width", 0),
        json.getInteger("height", 0),
        json.getBoolean("pinned", false),
        AssetSourceJson.madeAt(json),
        json.getString(AssetSourceJson.TITLE, ""),
        AssetSourceJson.source(json));
  }
}
