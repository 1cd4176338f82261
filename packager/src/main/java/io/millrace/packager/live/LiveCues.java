package io.millrace.packager.live;

import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.Cues;
import io.millrace.packager.Told;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Hands what is asked of cue points over to the broadcast's home context. Thread-safe. */
public final class LiveCues implements Cues {
  private final BroadcastWriters writers;

  public LiveCues(BroadcastWriters writers) {
    this.writers = writers;
  }

  @Override
  public Future<CueReply<Cue>> announce(StreamKey stream, CueRequest request) {
    return on(stream, writer -> writer.cueChanges().change(cues -> cues.announce(request)));
  }

  @Override
  public Future<CueReply<Optional<Cue>>> end(StreamKey stream, String id, CueTime time) {
    return on(stream, writer -> writer.cueChanges().change(cues -> cues.end(id, time)));
  }

  @Override
  public Future<CueReply<Told>> tell(StreamKey stream, MetadataRequest request) {
    return on(stream, writer -> writer.cueChanges().tell(request));
  }

  @Override
  public Future<CueReply<List<Cue>>> list(StreamKey stream) {
    return on(
        stream,
        writer -> Future.succeededFuture(new CueReply.Done<>(writer.cueChanges().all(), false)));
  }

  private <T> Future<CueReply<T>> on(
      StreamKey stream, Function<BroadcastWriter, Future<CueReply<T>>> work) {
    return writers
        .onAir(stream)
        .map(writer -> BroadcastWriters.onContext(writer.stream().home(), () -> work.apply(writer)))
        .orElseGet(
            () ->
                Future.succeededFuture(
                    new CueReply.Refused<>(
                        CueReply.Reason.OFF_AIR, "'" + stream + "' is not on air")));
  }
}
