package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's disk is full for a while. */
@Order(1)
class FullDiskIT {
  private static final String FAILURES = "millrace_packager_store_failures_total";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @Test
  void streamsGoOnFromMemoryWhileTheDiskIsFullAndAreStoredWhenThereIsRoomAgain(@TempDir Path folder)
      throws IOException {
    Path objects = Files.createDirectories(folder.resolve("objects"));
    try (SmallDisk disk = SmallDisk.mount(objects, "8m");
        MillraceProcess server =
            MillraceProcess.serve(
                folder.resolve("data"),
                Ports.free(),
                Map.of("MILLRACE_STORAGE_DIRECTORY", objects.toString()));
        FfmpegPublisher one = FfmpegPublisher.looping(server.rtmp("one"));
        FfmpegPublisher two = FfmpegPublisher.looping(server.rtmp("two"));
        UnderValidation first = Waiting.watch(server, "one");
        UnderValidation second = Waiting.watch(server, "two")) {
      assertThat(server.counter(FAILURES)).isZero();
      Path filler = disk.fill();

      Waiting.within(DEADLINE).until(() -> server.counter(FAILURES) > 0);
      long atFailure = next(server, "one");
      Waiting.within(DEADLINE)
          .until(() -> next(server, "one") > atFailure + 1 && next(server, "two") > atFailure + 1);
      assertThat(server.log()).contains("the store does not take a segment");
      assertThat(server.counter("millrace_packager_spool_bytes")).isPositive();
      assertThat(server.isReady()).isTrue();

      Files.delete(filler);
      Waiting.within(DEADLINE).until(() -> server.counter("millrace_packager_spool_bytes") == 0);
      for (String stream : List.of("one", "two")) {
        // A segment that was cut just now may be on its way.
        Waiting.within(DEADLINE).untilAsserted(() -> isStored(server, stream, objects));
      }
      assertThat(server.counter("millrace_packager_segments_unstored_total")).isZero();
      for (UnderValidation watched : List.of(first, second)) {
        assertThat(watched.walker().violations()).isEmpty();
      }
      assertThat(one.program().isAlive()).as(one.words()).isTrue();
      assertThat(two.program().isAlive()).as(two.words()).isTrue();
    }
  }

  private static long next(MillraceProcess server, String stream) {
    return Waiting.media(server, stream).orElseThrow().nextSequence();
  }

  private static void isStored(MillraceProcess server, String stream, Path objects) {
    MediaPlaylist now = Waiting.media(server, stream).orElseThrow();
    assertThat(now.segments())
        .isNotEmpty()
        .noneMatch(segment -> segment.gap() || segment.discontinuity())
        .allSatisfy(segment -> assertThat(stored(objects, segment.uri())).isTrue());
  }

  /** Whether a file of that name is in the store. */
  private static boolean stored(Path objects, String uri) {
    String name = Path.of(uri).getFileName().toString();
    try (Stream<Path> files = Files.walk(objects)) {
      return files.anyMatch(file -> file.getFileName().toString().equals(name));
    } catch (IOException e) {
      return false;
    }
  }
}
