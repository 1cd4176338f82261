package io.millrace.broker.last;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is retained while the companion is read. */
class RetainedTest {
  private final List<String> written = new ArrayList<>();
  private final Retained retained =
      new Retained(
          "plant",
          RetainedTopics.Bounds.DEFAULT,
          Optional.of(new Companion()),
          () -> Instant.ofEpochMilli(0));

  private final class Companion implements Appender {
    @Override
    public int partitionOf(String path) {
      return 0;
    }

    @Override
    public void append(Publication publication, AppendResult done) {
      written.add(publication.path().substring(1) + "=" + new String(publication.payload(), UTF_8));
      done.appended(0, written.size(), 0);
    }

    @Override
    public long pendingBytes() {
      return 0;
    }
  }

  private static LastRecord record(String path, long offset) {
    return new LastRecord(
        true,
        1,
        new Message(
            path,
            0,
            offset,
            0,
            null,
            true,
            Message.NEVER,
            Headers.NONE,
            Long.toString(offset).getBytes(UTF_8)));
  }

  @Test
  void anOlderRecordBehindALaterOneIsMendedWhenAllHasBeenRead() {
    retained.saved(record("a", 8));
    retained.saved(record("a", 5));
    // Here the later one comes last after all.
    retained.saved(record("b", 8));
    retained.saved(record("b", 5));
    retained.saved(record("b", 8));
    assertThat(written).isEmpty();
    retained.caughtUp();
    assertThat(written).containsExactly("a=8");
  }
}
