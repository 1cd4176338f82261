package io.millrace.packager.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.TimedMetadata;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The queue does what a list does that is searched from its beginning each time. */
class MetadataQueuePropertyTest {
  private static final long SECOND = 1_000_000_000L;

  private static final class Listed {
    private final TimedMetadata metadata;
    private final int bytes;
    private final Set<String> takenBy = new HashSet<>();

    private Listed(TimedMetadata metadata, int bytes) {
      this.metadata = metadata;
      this.bytes = bytes;
    }
  }

  private MetadataQueue queue = new MetadataQueue();
  private List<Listed> model = new ArrayList<>();

  @Test
  void isThatOfItsModel() {
    Seeds.forEach(20, this::run);
  }

  private void run(RandomGenerator random) {
    queue = new MetadataQueue();
    model = new ArrayList<>();
    queue.setPictures(true);
    long edge = 0;
    for (int i = 0; i < 2000; i++) {
      edge += random.nextInt(200) * SECOND / 1000;
      switch (random.nextInt(5)) {
        case 0, 1 -> add(i, edge + random.nextInt(-3, 12) * SECOND, random.nextInt(1, 1000));
        case 2, 3 -> take("line" + random.nextInt(3), edge - random.nextInt(6) * SECOND);
        default -> {
          long oldest = edge - 30 * SECOND;
          queue.forget(edge);
          model.removeIf(entry -> entry.metadata.mediaNanos() < oldest);
        }
      }
      List<Listed> pending = model.stream().filter(entry -> entry.takenBy.isEmpty()).toList();
      assertThat(queue.pendingCount()).isEqualTo(pending.size());
      assertThat(queue.pendingBytes())
          .isEqualTo(pending.stream().mapToLong(entry -> entry.bytes).sum());
      assertThat(queue.pending()).isEqualTo(pending.stream().map(entry -> entry.metadata).toList());
    }
  }

  private void add(long id, long nanos, int bytes) {
    TimedMetadata metadata =
        new TimedMetadata(id, nanos, OptionalLong.empty(), new TimedMetadata.Text("", "" + id));
    queue.add(metadata, bytes);
    model.add(new Listed(metadata, bytes));
    model.sort(Comparator.comparingLong(entry -> entry.metadata.mediaNanos()));
  }

  private void take(String line, long until) {
    List<TimedMetadata> due =
        model.stream()
            .filter(entry -> entry.metadata.mediaNanos() < until && entry.takenBy.add(line))
            .map(entry -> entry.metadata)
            .toList();
    assertThat(queue.take(line, true, until)).isEqualTo(due);
    assertThat(queue.take(line, false, until)).isEmpty();
  }
}
