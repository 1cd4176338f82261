package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishers are told when the log's disk is full. */
final class DiskRoomTest {
  @TempDir private Path directory;

  @Test
  void saysSoWithLessRoomThanThereHasToBe() {
    try (DiskRoom none = new DiskRoom(directory, Long.MAX_VALUE);
        DiskRoom enough = new DiskRoom(directory, 1);
        DiskRoom nowhere = new DiskRoom(directory.resolve("gone"), Long.MAX_VALUE)) {
      assertThat(none.problem()).hasValueSatisfying(words -> assertThat(words).contains("full"));
      assertThat(enough.problem()).isEmpty();
      assertThat(nowhere.problem()).isEmpty();
    }
  }

  @Test
  void nothingIsTakenThenAndWhatWasUnderWayHasFailedForIt() {
    AtomicReference<Optional<String>> outage = new AtomicReference<>(Optional.empty());
    PendingBytes pending = new PendingBytes(10, outage::get);
    assertThat(pending.add(6)).isNull();
    assertThat(pending.add(6)).extracting(LogException::reason).isEqualTo(Reason.OVERLOADED);
    assertThat(pending.failure(new TimeoutException()))
        .hasMessage("the log does not answer in time");

    outage.set(Optional.of("the disk is full"));
    assertThat(pending.add(1)).hasMessage("the disk is full");
    assertThat(pending.add(1)).extracting(LogException::reason).isEqualTo(Reason.UNAVAILABLE);
    assertThat(pending.failure(new TimeoutException())).hasMessage("the disk is full");
    assertThat(pending.get()).isEqualTo(6);
    pending.remove(6);
    outage.set(Optional.empty());
    assertThat(pending.add(10)).isNull();
  }
}
