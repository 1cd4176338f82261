package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Media of every kind is pushed by FFmpeg and played by FFmpeg from its first segment to its end:
 * every decoded picture and every audio packet of the source comes out, in order, bit-exact, and
 * sound and picture stay together. The validator follows each to its end and finds no broken rule.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BitExact {
  private static final Duration PLAYED = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofSeconds(15);
  private static final int AT_ONCE = 5;

  /** Publishers' milliseconds round each time by half a one at most, and the first one too. */
  private static final double OFFSET_SECONDS = 0.001_001;

  /**
   * A PES packet tells when its first frame is presented. In the first packet of sound alone FFmpeg
   * counts on from there without knowing yet how long a frame lasts.
   */
  private static final int UNTIMED = 3;

  private final String container;
  private final Map<Material, CompletableFuture<Seen>> seen = new EnumMap<>(Material.class);
  private final Map<Material, Path> sources = new EnumMap<>(Material.class);

  @SuppressWarnings("NullAway.Init") // BeforeAll
  private MillraceProcess server;

  @SuppressWarnings("NullAway.Init") // BeforeAll
  private ExecutorService rounds;

  BitExact(String container) {
    this.container = container;
  }

  /** What a player saw and heard, and what the encoder said. */
  private record Seen(FrameHashes pictures, List<FrameHashes> sound, String encoder) {}

  @BeforeAll
  void pushEverything(@TempDir Path folder) throws IOException {
    Path media = Files.createDirectories(folder.resolve("media"));
    server =
        MillraceProcess.start(
            folder.resolve("data"),
            Ports.free(),
            Map.of("MILLRACE_PACKAGER_CONTAINER", container, "MILLRACE_INGEST_END_GRACE", "1s"),
            List.of("serve", "--role", "origin,edge"));
    server.awaitReady();
    rounds = Executors.newFixedThreadPool(AT_ONCE);
    materials()
        .forEach(
            material ->
                seen.put(
                    material,
                    CompletableFuture.supplyAsync(() -> pushAndPlay(material, media), rounds)));
  }

  @AfterAll
  void stop() {
    rounds.shutdownNow();
    server.close();
  }

  @ParameterizedTest
  @MethodSource("materials")
  void everyPictureAndAudioPacketComesOutInOrder(Material material) throws Exception {
    Seen played =
        Objects.requireNonNull(seen.get(material)).get(PLAYED.toSeconds(), TimeUnit.SECONDS);
    List<String> source = List.of("-i", sources.get(material).toString());

    double later = 0;
    if (material.hasVideo()) {
      FrameHashes expected = FrameHashes.decodedVideo(PLAYED, source);
      assertThat(expected.differenceTo(played.pictures)).as(played.encoder).isEmpty();
      later = played.pictures.seconds(0) - expected.seconds(0);
      isShownInTime("pictures", expected, played.pictures, later);
    }
    for (int track = 0; track < material.audioTracks(); track++) {
      FrameHashes expected = FrameHashes.packets(PLAYED, source, "0:a:" + track);
      // FFmpeg lists what has a playlist of its own before what is muxed with the picture.
      int shown = container.equals("ts") ? material.audioTracks() - 1 - track : track;
      FrameHashes heard = played.sound.get(shown);
      assertThat(expected.differenceTo(heard)).as(played.encoder).isEmpty();
      if (!material.hasVideo()) {
        later = heard.seconds(0) - expected.seconds(0);
      }
      int timed = container.equals("ts") ? UNTIMED : 0;
      int end = heard.entries().size();
      isShownInTime("sound begins", expected.part(0, 1), heard.part(0, 1), later);
      isShownInTime("sound", expected.part(timed, end), heard.part(timed, end), later);
    }
  }

  /** Of each picture and each packet of sound, counted from the first picture. */
  private static void isShownInTime(
      String what, FrameHashes source, FrameHashes played, double later) {
    assertThat(source.timeDifferenceTo(played, later, OFFSET_SECONDS)).as(what).isEmpty();
  }

  Stream<Material> materials() {
    return Stream.of(Material.values()).filter(material -> material.fits(container));
  }

  private Seen pushAndPlay(Material material, Path folder) {
    Path source = material.make(folder);
    synchronized (sources) {
      sources.put(material, source);
    }
    String stream = material.stream();
    try (Program encoder = Ffmpeg.start(material.push(source, server.rtmp(stream)))) {
      Waiting.untilPlayable(server, stream);
      try (UnderValidation watched = UnderValidation.of(server.playlist(stream))) {
        Seen all = play(material, folder, encoder);
        Waiting.within(END).until(watched.walker()::ended);
        return all;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Seen play(Material material, Path folder, Program encoder) throws IOException {
    Path pictures = folder.resolve(material.stream() + ".pictures");
    List<String> arguments = new ArrayList<>();
    // Without -copyts FFmpeg would move what is behind a jump of timestamps.
    arguments.addAll(List.of("-copyts", "-live_start_index", "0"));
    arguments.addAll(List.of("-i", server.playlist(material.stream()).toString()));
    if (material.hasVideo()) {
      arguments.addAll(List.of("-map", "0:v:0", "-fps_mode", "passthrough"));
      arguments.addAll(List.of("-enc_time_base", "demux"));
      arguments.addAll(List.of("-f", "framemd5", pictures.toString()));
    }
    List<Path> sound = new ArrayList<>();
    for (int track = 0; track < material.audioTracks(); track++) {
      sound.add(folder.resolve(material.stream() + ".sound" + track));
      arguments.addAll(List.of("-map", "0:a:" + track, "-c", "copy"));
      if (material.needsAdtsToAsc(container)) {
        arguments.addAll(List.of("-bsf:a", "aac_adtstoasc"));
      }
      arguments.addAll(List.of("-f", "framemd5", sound.getLast().toString()));
    }
    try (Program player = Ffmpeg.start(arguments)) {
      player.await(PLAYED).orFail();
    }
    List<FrameHashes> heard = new ArrayList<>();
    for (Path notes : sound) {
      heard.add(FrameHashes.parse(Files.readString(notes)));
    }
    return new Seen(
        material.hasVideo()
            ? FrameHashes.parse(Files.readString(pictures))
            : new FrameHashes("1/1", List.of()),
        heard,
        encoder.errorsSoFar());
  }
}
