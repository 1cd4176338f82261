package io.millrace.media;

import java.util.ArrayList;
import java.util.List;

/** Everybody who reads one live stream. On the stream's home context. */
final class Readers {
  private final List<LiveReader> readers = new ArrayList<>();
  private long droppedByFormer;

  void add(LiveReader reader) {
    readers.add(reader);
  }

  /** Offers an event to all, and forgets those that are closed. */
  void tell(MediaEvent event) {
    for (int i = readers.size() - 1; i >= 0; i--) {
      if (readers.get(i).isClosed()) {
        droppedByFormer += readers.remove(i).droppedSamples();
      }
    }
    for (int i = 0; i < readers.size(); i++) {
      readers.get(i).offer(event);
    }
  }

  /** Samples that readers, present and former ones, were too slow for. */
  long droppedSamples() {
    long dropped = droppedByFormer;
    for (int i = 0; i < readers.size(); i++) {
      dropped += readers.get(i).droppedSamples();
    }
    return dropped;
  }
}
