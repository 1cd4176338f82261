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
import java.util.List;

/**
 * FFmpeg as a viewer that plays a stream from its first segment to its end and hashes everything it
 * sees and hears.
 */
final class Player implements AutoCloseable {
  private final Program program;
  private final Path pictures;
  private final Path sound;

  /**
   * @param folder where it keeps its notes
   */
  Player(URI playlist, Path folder) {
    this.pictures = folder.resolve("pictures.framemd5");
    this.sound = folder.resolve("sound.framemd5");
    this.program =
        Ffmpeg.start(
            "-live_start_index",
            "0",
            "-i",
            playlist.toString(),
            "-map",
            "0:v:0",
            "-fps_mode",
            "passthrough",
            "-f",
            "framemd5",
            pictures.toString(),
            "-map",
            "0:a:0",
            "-c",
            "copy",
            "-f",
            "framemd5",
            sound.toString());
  }

  /** Waits until the stream's end was played. */
  void awaitEnd(Duration deadline) {
    program.await(deadline).orFail();
  }

  /** Judges that every decoded picture and every audio packet of the clip came, in order. */
  void playedTheWholeClip() {
    assertThat(Clip.PICTURES.differenceTo(read(pictures))).as("pictures").isEmpty();
    assertThat(Clip.SOUND.differenceTo(read(sound))).as("audio packets").isEmpty();
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
