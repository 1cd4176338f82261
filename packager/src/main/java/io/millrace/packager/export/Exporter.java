package io.millrace.packager.export;

import io.millrace.media.BroadcastId;
import io.millrace.packager.ExportReply;
import io.millrace.packager.ExportReply.Reason;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.recording.AssetReader;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one MP4 of an asset, without encoding anything. Thread-safe. */
public final class Exporter {
  private static final Logger LOGGER = LoggerFactory.getLogger(Exporter.class);

  /** The first chunk's description is within, behind what may stand before it. */
  private static final int START = 256 << 10;

  /** Grows with each change of what is written, so that nobody puts two kinds of file together. */
  private static final int LAYOUT = 1;

  private final ObjectStore store;
  private final AssetReader reader;

  public Exporter(ObjectStore store, AssetReader reader) {
    this.store = store;
    this.reader = reader;
  }

  /**
   * Makes it ready to be read.
   *
   * @param rung {@code source}, {@code audio}, or a word like {@code 480p}; empty for the top one
   * @return completes on the caller's context; what goes wrong is a reply
   */
  public Future<ExportReply> export(BroadcastId id, Optional<String> rung) {
    return reader
        .read(id)
        .compose(
            found ->
                found
                    .map(asset -> choose(id, asset, rung))
                    .orElseGet(
                        () -> refused(Reason.UNKNOWN, "there is no such recording (any more)")))
        .recover(
            failure -> {
              LOGGER
                  .atWarn()
                  .addKeyValue("broadcast", id)
                  .addKeyValue("reason", failure.getMessage())
                  .log("a recording cannot be exported");
              return refused(Reason.NOT_STORED, "the object store does not have it as it should");
            });
  }

  private Future<ExportReply> choose(BroadcastId id, Presentation asset, Optional<String> rung) {
    return switch (ExportChoice.of(asset, rung)) {
      case ExportChoice.Refused(boolean noRung, String words) ->
          refused(noRung ? Reason.NO_RUNG : Reason.UNFIT, words);
      case ExportChoice.Tracks chosen -> lay(id, asset, chosen, rung.orElse(""));
    };
  }

  private Future<ExportReply> lay(
      BroadcastId id, Presentation asset, ExportChoice.Tracks chosen, String rung) {
    String prefix = ObjectNames.prefix(asset.broadcast());
    List<ExportTrack> tracks = chosen.tracks();
    List<Future<Buffer>> headers = new ArrayList<>();
    List<Future<Long>> times = new ArrayList<>();
    for (ExportTrack track : tracks) {
      String folder = prefix + track.rendition() + "/";
      String first = folder + track.segments().getFirst().name();
      headers.add(
          store
              .get(folder + track.init())
              .map(found -> found.orElseThrow(() -> lacks(folder + track.init())).content()));
      times.add(
          store
              .getRange(first, 0, START)
              .map(
                  found ->
                      ExportFragments.decodeTime(found.orElseThrow(() -> lacks(first)))
                          .orElseThrow(() -> lacks("the beginning of " + first))));
    }
    return Future.all(Future.all(headers), Future.all(times))
        .map(
            v -> {
              List<Buffer> inits = headers.stream().map(Future::result).toList();
              List<Long> zeros = zeros(inits, times.stream().map(Future::result).toList());
              return new ExportReply.Ready(
                  StoredExport.of(
                      store,
                      "\"" + id + "-" + rung + "-mp4-" + LAYOUT + "\"",
                      ExportHeader.of(inits, chosen.duration()),
                      prefix,
                      tracks,
                      zeros));
            });
  }

  /**
   * What is 0 in the file, in the ticks of each track: the earliest decode time of all. So sound
   * and picture stay together to a tick.
   */
  private static List<Long> zeros(List<Buffer> inits, List<Long> times) {
    double earliest = Double.MAX_VALUE;
    int of = 0;
    for (int i = 0; i < times.size(); i++) {
      double seconds = (double) times.get(i) / ExportHeader.timescale(inits.get(i));
      if (seconds < earliest) {
        earliest = seconds;
        of = i;
      }
    }
    long ticks = times.get(of);
    long scale = ExportHeader.timescale(inits.get(of));
    List<Long> zeros = new ArrayList<>();
    for (Buffer init : inits) {
      long other = ExportHeader.timescale(init);
      zeros.add(ticks / scale * other + ticks % scale * other / scale);
    }
    return zeros;
  }

  private static IllegalStateException lacks(String what) {
    return new IllegalStateException("the store lacks " + what);
  }

  private static Future<ExportReply> refused(Reason reason, String words) {
    return Future.succeededFuture(new ExportReply.Refused(reason, words));
  }
}
