package io.millrace.app.bridges;

import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.millrace.media.EndReason;
import io.millrace.media.LiveInputs;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.LiveStreams;
import io.millrace.media.StreamKey;
import io.millrace.media.TrackFormat;
import io.millrace.transcoding.TranscoderState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Who is on air, for the catalogue: this node's live streams and their viewers. Thread-safe. */
public final class LiveFacts implements LiveDirectory {
  private final LiveStreams streams;
  private final ToIntFunction<StreamKey> viewers;
  private final Function<StreamKey, Optional<TranscoderState>> transcoder;
  private final String still;

  /**
   * @param viewers how many watch a stream now
   * @param transcoder what the transcoder of a stream is doing, where it has one
   * @param still the file name of streams' pictures: {@code still.jpg}, or {@code still.mp4} where
   *     no JPEGs are made
   */
  public LiveFacts(
      LiveStreams streams,
      ToIntFunction<StreamKey> viewers,
      Function<StreamKey, Optional<TranscoderState>> transcoder,
      String still) {
    this.streams = streams;
    this.viewers = viewers;
    this.transcoder = transcoder;
    this.still = still;
  }

  @Override
  public Future<List<LiveEntry>> live() {
    return Future.succeededFuture(
        streams.statuses().stream()
            .filter(status -> status.state() != LiveState.ENDED)
            .map(this::entry)
            .sorted(Comparator.comparing(LiveEntry::startedAt))
            .toList());
  }

  @Override
  public Future<Optional<LiveEntry>> find(String app, String stream) {
    return Future.succeededFuture(
        streams
            .find(new StreamKey(app, stream))
            .map(live -> live.status())
            .filter(status -> status.state() != LiveState.ENDED)
            .map(this::entry));
  }

  @Override
  public Future<Optional<JsonObject>> health(String app, String stream) {
    StreamKey key = new StreamKey(app, stream);
    return Future.succeededFuture(
        streams
            .find(key)
            .filter(live -> live.status().state() != LiveState.ENDED)
            .map(
                live ->
                    HealthJson.of(
                        live.status(), live.inputs(), live.health(), transcoder.apply(key)))
            .or(
                () ->
                    streams
                        .findEnded(key)
                        .map(
                            ended ->
                                HealthJson.of(
                                    ended.status(),
                                    LiveInputs.NONE,
                                    ended.health(),
                                    Optional.empty()))));
  }

  @Override
  public Future<Boolean> end(String app, String stream) {
    return streams.end(new StreamKey(app, stream), EndReason.ENDED_BY_API);
  }

  private LiveEntry entry(LiveStatus status) {
    StreamKey key = status.broadcast().stream();
    Optional<TrackFormat.Video> video =
        status.tracks().stream()
            .map(track -> track.format())
            .filter(TrackFormat.Video.class::isInstance)
            .map(TrackFormat.Video.class::cast)
            .findFirst();
    String base = "/play/" + key;
    return new LiveEntry(
        key.app(),
        key.stream(),
        status.broadcast().id().value(),
        state(status.state()),
        status.broadcast().startedAt(),
        viewers.applyAsInt(key),
        video.map(TrackFormat.Video::width).orElse(0),
        video.map(TrackFormat.Video::height).orElse(0),
        status.tracks().stream().map(track -> track.format().codecs()).toList(),
        base + "/index.m3u8",
        video.map(format -> base + "/" + still));
  }

  private static LiveEntry.State state(LiveState state) {
    return switch (state) {
      case STARTING -> LiveEntry.State.STARTING;
      case ON_AIR -> LiveEntry.State.LIVE;
      case INTERRUPTED, ENDED -> LiveEntry.State.INTERRUPTED;
    };
  }
}
