package io.millrace.packager.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.TimedMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MetadataQueueTest {
  private final MetadataQueue queue = new MetadataQueue();

  @Test
  void ofWhatOneLineHasHadTheOldestGoesWhenItIsTooMany() {
    for (int i = 0; i < MetadataQueue.MOST_KEPT + 10; i++) {
      queue.add(metadata(i), 1);
    }
    assertThat(ids(take("source"))).hasSize(MetadataQueue.MOST_KEPT + 10);

    assertThat(ids(take("rung"))).hasSize(MetadataQueue.MOST_KEPT).startsWith(10L);
  }

  @Test
  void ofWhatOneLineHasHadTheOldestGoesWhenItIsTooLarge() {
    queue.add(metadata(1), 1 << 20);
    queue.add(metadata(2), MetadataQueue.MOST_KEPT_BYTES - 1);
    queue.add(metadata(3), 1);
    take("source");

    assertThat(ids(take("rung"))).containsExactly(2L, 3L);
    assertThat(queue.pendingBytes()).isZero();
  }

  @Test
  void whatNobodyHasHadStaysHoweverMuchOthersHaveHad() {
    queue.add(new TimedMetadata(9, Long.MAX_VALUE, OptionalLong.empty(), text(9)), 7);
    for (int i = 0; i < 3; i++) {
      queue.add(metadata(i), MetadataQueue.MOST_KEPT_BYTES);
      take("source");
    }

    assertThat(queue.pending()).extracting(TimedMetadata::id).containsExactly(9L);
    assertThat(queue.pendingBytes()).isEqualTo(7);
  }

  private List<TimedMetadata> take(String line) {
    return queue.take(line, false, 1_000_000);
  }

  private static List<Long> ids(List<TimedMetadata> taken) {
    return new ArrayList<>(taken.stream().map(TimedMetadata::id).toList());
  }

  private static TimedMetadata metadata(long id) {
    return new TimedMetadata(id, id, OptionalLong.empty(), text(id));
  }

  private static TimedMetadata.Content text(long id) {
    return new TimedMetadata.Text("", "number " + id);
  }
}
