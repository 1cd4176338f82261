package io.millrace.media;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What others see of a broadcast, and who is told when its state changes. Changed by the stream's
 * home context, read from any thread.
 */
final class StatusRecord {
  private final Clock wall;
  private final StateListener onState;
  private volatile LiveStatus present;

  /** Of a broadcast that has no publisher yet. */
  StatusRecord(Broadcast broadcast, Clock wall, StateListener onState) {
    this.wall = wall;
    this.onState = onState;
    this.present = new LiveStatus(broadcast, LiveState.STARTING, wall.instant(), List.of(), "", "");
  }

  LiveStatus present() {
    return present;
  }

  boolean isEnded() {
    return present.state() == LiveState.ENDED;
  }

  /** A publisher has been let in, whose tracks are not known yet. */
  void accepted(String protocol, String peer) {
    change(LiveState.STARTING, List.of(), protocol, peer, Optional.empty());
  }

  /** Another input goes on, in the state that there is. */
  void switched(String protocol, String peer) {
    change(present.state(), present.tracks(), protocol, peer, Optional.empty());
  }

  /** The publisher has these tracks. */
  void tracks(List<Track> tracks) {
    change(present.state(), tracks, present.protocol(), present.peer(), Optional.empty());
  }

  /** The publisher's media is shown. */
  void onAir(List<Track> tracks) {
    change(LiveState.ON_AIR, tracks, present.protocol(), present.peer(), Optional.empty());
  }

  /** There is no publisher any more: the broadcast waits for one, or has ended. */
  void left(LiveState state, EndReason reason) {
    change(state, present.tracks(), present.protocol(), present.peer(), Optional.of(reason));
  }

  private void change(
      LiveState state,
      List<Track> tracks,
      String protocol,
      String peer,
      Optional<EndReason> reason) {
    LiveStatus before = present;
    Instant since = before.state() == state ? before.since() : wall.instant();
    LiveStatus now = new LiveStatus(before.broadcast(), state, since, tracks, protocol, peer);
    present = now;
    if (before.state() != state) {
      onState.changed(now, reason);
    }
  }
}
