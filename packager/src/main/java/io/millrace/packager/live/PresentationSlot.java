package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.presentation.Presentation;
import java.util.List;
import java.util.Optional;

/** Where a broadcast's newest presentation is found; one context writes, any thread reads. */
public final class PresentationSlot {
  private final Broadcast broadcast;
  private volatile Presentation current;
  private volatile boolean withdrawn;

  PresentationSlot(Broadcast broadcast) {
    this.broadcast = broadcast;
    this.current = Presentation.unwritten(broadcast, 0, List.of(), Optional.empty());
  }

  public Broadcast broadcast() {
    return broadcast;
  }

  public Presentation current() {
    return current;
  }

  /** Whether its playlists are gone; segments may still be asked for. */
  public boolean isWithdrawn() {
    return withdrawn;
  }

  void withdraw() {
    withdrawn = true;
  }

  void swap(Presentation next) {
    current = next;
  }
}
