package io.millrace.broker.last;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastCopierTest {
  private static final Namespace PLANT = namespace(1, 2);

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final LogIndex index =
      new LogIndex(
          Path.of("unused"), // it is never closed, so it writes nothing
          new IndexConfig(1 << 20, Duration.ofDays(1)),
          log,
          new IndexMetrics(new PrometheusRegistry()),
          new SplittableRandom(1));

  @AfterEach
  void close() {
    log.close();
  }

  private static Namespace namespace(int generation, int partitions) {
    return new Namespace(
        "plant",
        generation,
        partitions,
        Durability.LOGGED,
        Duration.ofDays(1),
        Namespace.UNBOUNDED,
        1000);
  }

  private LastValues values() {
    Companion companion = log.companion(PLANT).result();
    LastValues values =
        new LastValues(
            "plant",
            companion,
            log,
            index,
            new Retained(
                "plant",
                RetainedTopics.Bounds.DEFAULT,
                Optional.of(companion.appender()),
                InstantSource.system()));
    values.refs().forEach(values::caughtUp);
    for (int i = 0; i < PLANT.partitions(); i++) {
      PartitionRef ref = new PartitionRef("plant", 1, i);
      index.open(ref, log.bounds(ref).result()).toCompletionStage().toCompletableFuture().join();
    }
    return values;
  }

  @Test
  void itForgetsNamespacesThatAreGoneAndGenerationsThatAreOutgrown() throws InterruptedException {
    LastValues values = values();
    LastCopier copier = new LastCopier(log, index, InstantSource.system(), Long.MAX_VALUE);
    copier.copyAll(PLANT, values);
    assertThat(copier.known()).isEqualTo(2);
    copier.keepOnly(List.of(PLANT));
    assertThat(copier.known()).isEqualTo(2);
    copier.keepOnly(List.of(namespace(2, 3)));
    assertThat(copier.known()).isZero();
    copier.copyAll(PLANT, values);
    copier.keepOnly(List.of());
    assertThat(copier.known()).isZero();
  }
}
