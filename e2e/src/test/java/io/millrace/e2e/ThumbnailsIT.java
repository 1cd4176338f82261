package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source that has another colour every two seconds: each thumbnail has that of its time, on air,
 * in the recording, in a clip of it, and where Shaka Player shows it.
 */
class ThumbnailsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String STREAM = "coloured";
  private static final int COLOUR_SECONDS = 2;
  private static final int COLOURS = 13;

  /** What FFmpeg calls them, and what they are; none is grey. */
  private static final Map<String, int[]> NAMES =
      Map.of(
          "red", new int[] {255, 0, 0},
          "lime", new int[] {0, 255, 0},
          "blue", new int[] {0, 0, 255},
          "yellow", new int[] {255, 255, 0},
          "magenta", new int[] {255, 0, 255},
          "cyan", new int[] {0, 255, 255},
          "white", new int[] {255, 255, 255});

  private static final List<String> PALETTE =
      List.of("red", "lime", "blue", "yellow", "magenta", "cyan", "white");
  private static final Pattern CUE =
      Pattern.compile("([0-9:.]+) --> ([0-9:.]+)\\n(\\S+)#xywh=(\\d+),(\\d+),(\\d+),(\\d+)\\n");

  @TempDir private Path folder;

  /** A picture and its time in seconds. */
  private record Seen(double from, double to, String colour) {}

  @ParameterizedTest
  @ValueSource(strings = {"cmaf", "ts"})
  void eachIsThePictureOfItsTime(String container) throws Exception {
    Path clip = clip();
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_CONTAINER", container,
            "MILLRACE_PACKAGER_THUMBNAILS_INTERVAL", "2s",
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        Program publisher =
            Ffmpeg.start(
                ("-re -i " + clip + " -c copy -f flv " + server.rtmp(STREAM)).split(" "))) {
      Waiting.untilPlayable(server, STREAM);
      URI live = server.playlist(STREAM).resolve("thumbnails.vtt");
      List<Seen> early =
          Waiting.within(DEADLINE).until(() -> seen(server, live), s -> s.size() > 2);
      followsThePalette(early);
      List<Seen> late = Waiting.within(DEADLINE).until(() -> seen(server, live), s -> s.size() > 7);
      followsThePalette(late);
      assertThat(late.subList(0, early.size() - 1)).isEqualTo(early.subList(0, early.size() - 1));
      publisher.await(DEADLINE).orFail();

      URI asset = Waiting.within(DEADLINE).until(() -> asset(server), Optional::isPresent).get();
      List<Seen> whole = seen(server, asset.resolve("thumbnails.vtt"));
      assertThat(whole).hasSize(COLOURS);
      isOfItsTime(whole, 0);
      assertThat(whole.getLast().to).isBetween(25.5, 26.1);

      Map<?, ?> part = clipped(server, asset);
      double begins = ((Number) ((Map<?, ?>) part.get("clip")).get("begins")).doubleValue();
      URI address = server.http("/play/vod/" + part.get("id") + "/thumbnails.vtt");
      isOfItsTime(seen(server, address), begins);
      shownByShaka(asset.toString());
      if (container.equals("cmaf")) {
        shownByShaka(asset.toString(), asset.resolve("thumbnails.vtt").toString());
        shownByShaka(asset.resolve("manifest.mpd").toString());
      }
      shownByThePortal(server, asset, container);
    }
  }

  private Path clip() {
    StringBuilder graph = new StringBuilder();
    StringBuilder inputs = new StringBuilder();
    for (int i = 0; i < COLOURS; i++) {
      graph.append("color=%s:s=426x240:r=25:d=%d[c%d];".formatted(name(i), COLOUR_SECONDS, i));
      inputs.append("[c").append(i).append(']');
    }
    Path clip = folder.resolve("clip.flv");
    Ffmpeg.run(
            DEADLINE,
            ("-f lavfi -i "
                    + graph
                    + inputs
                    + "concat=n="
                    + COLOURS
                    + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50"
                    + " -sc_threshold 0 "
                    + clip)
                .split(" "))
        .orFail();
    return clip;
  }

  private static String name(int number) {
    return PALETTE.get(number % PALETTE.size());
  }

  /** Which moment of the source it began with, nobody knows. */
  private static void followsThePalette(List<Seen> thumbnails) {
    int first = PALETTE.indexOf(thumbnails.getFirst().colour);
    for (int i = 0; i < thumbnails.size(); i++) {
      assertThat(thumbnails.get(i).colour).as(thumbnails.toString()).isEqualTo(name(first + i));
      assertThat(thumbnails.get(i).from).isEqualTo(thumbnails.getFirst().from + COLOUR_SECONDS * i);
    }
  }

  /**
   * @param begins where in the source its timeline begins, in seconds
   */
  private static void isOfItsTime(List<Seen> thumbnails, double begins) {
    assertThat(thumbnails).isNotEmpty();
    for (Seen each : thumbnails) {
      int number = (int) Math.round((each.from + begins) / COLOUR_SECONDS);
      assertThat(each.colour).as(thumbnails + " from " + begins).isEqualTo(name(number));
    }
  }

  private static List<Seen> seen(MillraceProcess server, URI track)
      throws IOException, InterruptedException {
    String text = server.fetch(track).filter(a -> a.status() == 200).map(Answer::body).orElse("");
    Map<URI, BufferedImage> sheets = new HashMap<>();
    List<Seen> seen = new ArrayList<>();
    Matcher cue = CUE.matcher(text);
    while (cue.find()) {
      URI address = track.resolve(cue.group(3));
      if (!sheets.containsKey(address)) {
        Optional<BufferedImage> sheet = sheet(address);
        if (sheet.isEmpty()) {
          return List.of();
        }
        sheets.put(address, sheet.get());
      }
      BufferedImage tile =
          sheets
              .get(address)
              .getSubimage(
                  Integer.parseInt(cue.group(4)),
                  Integer.parseInt(cue.group(5)),
                  Integer.parseInt(cue.group(6)),
                  Integer.parseInt(cue.group(7)));
      seen.add(new Seen(seconds(cue.group(1)), seconds(cue.group(2)), colour(tile)));
    }
    return seen;
  }

  /** Empty while the program that makes it is starting on a busy machine. */
  private static Optional<BufferedImage> sheet(URI address)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(address).timeout(DEADLINE).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 503) {
        return Optional.empty();
      }
      assertThat(answer.statusCode()).as(address.toString()).isEqualTo(200);
      assertThat(answer.headers().firstValue("cache-control").orElse("")).contains("immutable");
      return Optional.of(ImageIO.read(new ByteArrayInputStream(answer.body())));
    }
  }

  private static double seconds(String time) {
    String[] parts = time.split(":", -1);
    return Integer.parseInt(parts[0]) * 3600
        + Integer.parseInt(parts[1]) * 60
        + Double.parseDouble(parts[2]);
  }

  /** All of it, so that a tile with a stripe of its neighbour is none. */
  private static String colour(BufferedImage tile) {
    String corner = colour(tile.getRGB(2, 2));
    for (int x = 2; x < tile.getWidth() - 2; x += 4) {
      for (int y = 2; y < tile.getHeight() - 2; y += 4) {
        if (!colour(tile.getRGB(x, y)).equals(corner)) {
          return "several";
        }
      }
    }
    return corner;
  }

  private static String colour(int rgb) {
    return colour(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF);
  }

  private static String colour(double red, double green, double blue) {
    return NAMES.entrySet().stream()
        .filter(
            name ->
                Math.abs(name.getValue()[0] - red) < 45
                    && Math.abs(name.getValue()[1] - green) < 45
                    && Math.abs(name.getValue()[2] - blue) < 45)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("(%.0f, %.0f, %.0f)".formatted(red, green, blue));
  }

  private static Optional<URI> asset(MillraceProcess server) {
    return server
        .fetch(server.http("/api/v1/assets"))
        .map(answer -> (List<?>) Administrator.object(answer.body()).get("items"))
        .orElse(List.of())
        .stream()
        .map(item -> String.valueOf(((Map<?, ?>) item).get("id")))
        .map(id -> server.http("/play/vod/" + id + "/index.m3u8"))
        .filter(uri -> server.fetch(uri).map(answer -> answer.status() == 200).orElse(false))
        .findFirst();
  }

  private static Map<?, ?> clipped(MillraceProcess server, URI asset) throws Exception {
    String id = asset.getPath().split("/", -1)[3];
    Answer made =
        new Administrator(server)
            .send("POST", "/assets/" + id + "/clips", "{\"from\": 7, \"to\": 13.5}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return Administrator.object(made.body());
  }

  /**
   * @param addresses of what is played, and where that does not tell of thumbnails, of those
   */
  private static void shownByShaka(String... addresses) {
    List<String> arguments = new ArrayList<>(List.of(Browser.executable()));
    arguments.addAll(List.of(addresses));
    Map<?, ?> told;
    try (Program shown = Browser.start("thumbnails.mjs", arguments)) {
      told = Browser.json(shown.await(DEADLINE).orFail().text());
    }
    assertThat((List<?>) told.get("problems")).isEmpty();
    List<Seen> seen = new ArrayList<>();
    for (Object each : (List<?>) ((Map<?, ?>) told.get("seen")).get("thumbnails")) {
      Map<?, ?> one = (Map<?, ?>) each;
      seen.add(
          new Seen(
              number(one, "start"),
              number(one, "end"),
              colour(number(one, "red"), number(one, "green"), number(one, "blue"))));
    }
    assertThat(seen).hasSize(COLOURS);
    isOfItsTime(seen, 0);
  }

  /** Above the bar under the picture; the last picture is kept. */
  private static void shownByThePortal(MillraceProcess server, URI asset, String container)
      throws IOException {
    Path screenshots = Files.createDirectories(Path.of("target/screenshots"));
    List<String> arguments =
        List.of(
            Browser.executable(),
            server.http("/recordings/" + asset.getPath().split("/", -1)[3]).toString(),
            screenshots.resolve("thumbnail-" + container + ".png").toAbsolutePath().toString(),
            "0.1",
            "0.9",
            "0.5");
    Map<?, ?> told;
    try (Program shown = Browser.start("preview.mjs", arguments)) {
      told = Browser.json(shown.await(DEADLINE).orFail().text());
    }
    assertThat((List<?>) told.get("problems")).isEmpty();
    List<?> seen = (List<?>) Objects.requireNonNull(told.get("seen"));
    assertThat(seen).hasSize(3);
    for (Object each : seen) {
      Map<?, ?> one = (Map<?, ?>) each;
      double at = number(one, "place") * COLOURS * COLOUR_SECONDS;
      assertThat(colour(number(one, "red"), number(one, "green"), number(one, "blue")))
          .as(one.toString())
          .isEqualTo(name((int) (at / COLOUR_SECONDS)));
      assertThat(String.valueOf(one.get("time"))).isEqualTo("0:%02d".formatted((int) at));
    }
    assertThat(number(told, "went")).as("a click goes there").isBetween(0.45, 0.6);
  }

  private static double number(Map<?, ?> told, String name) {
    return ((Number) told.get(name)).doubleValue();
  }
}
