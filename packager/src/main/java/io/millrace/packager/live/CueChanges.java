package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.Told;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one broadcast's cue points and timed metadata, answered when the store has what
 * came of it. Confined to the broadcast's home context.
 */
final class CueChanges {
  /** How long whoever asks waits for the store. */
  private static final long STORE_SECONDS = 5;

  private final Broadcast broadcast;
  private final BroadcastCues cues;
  private final PresentationPublisher publisher;
  private final BooleanSupplier isOver;
  private final BooleanSupplier isPlayable;
  private final Runnable show;

  /** The showing that follows the one under way, when there is something for it. */
  private @Nullable Future<Void> next;

  /**
   * @param isOver whether the broadcast has ended here
   * @param isPlayable whether every rendition has had a segment
   * @param show has everything stored and shown
   */
  CueChanges(
      Broadcast broadcast,
      BroadcastCues cues,
      PresentationPublisher publisher,
      BooleanSupplier isOver,
      BooleanSupplier isPlayable,
      Runnable show) {
    this.broadcast = broadcast;
    this.cues = cues;
    this.publisher = publisher;
    this.isOver = isOver;
    this.isPlayable = isPlayable;
    this.show = show;
  }

  /** Changes cue points. */
  <T> Future<CueReply<T>> change(Function<BroadcastCues, CueReply<T>> work) {
    if (isOver.getAsBoolean() || !isPlayable.getAsBoolean()) {
      return Future.succeededFuture(notNow());
    }
    CueReply<T> reply = work.apply(cues);
    if (!(reply instanceof CueReply.Done<T> done)) {
      return Future.succeededFuture(reply);
    }
    if (done.isNew()) {
      show.run();
    }
    return answer(done, publisher.settled());
  }

  /** Has something told; what is near is told of at once, as the media that it comes with. */
  Future<CueReply<Told>> tell(MetadataRequest request) {
    if (isOver.getAsBoolean() || !isPlayable.getAsBoolean()) {
      return Future.succeededFuture(notNow());
    }
    CueReply<Told> reply = cues.tell(request);
    return reply instanceof CueReply.Done<Told> done && !cues.isNear(done.value().mediaTime())
        ? answer(done, done.isNew() ? storedWithOthers() : publisher.settled())
        : Future.succeededFuture(reply);
  }

  /**
   * Nothing of it is in the playlists, so that one state tells of all that came while the one
   * before was on its way to the store.
   */
  private Future<Void> storedWithOthers() {
    if (publisher.settled().isComplete()) {
      show.run();
      return publisher.settled();
    }
    Future<Void> following = next;
    if (following == null) {
      following = publisher.settled().compose(v -> showNext());
      next = following;
    }
    return following;
  }

  private Future<Void> showNext() {
    next = null;
    if (!isOver.getAsBoolean()) {
      show.run();
    }
    return publisher.settled();
  }

  /** All cue points. */
  List<Cue> all() {
    return cues.all();
  }

  private <T> CueReply<T> notNow() {
    return isOver.getAsBoolean()
        ? new CueReply.Refused<>(
            CueReply.Reason.OFF_AIR, "'" + broadcast.stream() + "' is not on air")
        : new CueReply.Refused<>(
            CueReply.Reason.STARTING, "nothing of '" + broadcast.stream() + "' can be played yet");
  }

  private <T> Future<CueReply<T>> answer(CueReply.Done<T> done, Future<Void> stored) {
    return stored
        .timeout(STORE_SECONDS, TimeUnit.SECONDS)
        .<CueReply<T>>map(done)
        .otherwise(
            new CueReply.Refused<>(
                CueReply.Reason.UNSTORED,
                "it is done, but the store has not taken it yet; ask the same again"));
  }
}
