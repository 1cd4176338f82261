package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.S3Server;
import io.millrace.testkit.program.TcpProxy;
import io.millrace.validator.Rule;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream is on air while its bucket is away for a while, and the server is killed meanwhile. */
@Order(1)
class BucketOutageIT {
  private static final String STREAM = "one";
  private static final String WAITING = "millrace_storage_spool_objects";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Ports ports = Ports.free();
  private S3Server s3;
  private TcpProxy line;
  private Path bucket;
  private Map<String, String> settings;

  @BeforeEach
  void makeBucket() throws IOException {
    Path buckets = folder.resolve("buckets");
    s3 = new S3Server(buckets);
    line = new TcpProxy(s3.port());
    String name = s3.newBucket();
    bucket = buckets.resolve(name);
    settings = new HashMap<>();
    settings.put("MILLRACE_STORAGE_KIND", "s3");
    settings.put("MILLRACE_STORAGE_S3_ENDPOINT", S3Server.endpoint(line.port()).toString());
    settings.put("MILLRACE_STORAGE_S3_BUCKET", name);
    settings.put("MILLRACE_STORAGE_S3_ACCESS_KEY", S3Server.ACCESS_KEY);
    settings.put("MILLRACE_STORAGE_S3_SECRET_KEY", S3Server.SECRET_KEY);
    settings.put("MILLRACE_STORAGE_S3_RETRY_FOR", "2s");
    settings.put("MILLRACE_PACKAGER_WINDOW", "120s");
  }

  @AfterEach
  void stop() {
    line.close();
    s3.close();
  }

  @Test
  void viewersNoticeNothingAndEverySegmentIsInTheBucketAfterwards() {
    Path data = folder.resolve("data");
    // Segments of two seconds: so much less has to be waited for.
    Path clip = Material.FILM_RATE.make(folder);
    try (MillraceProcess first = MillraceProcess.serve(data, ports, settings);
        FfmpegPublisher publisher = FfmpegPublisher.reconnecting(clip, first.rtmp(STREAM));
        HlsWalker watched = Waiting.follow(first, STREAM)) {
      Waiting.within(DEADLINE).until(() -> first.counter(WAITING) == 0 && !stored().isEmpty());
      long encoder = publisher.program().pid();
      goesOnWithoutTheBucket(first);

      line.letIn();
      Waiting.within(DEADLINE).untilAsserted(() -> isStored(first));
      assertThat(health(first)).doesNotContain("the bucket");
      Waiting.within(DEADLINE).until(() -> first.log().contains("the bucket takes objects again"));
      assertThat(publisher.program().pid()).as("never disconnected").isEqualTo(encoder);
      assertThat(watched.violations()).isEmpty();

      goesOnWithoutTheBucket(first);
      first.killHard();
      List<MediaPlaylistWalk.Fetched> before = RestartIT.segments(watched);
      line.letIn();

      try (MillraceProcess second = MillraceProcess.serve(data, ports, settings)) {
        assertThat(Waiting.media(second, STREAM)).isPresent();
        Waiting.within(DEADLINE)
            .until(() -> watched.walks().stream().allMatch(Waiting::hasFetchedBehindABreak));
        Waiting.within(DEADLINE).untilAsserted(() -> isStored(second));
        try (HlsWalker afterwards = Waiting.follow(second, STREAM)) {
          Waiting.within(DEADLINE).until(afterwards::sawAll);
          RestartIT.stillThere(afterwards, before, STREAM);
        }
        Waiting.within(DEADLINE).until(watched::sawAll);
        // Of two seconds each: a start takes longer than the playlist may stand still (HLS B8).
        // Parts are in memory alone, and a kill takes them (HLS L9).
        assertThat(watched.violations())
            .filteredOn(violation -> !Set.of(Rule.B8, Rule.L9).contains(violation.rule()))
            .isEmpty();
      }
    }
  }

  /** Returns while the bucket is away; what has been cut meanwhile is on the disk alone. */
  private void goesOnWithoutTheBucket(MillraceProcess server) {
    line.shutOut();
    line.cut();
    long cut = next(server);
    Waiting.within(DEADLINE).until(() -> next(server) > cut);
    Waiting.within(DEADLINE)
        .untilAsserted(
            () -> assertThat(health(server)).contains("the bucket has taken nothing for"));
    Waiting.within(DEADLINE)
        .until(() -> server.log().contains("the bucket does not take an object"));
    assertThat(server.isReady()).isTrue();
    assertThat(server.counter(WAITING)).isGreaterThanOrEqualTo(2);
    assertThat(server.counter("millrace_packager_store_failures_total")).isZero();
    assertThat(server.counter("millrace_packager_segments_unstored_total")).isZero();
  }

  private static String health(MillraceProcess server) {
    return server.fetch(server.management("/health/ready")).map(Answer::body).orElse("");
  }

  private static long next(MillraceProcess server) {
    return Waiting.media(server, STREAM).orElseThrow().nextSequence();
  }

  /** A segment that was cut just now may be on its way. */
  private void isStored(MillraceProcess server) {
    MediaPlaylist now = Waiting.media(server, STREAM).orElseThrow();
    Set<String> there = stored();
    assertThat(now.segments())
        .isNotEmpty()
        .filteredOn(segment -> !segment.gap())
        .allSatisfy(
            segment -> assertThat(there).contains(Path.of(segment.uri()).getFileName().toString()));
  }

  private Set<String> stored() {
    try (Stream<Path> files = Files.walk(bucket)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      return Set.of();
    }
  }
}
