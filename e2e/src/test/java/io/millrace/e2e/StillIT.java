package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JPEG of a live stream is one of its pictures, and who makes it may die. */
class StillIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String STREAM = "still";

  /** Between a picture and its JPEG; another picture of the clip has less than 25. */
  private static final double LEAST_DECIBELS = 32;

  private static final Pattern AVERAGE = Pattern.compile("average:([0-9.]+|inf)");

  @TempDir private Path folder;

  @Test
  void isAPictureOfTheSourceAlsoBehindTheDeathOfWhoMakesIt() throws Exception {
    Path clip = folder.resolve("clip.mp4");
    ffmpeg(
        "-t 16 -i "
            + Clips.bigBuckBunny()
            + " -vf scale=640:360 -c:v libx264 -preset veryfast -g 48 -keyint_min 48"
            + " -sc_threshold 0 -ac 2 -c:a aac "
            + clip);
    ffmpeg("-skip_frame nokey -i " + clip + " -fps_mode passthrough " + folder + "/key-%d.png");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of());
        FfmpegPublisher publisher = FfmpegPublisher.looping(clip, server.rtmp(STREAM))) {
      Waiting.untilPlayable(server, STREAM);
      assertThat(transcoders(server)).as("before anybody asks").isEmpty();
      isAPicture(still(server));
      assertThat(server.fetch(server.http("/api/v1/live")).map(Answer::body).orElseThrow())
          .contains("/play/live/" + STREAM + "/still.jpg");

      List<ProcessHandle> makers = transcoders(server);
      assertThat(makers).hasSize(1);
      makers.getFirst().destroyForcibly();
      Waiting.within(DEADLINE).until(() -> !makers.getFirst().isAlive());
      // Caches give the former one until the next key frame is asked for.
      Waiting.within(DEADLINE)
          .until(
              () -> {
                still(server);
                return transcoders(server).stream().anyMatch(ProcessHandle::isAlive);
              });
      isAPicture(still(server));
      assertThat(publisher.program().isAlive()).isTrue();
      assertThat(Waiting.media(server, STREAM).orElseThrow().segments())
          .noneMatch(segment -> segment.gap() || segment.discontinuity());
    }
  }

  /** Once there is one. */
  private Path still(MillraceProcess server) throws IOException {
    URI address = server.http("/play/live/" + STREAM + "/still.jpg");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          Waiting.within(DEADLINE)
              .until(
                  () ->
                      http.send(
                          HttpRequest.newBuilder(address).build(),
                          HttpResponse.BodyHandlers.ofByteArray()),
                  response -> response.statusCode() == 200);
      assertThat(answer.headers().firstValue("content-type")).contains("image/jpeg");
      return Files.write(folder.resolve("still.jpg"), answer.body());
    }
  }

  private void isAPicture(Path still) {
    List<Double> decibels = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      Program.Result compared =
          Ffmpeg.run(
              DEADLINE,
              ("-v info -i "
                      + still
                      + " -i "
                      + folder.resolve("key-" + i + ".png")
                      + " -lavfi [0]format=yuv420p[a];[1]format=yuv420p[b];[a][b]psnr -f null -")
                  .split(" "));
      Matcher average = AVERAGE.matcher(compared.errors());
      assertThat(average.find()).as(compared.errors()).isTrue();
      decibels.add(Double.parseDouble(average.group(1)));
    }
    assertThat(decibels).as("PSNR beside each key frame").anyMatch(each -> each > LEAST_DECIBELS);
  }

  private static void ffmpeg(String arguments) {
    Ffmpeg.run(DEADLINE, arguments.split(" ")).orFail();
  }

  private static List<ProcessHandle> transcoders(MillraceProcess server) {
    return server.processes().stream().filter(LadderIT::isTranscoder).toList();
  }
}
