package io.millrace.client;

import java.util.List;
import java.util.Optional;

/**
 * Messages that were published before.
 *
 * @param gaps where messages are missing
 * @param position where to read on, as {@link Start#after}; empty where the namespace keeps nothing
 * @param isComplete whether there was no more
 */
public record HistoryPage(
    List<Message> messages, List<Gap> gaps, Optional<String> position, boolean isComplete) {
  public HistoryPage {
    messages = List.copyOf(messages);
    gaps = List.copyOf(gaps);
  }
}
