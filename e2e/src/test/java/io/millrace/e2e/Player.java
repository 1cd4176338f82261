package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * FFmpeg as a viewer that plays a stream from its first segment to its end and hashes everything it
 * sees and hears.
 */
final class Player implements AutoCloseable {
  private static final double OFFSET_SECONDS = 0.001_001;

  private final Program program;
  private final Path pictures;
  private final Path sound;

  /**
   * @param folder where it keeps its notes
   */
  Player(URI playlist, Path folder) {
    this(fromTheFirst(playlist), folder, 0, List.of());
  }

  /**
   * @param inputs how the stream is opened
   * @param heard which of them the sound is taken from
   */
  private Player(List<String> inputs, Path folder, int heard, List<String> soundFilter) {
    this.pictures = folder.resolve("pictures.framemd5");
    this.sound = folder.resolve("sound.framemd5");
    List<String> arguments = new ArrayList<>();
    // Without -copyts FFmpeg would move what is behind a jump of timestamps.
    arguments.add("-copyts");
    arguments.addAll(inputs);
    arguments.addAll(List.of("-map", "0:v:0", "-fps_mode", "passthrough"));
    arguments.addAll(List.of("-enc_time_base", "demux", "-f", "framemd5", pictures.toString()));
    arguments.addAll(List.of("-map", heard + ":a:0", "-c", "copy"));
    arguments.addAll(soundFilter);
    arguments.addAll(List.of("-f", "framemd5", sound.toString()));
    this.program = Ffmpeg.start(arguments);
  }

  /** One of MPEG-TS, which has headers before each frame of AAC; they are not compared. */
  static Player ofTransportStream(URI playlist, Path folder) {
    return new Player(fromTheFirst(playlist), folder, 0, List.of("-bsf:a", "aac_adtstoasc"));
  }

  /**
   * One of a DASH manifest of a broadcast that has ended. FFmpeg stops where the first track does,
   * so it opens the manifest for each.
   */
  static Player ofManifest(URI manifest, Path folder) {
    String address = manifest.toString();
    return new Player(List.of("-i", address, "-i", address), folder, 1, List.of());
  }

  private static List<String> fromTheFirst(URI playlist) {
    return List.of("-live_start_index", "0", "-i", playlist.toString());
  }

  /** Waits until the stream's end was played. */
  void awaitEnd(Duration deadline) {
    program.await(deadline).orFail();
  }

  /**
   * Judges that every decoded picture and every audio packet of the clip came, in order, and that
   * all are shown as far from the first picture as in the clip.
   */
  void playedTheWholeClip() {
    playedTheWholeClip(0);
  }

  /**
   * The same.
   *
   * @param moved so many packets of sound come first that the publisher has given other times
   */
  void playedTheWholeClip(int moved) {
    FrameHashes seen = read(pictures);
    FrameHashes heard = read(sound);
    assertThat(Clip.PICTURES.differenceTo(seen)).as("pictures").isEmpty();
    assertThat(Clip.SOUND.differenceTo(heard)).as("audio packets").isEmpty();
    double later = seen.seconds(0) - Clip.PICTURES.seconds(0);
    int end = heard.entries().size();
    assertThat(Clip.PICTURES.timeDifferenceTo(seen, later, OFFSET_SECONDS))
        .as("pictures")
        .isEmpty();
    assertThat(
            Clip.SOUND
                .part(moved, end)
                .timeDifferenceTo(heard.part(moved, end), later, OFFSET_SECONDS))
        .as("sound against picture")
        .isEmpty();
  }

  @Override
  public void close() {
    program.close();
  }

  private static FrameHashes read(Path file) {
    try {
      return FrameHashes.parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the clip itself holds; decoded once. */
  private static final class Clip {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final List<String> SOURCE = List.of("-i", Clips.bigBuckBunny().toString());
    static final FrameHashes PICTURES = FrameHashes.decodedVideo(DEADLINE, SOURCE);
    static final FrameHashes SOUND = FrameHashes.audioPackets(DEADLINE, SOURCE);
  }
}
