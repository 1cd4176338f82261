package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.Clips;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipReaderTest {
  @TempDir Path directory;

  @Test
  void readsTheTracksOfARealClip() throws Exception {
    try (ClipReader reader = ClipReader.open(Clips.bigBuckBunny())) {
      assertThat(reader.tracks()).hasSize(2);
      TrackFormat.H264 video = (TrackFormat.H264) reader.tracks().get(0).format();
      TrackFormat.Aac audio = (TrackFormat.Aac) reader.tracks().get(1).format();
      assertThat(video.width()).isEqualTo(854);
      assertThat(video.height()).isEqualTo(480);
      assertThat(audio.channels()).isEqualTo(6);
      assertThat(audio.sampleRate()).isEqualTo(48_000);
      assertThat(reader.duration()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(31));
    }
  }

  @Test
  void givesEveryPacketInOrderOfDecoding() throws Exception {
    List<String> hashes = new ArrayList<>();
    try (ClipReader reader = ClipReader.open(Clips.bigBuckBunny())) {
      List<Track> tracks = reader.tracks();
      long last = Long.MIN_VALUE;
      int first = 0;
      for (Optional<Sample> next = reader.next(); next.isPresent(); next = reader.next()) {
        Sample sample = next.get();
        Track track = tracks.get(sample.track().value() - 1);
        long nanos = track.timescale().toNanos(sample.dts());
        assertThat(nanos).isGreaterThanOrEqualTo(last);
        last = nanos;
        if (!track.isVideo()) {
          hashes.add(md5(sample.payload().getBytes()));
        } else if (first++ == 0) {
          assertThat(sample.sync()).isTrue();
          // The edit list takes the delay of reordering back.
          assertThat(sample.pts()).isZero();
        }
      }
      reader.rewind();
      assertThat(reader.next()).isPresent();
    }
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    assertThat(hashes).isEqualTo(FrameHashes.audioPackets(Duration.ofSeconds(60), source).md5s());
  }

  @Test
  void refusesWhatIsNoClip() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "this is no film at all, really");
    Path empty = Files.writeString(directory.resolve("empty"), "");

    assertThatThrownBy(() -> ClipReader.open(text)).isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> ClipReader.open(empty)).isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void survivesAnyDamage() throws Exception {
    byte[] clip = Files.readAllBytes(Clips.bigBuckBunny());
    int moov = indexOf(clip, "moov");
    int end = Math.min(clip.length, moov + 40_000);
    Path damaged = directory.resolve("damaged.mp4");
    Seeds.forEach(
        300,
        random -> {
          byte[] bytes = Arrays.copyOf(clip, random.nextInt(4) == 0 ? random.nextInt(end) : end);
          for (int i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
            int range = random.nextBoolean() ? Math.min(bytes.length, moov + 1200) : bytes.length;
            bytes[random.nextInt(range)] = (byte) random.nextInt();
          }
          Files.write(damaged, bytes);
          try (ClipReader reader = ClipReader.open(damaged)) {
            for (int i = 0; i < 50 && reader.next().isPresent(); i++) {
              assertThat(reader.tracks()).isNotEmpty();
            }
          } catch (MalformedMediaException | UnsupportedMediaException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        });
  }

  private static int indexOf(byte[] bytes, String word) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(word) - 4;
  }

  private static String md5(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
