package io.millrace.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.ValidationReport.LiveEdge;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCommandTest {
  private static final String LIST =
      """
      #EXTM3U
      #EXT-X-VERSION:3
      #EXT-X-TARGETDURATION:2
      #EXTINF:2.000,
      0.vtt
      #EXT-X-ENDLIST
      """;

  private final Map<String, String> files = new ConcurrentHashMap<>();
  private HttpServer server;

  /** Requests that are answered with 503 before. */
  private final AtomicInteger unready = new AtomicInteger();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body = files.get(exchange.getRequestURI().getPath());
            if (unready.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
              exchange.sendResponseHeaders(503, -1);
              return;
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (body == null) {
              exchange.sendResponseHeaders(404, -1);
              return;
            }
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.apple.mpegurl");
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
            if (!head) {
              exchange.getResponseBody().write(bytes);
            }
          }
        });
    server.start();
    files.put("/0.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aGoodStreamIsCode0AndTheReportSaysWhatWasLookedAt() {
    files.put("/a.m3u8", LIST.replace("0.vtt", "0.aac"));
    files.put("/0.aac", "ID3 and packed sound");
    CommandRun run = CommandRun.of("check", address("/a.m3u8"));

    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out())
        .contains("looked at 1 playlist in 1 version, 1 segment, 2.0 s of media")
        .contains("to the end")
        .contains("not judged")
        .contains("no rule is broken");
  }

  @Test
  void aBrokenRuleIsCode1AndTheReportSaysWhereAndWhatToDo() {
    files.put("/a.m3u8", LIST.replace("2.000", "9.000").replace("0.vtt", "1.vtt"));
    CommandRun run = CommandRun.of("check", "--for", "10s", address("/a.m3u8"));

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out())
        .contains("B2  EXTINF, rounded, is not above the target duration")
        .contains("a.m3u8, version 1, line 5")
        .contains("segment 0 lasts 9.000, target 2")
        .contains("what to do: cut segments no longer")
        .contains("B13")
        .contains("1.vtt")
        .contains("2 violations");
  }

  @Test
  void aManifestIsJudgedByTheRulesOfDash() {
    files.put(
        "/a.mpd",
        """
        <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011"
          type="static" minBufferTime="PT2S" mediaPresentationDuration="PT2S">
        <Period><AdaptationSet contentType="text">
        <Representation id="text" bandwidth="1000">
        <SegmentTemplate media="$Number$.vtt" timescale="1" startNumber="0">
        <SegmentTimeline><S t="0" d="2"/></SegmentTimeline>
        </SegmentTemplate></Representation></AdaptationSet></Period></MPD>
        """);
    CommandRun run = CommandRun.of("check", address("/a.mpd"));

    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out())
        .contains("looked at 1 manifest in 1 version, 1 segment, 2.0 s of media")
        .contains("to the end")
        .contains("DASH A1  the manifest is well-formed")
        .contains("Content-Type is 'application/vnd.apple.mpegurl'")
        .contains("1 violation of rules");
    assertThat(CommandRun.of("check", address("/none.mpd")).code()).isEqualTo(ExitCode.UNAVAILABLE);
  }

  @Test
  void theReportIsJsonForMachines() {
    files.put("/a.m3u8", LIST.replace("2.000", "9.000"));
    CommandRun run = CommandRun.of("check", address("/a.m3u8"), "--json");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    JsonObject report = run.json();
    assertThat(report.getBoolean("clean")).isFalse();
    assertThat(report.getJsonObject("looked").getInteger("segments")).isEqualTo(1);
    JsonObject violation = report.getJsonArray("violations").getJsonObject(0);
    assertThat(violation.getString("rule")).isEqualTo("B2");
    assertThat(violation.getInteger("line")).isEqualTo(5);
    assertThat(violation.getString("remedy")).isNotBlank();
  }

  @Test
  void howPartsCameIsInTheReport() {
    LiveEdge edge = new LiveEdge("http://host/a.m3u8?token=secret", 90, 2, 0.4, 0.25, 0.5);
    LiveEdge undated = new LiveEdge("http://host/b.m3u8", 1, 0, 0.3, Double.NaN, Double.NaN);
    ValidationReport found =
        new ValidationReport(
            List.of(),
            List.of(),
            new ValidationReport.Looked(2, 90, 10, 1000, 20, false),
            List.of(),
            List.of(edge, undated),
            List.of());
    CheckReport report = new CheckReport(URI.create("http://host/a.m3u8"), found);

    assertThat(report.text())
        .contains("90 parts came while they were waited for, 2 late, 0.400 s apart at most")
        .contains("0.25 s behind their dates (median; at most 0.50 s)")
        .contains("1 part came while they were waited for, 0 late, 0.300 s apart at most\n")
        .doesNotContain("secret")
        .doesNotContain("NaN");
    JsonObject first = report.json().getJsonArray("lowLatency").getJsonObject(0);
    assertThat(first.getInteger("late")).isEqualTo(2);
    assertThat(first.getDouble("medianLatencySeconds")).isEqualTo(0.25);
    assertThat(first.getString("playlist")).doesNotContain("secret");
    assertThat(report.json().encode()).doesNotContain("NaN");
  }

  @Test
  void whatCannotBeLookedAtIsCode69WithWords() {
    files.put("/page", "<html>\u001b[31m");
    CommandRun missing = CommandRun.of("check", address("/none.m3u8"));
    assertThat(missing.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(missing.err()).contains("404").contains("not on air");
    CommandRun page = CommandRun.of("check", address("/page"));
    assertThat(page.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(page.err()).contains("is no HLS playlist").doesNotContain("\u001b");
  }

  @Test
  void aWrongAddressIsAWrongCommandLine() {
    for (String wrong : new String[] {"a.m3u8", "file:///a.m3u8", "http:///a.m3u8"}) {
      assertThat(CommandRun.of("check", wrong).code()).as(wrong).isEqualTo(ExitCode.USAGE);
    }
    assertThat(CommandRun.of("check", "--for", "10", address("/")).err()).contains("no unit");
  }

  @Test
  void nothingIsCleanThatWasNotLookedAt() {
    files.put("/a.m3u8", LIST);
    CommandRun none = CommandRun.of("check", "--for", "0s", address("/a.m3u8"));
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("--for must be 1s or more");

    files.put("/empty.m3u8", "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n");
    CommandRun empty = CommandRun.of("check", "--for", "1s", address("/empty.m3u8"));
    assertThat(empty.out()).doesNotContain("no rule is broken");
    assertThat(empty.code()).isNotEqualTo(ExitCode.OK);
  }

  @Test
  void anEndedStreamThatListsGapsAloneIsJudgedAsItStands() {
    files.put("/a.m3u8", LIST.replace("#EXTINF", "#EXT-X-GAP\n#EXTINF").replace(":3", ":8"));
    CommandRun run = CommandRun.of("check", "--for", "1m", address("/a.m3u8"));

    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out())
        .contains("0 segments")
        .contains("it has ended")
        .contains("has ended and lists only gaps, so there is no media to look at");
  }

  @Test
  void aStreamThatIsAboutToStartIsWaitedFor() {
    files.put("/a.m3u8", LIST);
    unready.set(2);
    CommandRun run = CommandRun.of("check", "--for", "20s", address("/a.m3u8"));

    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("1 segment,");

    unready.set(Integer.MAX_VALUE);
    CommandRun never = CommandRun.of("check", "--for", "1s", address("/a.m3u8"));
    assertThat(never.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(never.err()).contains("503: the stream has nothing to play yet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--quiet"})
  void theReportHoldsNoCredentialsOfTheAddress(String form) {
    String token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    files.put("/a.m3u8", LIST.replace("2.000", "9.000").replace("0.vtt", "1.vtt?token=" + token));
    CommandRun run =
        CommandRun.of(
            "check", form, address("/a.m3u8?token=" + token + "&sessionKey=hush&bitrate=500"));

    assertThat(run.out())
        .contains("/a.m3u8?token=***&sessionKey=***&bitrate=500")
        .contains("B13")
        .doesNotContain("c2lnbmF0dXJl")
        .doesNotContain("hush");
    CommandRun missing = CommandRun.of("check", address("/none.m3u8?token=" + token));
    assertThat(missing.err()).contains("404").doesNotContain("c2lnbmF0dXJl");
  }

  @Test
  void aPortOfAnotherProtocolIsSaidInPlainWords() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                while (true) {
                  try (Socket taken = other.accept()) {
                    taken.getOutputStream().write("\u0003no HTTP\r\n\r\n".getBytes(UTF_8));
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      CommandRun run =
          CommandRun.of("check", "http://localhost:" + other.getLocalPort() + "/live/a.m3u8");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("gives no HTTP answer; is it the right port");
    }
  }

  @Test
  void aServerWithACertificateOfItsOwnIsLookedAtWhereItIsTrusted(@TempDir Path folder)
      throws Exception {
    CertificateFiles own = SelfSignedCertificate.keptIn(folder, Instant.now());
    Vertx vertx = Vertx.vertx();
    try {
      io.vertx.core.http.HttpServer tls = secure(vertx, own);
      String address = "https://localhost:" + tls.actualPort() + "/a.m3u8";

      CommandRun untrusted = CommandRun.of("check", address);
      assertThat(untrusted.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(untrusted.err())
          .contains("nobody whom this machine trusts vouches for its certificate; --ca FILE")
          .doesNotContain("PKIX", "sun.security");

      CommandRun run = CommandRun.of("check", address, "--ca", own.certificate().toString());
      assertThat(run.code()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);

      CommandRun none = CommandRun.of("check", address, "--ca", "/none.pem");
      assertThat(none.code()).isEqualTo(ExitCode.USAGE);
      assertThat(none.err()).contains("--ca: there is no file /none.pem");
      CommandRun key = CommandRun.of("check", address, "--ca", own.key().toString());
      assertThat(key.err()).contains("--ca: " + own.key() + " holds no PEM certificate");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static io.vertx.core.http.HttpServer secure(Vertx vertx, CertificateFiles certificate)
      throws Exception {
    PemKeyCertOptions files =
        new PemKeyCertOptions()
            .setCertPath(certificate.certificate().toString())
            .setKeyPath(certificate.key().toString());
    return vertx
        .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(files))
        .requestHandler(
            request -> {
              boolean list = request.path().equals("/a.m3u8");
              request
                  .response()
                  .putHeader("Content-Type", "application/vnd.apple.mpegurl")
                  .end(list ? LIST : "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n");
            })
        .listen(0, "localhost")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private String address(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }
}
