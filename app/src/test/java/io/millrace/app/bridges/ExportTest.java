package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.packager.Asset;
import io.millrace.testkit.Clips;
import io.millrace.testkit.FrameHashes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording as one MP4 file. */
class ExportTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private Delivery delivery;
  private Asset asset;

  @BeforeEach
  void record() throws Exception {
    delivery = new Delivery(directory, Clock.systemUTC());
    delivery.send(3000);
    delivery.end();
    asset =
        Awaitility.await()
            .atMost(40, TimeUnit.SECONDS)
            .until(delivery::recorded, Optional::isPresent)
            .orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    delivery.close();
  }

  @Test
  void hasEveryPictureAndEverySoundFrameWithTheirTimesToEachOther() throws Exception {
    Path file = directory.resolve("whole.mp4");
    HttpResponse<byte[]> answer = get("");
    Files.write(file, answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("video/mp4");
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    List<String> exported = List.of("-i", file.toString());
    FrameHashes pictures = FrameHashes.decodedVideo(DEADLINE, exported);
    assertThat(pictures.md5s()).isEqualTo(FrameHashes.decodedVideo(DEADLINE, source).md5s());
    FrameHashes sound = FrameHashes.aacFrames(DEADLINE, exported);
    FrameHashes sourceSound = FrameHashes.aacFrames(DEADLINE, source);
    assertThat(sound.md5s()).isEqualTo(sourceSound.md5s());
    double offset = begin(pictures) - begin(sound);
    double sourceOffset = begin(FrameHashes.decodedVideo(DEADLINE, source)) - begin(sourceSound);
    assertThat(offset).isCloseTo(sourceOffset, within(0.001));
    assertThat(begin(sound)).isBetween(-0.1, 0.2);
  }

  private static double begin(FrameHashes track) {
    String[] tick = track.timebase().split("/", 2);
    return track.entries().getFirst().pts()
        * Double.parseDouble(tick[0])
        / Double.parseDouble(tick[1]);
  }

  @Test
  void anyPartOfItIsThatPartOfTheWhole() throws Exception {
    HttpResponse<byte[]> whole = get("");
    byte[] all = whole.body();
    String etag = whole.headers().firstValue("etag").orElseThrow();
    for (long[] range :
        new long[][] {
          {0, 0}, {100, 5000}, {all.length / 2, all.length - 1L}, {all.length - 5, all.length + 9}
        }) {
      HttpResponse<byte[]> part = get("", "range", "bytes=" + range[0] + "-" + range[1]);
      int end = (int) Math.min(all.length, range[1] + 1);
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.headers().firstValue("content-range"))
          .contains("bytes " + range[0] + "-" + (end - 1) + "/" + all.length);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(all, (int) range[0], end));
    }
    assertThat(get("", "range", "bytes=" + all.length + "-").statusCode()).isEqualTo(416);
    assertThat(get("", "if-none-match", etag).statusCode()).isEqualTo(304);
    HttpResponse<byte[]> head = send("HEAD", asset.id() + ".mp4");
    assertThat(head.headers().firstValue("content-length")).contains("" + all.length);
  }

  @Test
  void soundAloneAndWhatThereIsNot() throws Exception {
    Path file = directory.resolve("sound.mp4");
    Files.write(file, get("?rung=audio").body());
    assertThat(FrameHashes.aacFrames(DEADLINE, List.of("-i", file.toString())).md5s())
        .hasSizeGreaterThan(1000);
    HttpResponse<byte[]> other = get("?rung=480p");
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(new String(other.body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("there is no rung '480p'; there is audio, source");
    assertThat(send("GET", "01M7YZMHG0B2Y153S441CND7V7.mp4").statusCode()).isEqualTo(404);
    assertThat(send("GET", "nonsense.mp4").statusCode()).isEqualTo(404);
    assertThat(send("POST", asset.id() + ".mp4").statusCode()).isEqualTo(405);
  }

  private HttpResponse<byte[]> get(String query, String... headers) throws Exception {
    return send("GET", asset.id() + ".mp4" + query, headers);
  }

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + delivery.port() + "/download/" + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
