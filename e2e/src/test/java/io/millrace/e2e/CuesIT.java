package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.HlsWalker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What docs/cues.md shows, while FFmpeg publishes and the validator watches. */
@Execution(ExecutionMode.CONCURRENT)
@Order(2)
class CuesIT {
  private static final Map<String, String> SETTINGS =
      Map.of("MILLRACE_PACKAGER_LOW_LATENCY", "true", "MILLRACE_INGEST_LOSS_GRACE", "20s");
  private static final String CUES = "/apps/live/streams/cam1/cues";
  private static final Pattern JSON = Pattern.compile("(?ms)^```json\\n(.*?)^```");
  private static final Pattern COMMAND = Pattern.compile("(?m)^    millrace (stream cue .*)$");

  /** What cuts may be apart from the time for which they are made: a frame. */
  private static final Duration FRAME = Duration.ofMillis(40);

  @TempDir private static Path folder;
  private static MillraceProcess server;
  private static Path source;

  @BeforeAll
  static void start() {
    source = folder.resolve("source.flv");
    Ffmpeg.run(
            Duration.ofSeconds(30),
            ("-f lavfi -i testsrc2=s=160x90:r=25:d=40 -f lavfi -i sine=d=40:r=48000"
                    + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac -y "
                    + source)
                .split(" "))
        .orFail();
    server = MillraceProcess.serve(folder.resolve("data"), Ports.free(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void whatIsAskedForIsInThePlaylistsAndCutAndOutlivesAKill() throws Exception {
    Administrator admin = new Administrator(server);
    assertThat(admin.send("POST", CUES, "{}").body()).contains("stream-not-live");
    try (FfmpegPublisher _ = FfmpegPublisher.reconnecting(source, server.rtmp("cam1"))) {
      Waiting.untilPlayable(server, "cam1");
      String shown = Files.readString(Clips.repositoryRoot().resolve("docs/cues.md"));
      try (HlsWalker walker = Waiting.follow(server, "cam1")) {
        Answer made = admin.send("POST", CUES, json(shown, 0));
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.body()).contains("\"id\":\"break-1\"", "\"X-PRICE\":12.5");
        DateRange range = listed("break-1");
        assertThat(range.attributes().text("X-CAMPAIGN")).contains("autumn");
        assertThat(range.attributes().text("X-TOKEN")).contains("0x0A0B");
        isCutAt(range.start().orElseThrow());

        Instant later = range.start().orElseThrow().plusSeconds(6);
        String planned =
            admin
                .send("POST", CUES, "{\"id\":\"planned\",\"at\":\"" + later + "\",\"duration\":2}")
                .body();
        assertThat(planned).contains("\"state\":\"announced\"");
        isCutAt(later);
        assertThat(server.fetch(server.http("/play/live/cam1/manifest.mpd")).orElseThrow().body())
            .contains("<EventStream schemeIdUri=\"urn:scte:scte35:2014:xml+bin\"");
        commandsWork(shown);
        Instant told = tell(admin, json(shown, 2));
        assertThat(segmentAt(server, told)).contains("emsg", "Goal!");
        assertThat(server.fetch(server.http("/play/live/cam1/manifest.mpd")).orElseThrow().body())
            .contains("<InbandEventStream schemeIdUri=\"https://aomedia.org/emsg/ID3\"");
        assertThat(walker.violations()).isEmpty();
        assertThat(Waiting.warnings(walker)).isEmpty();
      }
      refusals(admin, json(shown, 1));

      server.killHard();
      server.close();
      server = MillraceProcess.serve(folder.resolve("data"), server.ports(), SETTINGS);
      assertThat(listed("planned").start()).isPresent();
      assertThat(new Administrator(server).send("POST", CUES, json(shown, 0)).status())
          .isIn(200, 409);
    }
  }

  @Test
  void mpegTsHasTimedMetadataThatFfmpegReads() throws Exception {
    Map<String, String> settings = Map.of("MILLRACE_PACKAGER_CONTAINER", "ts");
    Path data = folder.resolve("transport-data");
    try (MillraceProcess transport = MillraceProcess.serve(data, Ports.free(), settings);
        FfmpegPublisher _ = FfmpegPublisher.reconnecting(source, transport.rtmp("cam1"));
        HlsWalker walker = Waiting.follow(transport, "cam1")) {
      String shown = Files.readString(Clips.repositoryRoot().resolve("docs/cues.md"));
      Instant told = tell(new Administrator(transport), json(shown, 2));
      Path segment = folder.resolve("told.ts");
      Files.write(segment, segmentAt(transport, told).getBytes(ISO_8859_1));
      Path tags = folder.resolve("told.bin");
      Ffmpeg.run(
              Duration.ofSeconds(20),
              "-i",
              segment.toString(),
              "-map",
              "0:d",
              "-c",
              "copy",
              "-f",
              "data",
              "-y",
              tags.toString())
          .orFail();
      assertThat(Files.readString(tags, ISO_8859_1)).startsWith("ID3").contains("TXXX", "Goal!");
      assertThat(walker.violations()).isEmpty();
    }
  }

  /** Everything in one process: a message of the stream's topic shows up in its media. */
  @Test
  void aMessageOfATopicIsToldToViewers() throws Exception {
    Map<String, String> settings =
        Map.of(
            MillraceProcess.ROLES,
            "",
            "MILLRACE_METADATA_TOPIC",
            "public/streams/{app}/{stream}/metadata");
    Path data = folder.resolve("all-data");
    try (MillraceProcess all = MillraceProcess.serve(data, Ports.free(), settings);
        FfmpegPublisher _ = FfmpegPublisher.reconnecting(source, all.rtmp("cam1"))) {
      Waiting.untilPlayable(all, "cam1");
      HttpRequest message =
          HttpRequest.newBuilder(all.http("/api/v1/topics/public/streams/live/cam1/metadata"))
              .header("Authorization", "Bearer " + MillraceProcess.PUBLISH_KEY)
              .header("Content-Type", "text/plain")
              .header("Idempotency-Key", "goal-1")
              .header("ce-mediatime", "14.5")
              .POST(HttpRequest.BodyPublishers.ofString("Goal of the topic!"))
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(message, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      Instant first =
          Waiting.media(all, "cam1").orElseThrow().segments().getFirst().date().orElseThrow();
      assertThat(segmentAt(all, first.plusMillis(14_500)))
          .contains("emsg", "TXXX", "Goal of the topic!");
    }
  }

  /** When it is told, by the programme dates. */
  private static Instant tell(Administrator admin, String json) throws Exception {
    Answer told = admin.send("POST", "/apps/live/streams/cam1/metadata", json);
    assertThat(told.status()).as(told.body()).isEqualTo(201);
    assertThat(admin.send("POST", "/apps/live/streams/cam1/metadata", json).status())
        .isEqualTo(200);
    return Instant.parse((String) Administrator.object(told.body()).get("at"));
  }

  /** The bytes of the segment of a moment, when it is listed. */
  private static String segmentAt(MillraceProcess from, Instant moment) throws Exception {
    Waiting.within(Duration.ofSeconds(15)).until(() -> listedSegment(from, moment).isPresent());
    Segment segment = listedSegment(from, moment).orElseThrow();
    URI list = Waiting.mediaAddress(from, "cam1").orElseThrow();
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(list.resolve(segment.uri())).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new String(answer.body(), ISO_8859_1);
  }

  private static Optional<Segment> listedSegment(MillraceProcess from, Instant moment) {
    return Waiting.media(from, "cam1").orElseThrow().segments().stream()
        .filter(segment -> segment.date().isPresent())
        .filter(
            segment -> {
              Instant start = segment.date().get();
              Instant end = start.plusMillis((long) (segment.seconds().doubleValue() * 1000));
              return !moment.isBefore(start) && moment.isBefore(end);
            })
        .findFirst();
  }

  private static String json(String document, int index) {
    Matcher block = JSON.matcher(document);
    for (int i = 0; i <= index; i++) {
      assertThat(block.find()).isTrue();
    }
    return block.group(1);
  }

  /** One tag at least of an id is listed, and all playlists say the same. */
  private static DateRange listed(String id) {
    Waiting.within(Duration.ofSeconds(10)).until(() -> range(id).isPresent());
    return range(id).orElseThrow();
  }

  private static Optional<DateRange> range(String id) {
    return Waiting.media(server, "cam1").stream()
        .map(MediaPlaylist::dateRanges)
        .flatMap(List::stream)
        .filter(range -> range.id().equals(id))
        .findFirst();
  }

  private static void isCutAt(Instant at) {
    Waiting.within(Duration.ofSeconds(15))
        .until(
            () ->
                Waiting.media(server, "cam1").orElseThrow().segments().stream()
                    .map(Segment::date)
                    .flatMap(Optional::stream)
                    .anyMatch(date -> Duration.between(date, at).abs().compareTo(FRAME) <= 0));
  }

  private static void commandsWork(String document) {
    List<String> commands = COMMAND.matcher(document).results().map(each -> each.group(1)).toList();
    assertThat(commands).hasSize(3);
    for (String command : commands) {
      List<String> words =
          Stream.of(
                  List.of(command.replace("break-1", "break-2").split(" ")),
                  List.of("--data", folder.resolve("data").toString()),
                  List.of("--server", server.http("/").toString()))
              .flatMap(List::stream)
              .toList();
      Program.Result result = MillraceProcess.run(Duration.ofSeconds(20), Map.of(), words);
      assertThat(result.exitCode()).as(command + ": " + result.errors()).isZero();
      assertThat(result.text()).contains("break-2");
    }
  }

  private static void refusals(Administrator admin, String past) throws Exception {
    assertThat(admin.send("PATCH", CUES + "/break-1", past).status()).isIn(200, 400, 404);
    Answer malformed = admin.send("POST", CUES, "{\"scte35\":\"0xFC30\"}");
    assertThat(malformed.status()).isEqualTo(400);
    assertThat(malformed.body()).contains("\"field\":\"scte35\"");
    Answer over = admin.send("POST", CUES, "{\"at\":\"2020-01-01T00:00:00Z\"}");
    assertThat(over.status()).isEqualTo(400);
    assertThat(over.body()).contains("\"field\":\"at\"", "s past it");
    Answer far = admin.send("POST", CUES, "{\"mediaTime\":999999}");
    assertThat(far.body()).contains("more than 24 h ahead");
    assertThat(admin.send("DELETE", CUES + "/never", "").status()).isEqualTo(404);
  }
}
