package io.millrace.packager.live;

import io.millrace.media.BroadcastId;
import io.millrace.packager.state.AssetRecord;

/** Where the recordings of this node's broadcasts go. Any thread. */
public interface RecordingShelf {
  /** Records nothing. */
  RecordingShelf NONE =
      new RecordingShelf() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public boolean hasRoom() {
          return false;
        }

        @Override
        public void recorded(BroadcastId broadcast, long bytes) {}

        @Override
        public void refused() {}

        @Override
        public void sealed(AssetRecord asset) {}

        @Override
        public void gone(BroadcastId broadcast) {}
      };

  /** Whether broadcasts that begin now are recorded. */
  boolean isOn();

  /** Whether what leaves the playlists now can be kept. */
  boolean hasRoom();

  /** So much of a broadcast that goes on has left its playlists and is kept. */
  void recorded(BroadcastId broadcast, long bytes);

  /** A segment that leaves its playlist is not kept: there is no room. */
  void refused();

  /** A broadcast has ended and its asset is in the store. */
  void sealed(AssetRecord asset);

  /** A broadcast is no longer written here. */
  void gone(BroadcastId broadcast);
}
