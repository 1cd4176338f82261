package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.CueReply;
import io.millrace.packager.Told;
import io.millrace.packager.cue.CueRules;
import io.millrace.packager.metadata.MetadataQueue;
import io.vertx.core.buffer.Buffer;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BroadcastMetadataTest {
  private static final long MINUTE = 60_000_000_000L;
  private static final Broadcast BROADCAST =
      new Broadcast(
          new BroadcastId("01JZ0000000000000000000000"),
          "default",
          new StreamKey("live", "one"),
          Instant.EPOCH);

  private final MetadataQueue queue = new MetadataQueue();
  private final BroadcastMetadata metadata =
      new BroadcastMetadata(
          queue, new ProgrammeDates(BROADCAST), CueRules.DEFAULT, 1, List.of(), List.of());

  @Test
  void whatIsInTheFilesIsKnownByItsIdAndItsBytesAreLetGo() {
    WeakReference<Buffer> bytes = tellLarge();
    queue.take("audio", false, MINUTE);
    queue.forget(10 * MINUTE);

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              System.gc();
              return bytes.get() == null;
            });
    assertThat(((CueReply.Done<Told>) tell(large((byte) 7))).isNew()).isFalse();
    assertThat(tell(large((byte) 8)))
        .isInstanceOfSatisfying(
            CueReply.Refused.class, no -> assertThat(no.reason()).isEqualTo(CueReply.Reason.TAKEN));
  }

  private WeakReference<Buffer> tellLarge() {
    Buffer data = large((byte) 7);
    assertThat(((CueReply.Done<Told>) tell(data)).isNew()).isTrue();
    return new WeakReference<>(data);
  }

  private CueReply<Told> tell(Buffer data) {
    return metadata.tell(
        new MetadataRequest(
            OptionalLong.of(5),
            new CueTime.NextCut(),
            Optional.empty(),
            new TimedMetadata.Private("owner", data)),
        0);
  }

  private static Buffer large(byte value) {
    byte[] bytes = new byte[60_000];
    bytes[0] = value;
    return Buffer.buffer(bytes);
  }
}
