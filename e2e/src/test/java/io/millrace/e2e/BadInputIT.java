package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever sends something bad is told so, it is counted, and nobody else is harmed. */
@Order(2)
class BadInputIT {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Exit codes, from BSD's sysexits. */
  private static final int UNAVAILABLE = 69;

  private static final int CONFIGURATION = 78;
  private static final String REFUSALS = "millrace_ingest_closed_connections_total";

  @TempDir private static Path data;
  private static MillraceProcess server;
  private static FfmpegPublisher healthy;
  private static UnderValidation watched;

  @BeforeAll
  static void putAHealthyStreamOnAir() {
    server = MillraceProcess.serve(data, Ports.free(), Map.of());
    healthy = FfmpegPublisher.looping(server.rtmp("healthy"));
    watched = Waiting.watch(server, "healthy");
  }

  @AfterAll
  static void theHealthyStreamWasNeverHarmed() {
    try (MillraceProcess stopped = server;
        FfmpegPublisher publisher = healthy;
        UnderValidation followed = watched) {
      assertThat(publisher.program().isAlive()).as(publisher.words()).isTrue();
      assertThat(followed.walker().violations()).isEmpty();
      assertThat(followed.walker().walks().getFirst().latest().segments())
          .noneMatch(segment -> segment.discontinuity());
      assertThat(stopped.isReady()).isTrue();
    }
  }

  @Test
  void aWrongKeyIsRefusedInWordsThatTheEncoderShows() {
    double before = server.counter(REFUSALS);
    Waiting.refused(
        MillraceProcess.rtmp(server.ports().rtmp(), "stolen", "wrong"),
        "the publish key is not valid for this stream");
    Waiting.refused(
        "rtmp://127.0.0.1:" + server.ports().rtmp() + "/live/stolen",
        "publishing needs a key: add ?key=");
    assertThat(Waiting.media(server, "stolen")).isEmpty();
    assertThat(server.counter(REFUSALS)).isGreaterThanOrEqualTo(before + 2);
  }

  @Test
  void aSecondPublisherIsRefusedWhileTheFirstLivesOn() {
    double before = server.counter(REFUSALS);
    Waiting.refused(server.rtmp("healthy"), "is already being published");
    assertThat(server.counter(REFUSALS)).isGreaterThan(before);
    assertThat(healthy.program().isAlive()).isTrue();
  }

  @Test
  void anUnsupportedCodecIsRefusedInWords() {
    double before = server.counter(REFUSALS);
    // Sorenson H.263 and MP3: what RTMP carried twenty years ago.
    Program.Result result =
        Ffmpeg.run(
            DEADLINE,
            "-re",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x240:rate=25:duration=10",
            "-c:v",
            "flv",
            "-f",
            "flv",
            server.rtmp("antique"));
    assertThat(result.exitCode()).as(result.errors()).isNotZero();
    assertThat(result.errors()).contains("is not supported");
    assertThat(Waiting.media(server, "antique")).isEmpty();
    assertThat(server.counter(REFUSALS)).isGreaterThan(before);
    assertThat(server.log()).contains("antique");
  }

  @Test
  void garbageOnEveryPortHarmsNobody() {
    Map<String, Integer> ports = server.ports().byName();
    double before = server.counter(REFUSALS);
    Seeds.forEach(
        5,
        random -> {
          for (int port : ports.values()) {
            send(port, random);
          }
        });
    Waiting.within(DEADLINE).until(() -> server.counter(REFUSALS) > before);
    assertThat(server.isReady()).isTrue();
    assertThat(healthy.program().isAlive()).isTrue();
  }

  @Test
  void aPortInUseIsNamedWithItsKeyAndEndsTheStart(@TempDir Path folder) {
    Ports mine = server.ports();
    Ports free = Ports.free();
    Map<String, Ports> taken =
        Map.of(
            "ingest.rtmp.port",
            new Ports(free.http(), free.management(), free.origin(), mine.rtmp(), free.mqtt()),
            "http.port",
            new Ports(mine.http(), free.management(), free.origin(), free.rtmp(), free.mqtt()),
            "origin.port",
            new Ports(free.http(), free.management(), mine.origin(), free.rtmp(), free.mqtt()),
            "management.port",
            new Ports(free.http(), mine.management(), free.origin(), free.rtmp(), free.mqtt()));
    Map<String, Integer> port =
        Map.of(
            "ingest.rtmp.port", mine.rtmp(),
            "http.port", mine.http(),
            "origin.port", mine.origin(),
            "management.port", mine.management());
    taken.forEach(
        (key, ports) -> {
          Path data = folder.resolve(key);
          // Without records, whose first start takes long.
          List<String> command = List.of("serve", "--role", "origin,edge");
          try (MillraceProcess late = MillraceProcess.start(data, ports, Map.of(), command)) {
            Program.Result result = late.program().await(Duration.ofSeconds(40));
            assertThat(result.exitCode()).as(late.log()).isEqualTo(UNAVAILABLE);
            assertThat(late.log()).contains(key + ": port " + port.get(key)).contains("is in use");
          }
          assertThat(MillraceProcess.processesUsing(data)).isEmpty();
        });
  }

  @Test
  void aDataDirectoryInUseIsNamedAndEndsTheStart() {
    try (MillraceProcess late =
        MillraceProcess.start(data, Ports.free(), Map.of(), List.of("serve"))) {
      Program.Result result = late.program().await(Duration.ofSeconds(40));
      assertThat(result.exitCode()).as(late.log()).isEqualTo(UNAVAILABLE);
      assertThat(late.log()).contains(data.toString()).containsIgnoringCase("in use");
    }
  }

  @Test
  void everyProblemOfASettingsFileIsNamedAtOnceWithASuggestion(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("millrace.yaml");
    Files.writeString(
        file,
        """
        ingest:
          rmtp:
            port: 1935
          endGrace: 10
        packagr:
          window: 60s
        """);
    for (List<String> command :
        List.of(
            List.of("config", "check", "--config", file.toString()),
            List.of(
                "serve",
                "--config",
                file.toString(),
                "--data",
                folder.resolve("data").toString()))) {
      Program.Result result = MillraceProcess.run(DEADLINE, Map.of(), command);
      String words = result.text() + result.errors();
      assertThat(result.exitCode()).as(words).isEqualTo(CONFIGURATION);
      assertThat(words).contains("ingest.rmtp").contains("did you mean").contains("rtmp");
      assertThat(words).contains("ingest.endGrace").contains("unit");
      assertThat(words).contains("packagr").contains("did you mean 'packager'");
    }
  }

  /** Random bytes, then a look whether the other side still reads; it may close at any time. */
  private static void send(int port, RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(1, 20_000)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      // As if it were RTMP: gets past the first look.
      bytes[0] = 3;
    }
    List<String> closedEarly = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      closedEarly.add(e.toString());
    }
    assertThat(closedEarly).hasSizeLessThan(2);
  }
}
