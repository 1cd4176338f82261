package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Seeds;
import io.millrace.validator.mp4.MalformedMp4Exception;
import io.millrace.validator.mp4.Mp4Boxes;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Mp4FragmentTest {
  @TempDir private Path folder;
  private byte[] bytes;

  @BeforeEach
  void fragmentTheClip() throws IOException {
    Path file = folder.resolve("fragmented.mp4");
    Ffmpeg.run(
            Duration.ofSeconds(30),
            "-i",
            Clips.bigBuckBunny().toString(),
            "-c",
            "copy",
            "-movflags",
            "+frag_keyframe+empty_moov+default_base_moof",
            file.toString())
        .orFail();
    bytes = Files.readAllBytes(file);
  }

  @Test
  void readsTheTracksAndEverySampleOfARealFile() {
    assertThat(Mp4Boxes.read(bytes).types()).startsWith("ftyp", "moov", "moof", "mdat");
    List<Mp4Track> tracks = Mp4Track.read(bytes);
    assertThat(tracks).extracting(Mp4Track::handler).containsExactly("vide", "soun");
    assertThat(tracks).extracting(Mp4Track::codec).containsExactly("avc1", "mp4a");
    assertThat(tracks.get(1).timescale()).isEqualTo(48_000);

    List<Mp4Fragment> fragments = Mp4Fragment.read(tracks, bytes);
    List<Mp4Fragment> video =
        fragments.stream().filter(f -> f.track().handler().equals("vide")).toList();
    assertThat(video.stream().mapToInt(f -> f.samples().size()).sum()).isBetween(719, 722);
    assertThat(video).allSatisfy(f -> assertThat(f.samples().getFirst().sync()).isTrue());
    assertThat(video.stream().flatMap(f -> f.samples().stream()).filter(Mp4Fragment.Sample::sync))
        .hasSameSizeAs(video);
    for (int i = 1; i < video.size(); i++) {
      assertThat(video.get(i).baseDecodeTime()).isEqualTo(video.get(i - 1).end());
    }
  }

  @Test
  void nothingButItsOwnExceptionComesFromDamagedBytes() {
    byte[] init = Arrays.copyOf(bytes, 4000);
    assertThatThrownBy(() -> Mp4Boxes.read(init)).isInstanceOf(MalformedMp4Exception.class);
    Seeds.forEach(
        200,
        random -> {
          byte[] damaged = Arrays.copyOf(bytes, 100_000);
          for (int i = 0; i < 20; i++) {
            damaged[random.nextInt(2_000)] = (byte) random.nextInt();
          }
          try {
            Mp4Boxes.read(damaged);
          } catch (MalformedMp4Exception expected) {
            assertThat(expected).hasMessageStartingWith("at byte");
          }
        });
  }
}
