package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.PackagerMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The presentations of this node: the newest of each stream, and each broadcast's. Thread-safe. */
public final class Presentations {
  private final ConcurrentHashMap<BroadcastId, PresentationSlot> byBroadcast =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<StreamKey, PresentationSlot> newest = new ConcurrentHashMap<>();

  private final HeldCount held;

  /**
   * @param mostHeld how many requests may wait for what is not listed yet
   */
  public Presentations(int mostHeld, PackagerMetrics metrics) {
    this.held = new HeldCount(mostHeld, metrics);
  }

  /**
   * Makes room for a broadcast; it becomes its stream's newest if it started last.
   *
   * @param window what its live playlists cover
   */
  PresentationSlot open(Broadcast broadcast, Duration window) {
    PresentationSlot slot = new PresentationSlot(broadcast, window, held);
    byBroadcast.put(broadcast.id(), slot);
    newest.merge(
        broadcast.stream(),
        slot,
        (old, fresh) -> old.broadcast().id().compareTo(fresh.broadcast().id()) > 0 ? old : fresh);
    return slot;
  }

  /** A broadcast's playlists are gone from now on; what they listed can still be asked for. */
  void withdraw(PresentationSlot slot) {
    slot.withdraw();
    newest.remove(slot.broadcast().stream(), slot);
  }

  /** Forgets a broadcast. */
  void remove(PresentationSlot slot) {
    slot.withdraw();
    byBroadcast.remove(slot.broadcast().id(), slot);
    newest.remove(slot.broadcast().stream(), slot);
  }

  /** The stream's newest broadcast. */
  public Optional<PresentationSlot> newest(StreamKey stream) {
    return Optional.ofNullable(newest.get(stream));
  }

  public Optional<PresentationSlot> find(BroadcastId broadcast) {
    return Optional.ofNullable(byBroadcast.get(broadcast));
  }

  Collection<PresentationSlot> all() {
    return byBroadcast.values();
  }

  int size() {
    return byBroadcast.size();
  }
}
