package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.BrowserPlayers.Cue;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.PacedEncoder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stream whose pictures carry CTA-608 and CTA-708: hls.js shows the WebVTT that is made of the
 * first, Shaka Player decodes the second by itself, and FFmpeg reads the WebVTT of both.
 */
class CaptionsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** As long as a segment. Nothing is shown when one ends, so that no cue is split. */
  private static final int PICTURES_A_CAPTION = 48;

  private static final int CAPTIONS = 12;
  private static final double PICTURE = 1 / 24.0;
  private static final double SPACING = PICTURES_A_CAPTION * PICTURE;

  /** Pictures from a caption's first code to its end. */
  private static final int SHOWN_AT = 10;

  private static final int ERASED_AT = 36;
  private static final int ENOUGH = 4;

  @TempDir private Path folder;

  @Test
  void playersShowWhatThePicturesSay() {
    FlvClip clip = FlvClip.encoded("426x240", Duration.ofSeconds(24)).captioned(script());
    try (MillraceProcess server = server();
        PacedEncoder encoder =
            PacedEncoder.publish(
                server.ports().rtmp(), "spoken?key=" + MillraceProcess.PUBLISH_KEY, clip)) {
      Waiting.untilPlayable(server, "spoken");
      URI line21;
      URI service;
      List<Cue> inHls;
      List<Cue> inShaka;
      try (UnderValidation watched = UnderValidation.of(server.playlist("spoken"));
          BrowserPlayers players = BrowserPlayers.play(server, "spoken")) {
        Waiting.within(PATIENCE)
            .failFast(players::mustLive)
            .untilAsserted(
                () ->
                    assertThat(players.of("spoken"))
                        .allSatisfy(
                            (player, seen) -> {
                              assertThat(seen.problems()).as(seen.everything()).isEmpty();
                              assertThat(seen.cues())
                                  .as(player + ": " + seen.everything())
                                  .hasSizeGreaterThan(ENOUGH);
                            }));
        inHls = players.of("spoken").get("hls.js").cues();
        inShaka = players.of("spoken").get("shaka").cues();
        line21 = rendition(watched, "text-cc1");
        service = rendition(watched, "text-service1");
        encoder.unpublish();
      }
      List<Cue> line21Text = ffmpeg(line21);
      List<Cue> serviceText = ffmpeg(service);
      for (Cue cue : line21Text) {
        // The broadcast may have ended in the last one.
        double least = cue.equals(line21Text.getLast()) ? 0 : shown(-1);
        assertThat(cue.to() - cue.from()).isBetween(least, shown(1));
        assertThat(cue.text()).startsWith("Line ");
      }
      assertSame("hls.js", inHls, line21Text);
      assertSame("Shaka", inShaka, serviceText);
      // Both were spoken at once, or nearly so.
      assertThat(serviceText.getFirst().from() - line21Text.getFirst().from())
          .isBetween(-2 * PICTURE, 2 * PICTURE);
    }
  }

  /**
   * A player that goes over to a rung reads the captions out of its pictures: FFmpeg finds those of
   * CTA-608 there as in the source's, of the same text and at the same distance.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x264,openh264", "openh264"})
  void rungsCarryThemAsTheSourceDoes(String encoders) {
    String kind = encoders.replace(',', '-');
    FlvClip clip = FlvClip.encoded("426x320", Duration.ofSeconds(24)).captioned(script());
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_LADDER", "copy,240p",
            "MILLRACE_TRANSCODER_ENCODERS", encoders,
            "MILLRACE_TRANSCODER_MAX_BEHIND", "20s",
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data-" + kind), Ports.free(), settings);
        PacedEncoder encoder =
            PacedEncoder.publish(
                server.ports().rtmp(), "spoken?key=" + MillraceProcess.PUBLISH_KEY, clip)) {
      Waiting.untilPlayable(server, "spoken");
      URI rung;
      URI source;
      try (UnderValidation watched = UnderValidation.of(server.playlist("spoken"))) {
        Waiting.within(PATIENCE).until(() -> hasFetched(watched, "video-240p", 7));
        rung = rendition(watched, "video-240p");
        source = rendition(watched, "video");
        encoder.unpublish();
      }
      List<Cue> ofSource = inThePictures(source, "source-" + kind);
      List<Cue> ofRung = inThePictures(rung, "rung-" + kind);
      assertThat(ofSource).hasSizeGreaterThan(ENOUGH);
      assertThat(ofRung.stream().map(Cue::text)).containsAll(texts(ofSource.subList(0, ENOUGH)));
      assertSame("the rung", ofRung, ofSource);
    }
  }

  private static List<String> texts(List<Cue> cues) {
    return cues.stream().map(Cue::text).toList();
  }

  private static boolean hasFetched(UnderValidation watched, String name, int segments) {
    return watched.walker().walks().stream()
        .anyMatch(
            walk ->
                walk.uri().getPath().contains("/" + name + "/")
                    && walk.segments().size() >= segments);
  }

  /** The captions that FFmpeg decodes out of a rendition's pictures. */
  private List<Cue> inThePictures(URI playlist, String name) {
    Path file = folder.resolve(name + ".mp4");
    Ffmpeg.run(
            PATIENCE,
            "-live_start_index",
            "0",
            "-i",
            playlist.toString(),
            "-c",
            "copy",
            file.toString())
        .orFail();
    String read =
        Ffmpeg.run(
                PATIENCE,
                "-f",
                "lavfi",
                "-i",
                "movie=" + file + "[out+subcc]",
                "-map",
                "0:s",
                "-f",
                "srt",
                "-")
            .orFail()
            .text();
    return srt(read);
  }

  private static double shown(int more) {
    return (ERASED_AT - SHOWN_AT + more) * PICTURE;
  }

  /** A player counts from where it began: the same texts, as far apart, for as long. */
  private static void assertSame(String player, List<Cue> seen, List<Cue> text) {
    Cue first = seen.getFirst();
    double began =
        text.stream()
            .filter(cue -> cue.text().equals(first.text().strip()))
            .mapToDouble(cue -> cue.from() - first.from())
            .findFirst()
            .orElseThrow(() -> new AssertionError(player + " has " + seen + " of " + text));
    for (Cue cue : seen) {
      assertThat(text)
          .as(player + " has " + cue + " since " + began)
          .anySatisfy(
              other -> {
                assertThat(cue.text().strip()).isEqualTo(other.text());
                assertThat(cue.from() + began - other.from()).isBetween(-PICTURE, PICTURE);
                assertThat(cue.to() + began - other.to()).isBetween(-PICTURE, PICTURE);
              });
    }
    assertThat(seen.stream().map(cue -> Math.round((cue.from() - first.from()) / SPACING)))
        .as(player)
        .doesNotHaveDuplicates();
  }

  private static URI rendition(UnderValidation watched, String name) {
    return watched.walker().walks().stream()
        .map(walk -> walk.uri())
        .filter(uri -> uri.getPath().contains("/" + name + "/"))
        .findFirst()
        .orElseThrow();
  }

  /** What it reads from a text's playlist. */
  private static List<Cue> ffmpeg(URI playlist) {
    String read =
        Ffmpeg.run(
                PATIENCE,
                "-live_start_index",
                "0",
                "-i",
                playlist.toString(),
                "-c:s",
                "text",
                "-f",
                "srt",
                "-")
            .orFail()
            .text();
    return srt(read);
  }

  private static List<Cue> srt(String read) {
    List<Cue> cues = new ArrayList<>();
    for (String block : read.strip().split("\n\n", -1)) {
      String[] lines = block.split("\n", 3);
      String[] times = lines[1].split(" --> ", 2);
      cues.add(
          new Cue(
              seconds(times[0]),
              seconds(times[1]),
              lines[2].replaceAll("<[^>]*>|\\{[^}]*}", "").strip()));
    }
    return cues;
  }

  private static double seconds(String time) {
    String[] parts = time.replace(',', '.').split(":", -1);
    return Integer.parseInt(parts[0]) * 3_600
        + Integer.parseInt(parts[1]) * 60
        + Double.parseDouble(parts[2]);
  }

  /** Every two seconds a caption of each kind, shown and taken away at the same pictures. */
  private static List<List<CcData>> script() {
    List<List<CcData>> pictures = new ArrayList<>();
    Line21Encoder line21 = new Line21Encoder(1);
    DtvccEncoder service = new DtvccEncoder().service(1);
    for (int i = 0; i < CAPTIONS; i++) {
      int first = pictures.size();
      line21.popOn().eraseHidden().at(15, 0).text("Line %02d".formatted(i)).endOfCaption();
      say(pictures, line21, first + ERASED_AT);
      say(pictures, line21.eraseShown(), first + PICTURES_A_CAPTION);
      service.define(0, true, 0, 60, 0, 1, 32).text("Service %02d".formatted(i)).codes(0x03);
      pictures.get(first + SHOWN_AT).addAll(service.packet());
      pictures.get(first + ERASED_AT).addAll(service.windows(0x8C, 0x01).packet());
    }
    return pictures;
  }

  /** A pair for each picture up to one. */
  private static void say(List<List<CcData>> pictures, Line21Encoder line21, int until) {
    line21.take().forEach(pair -> pictures.add(new ArrayList<>(List.of(pair))));
    while (pictures.size() < until) {
      pictures.add(new ArrayList<>(List.of(new CcData(true, 0, 0x80, 0x80))));
    }
  }

  private MillraceProcess server() {
    MillraceProcess server =
        MillraceProcess.start(
            folder.resolve("data"),
            Ports.free(),
            Map.of("MILLRACE_INGEST_END_GRACE", "1s"),
            List.of("serve", "--role", "origin,edge"));
    server.awaitReady();
    return server;
  }
}
