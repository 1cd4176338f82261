package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.FlvClip.Tag;
import io.millrace.testkit.rtmp.Message;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An encoder changes its resolution in mid-stream, in one connection: the timestamps go on. */
class ResolutionChangeIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int PICTURES_BEFORE = 144;
  private static final long CHANGE_MILLIS = 6000;
  private static final double OFFSET_SECONDS = 0.001_001;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cmaf", "ts"})
  void everyPictureOfBothSizesAndAllSoundComeOutAroundOneDiscontinuity(String container)
      throws Exception {
    Path small = encode("426x240");
    Path large = encode("640x360");
    FrameHashes before = decoded("-i", small.toString()).part(0, PICTURES_BEFORE);
    FrameHashes whole = decoded("-i", large.toString());
    FrameHashes after = whole.part(PICTURES_BEFORE, whole.entries().size());
    FrameHashes sound = heard("cmaf", "-i", small.toString());

    Map<String, String> settings =
        Map.of("MILLRACE_PACKAGER_CONTAINER", container, "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        FakeEncoder encoder = FakeEncoder.open(server.ports().rtmp(), Dialect.FFMPEG)) {
      String name = "resized?key=" + MillraceProcess.PUBLISH_KEY;
      encoder.publish("live", name);
      encoder.media(joined(small, large), 0);
      try (UnderValidation watched = Waiting.watch(server, "resized")) {
        encoder.unpublish(name);
        Waiting.within(Duration.ofSeconds(30)).until(watched.walker()::ended);

        List<MediaPlaylistWalk> walks = watched.walker().walks();
        for (MediaPlaylistWalk walk : walks) {
          assertThat(walk.latest().segments().stream().filter(Segment::discontinuity))
              .as("%s", walk.uri())
              .hasSize(1);
        }
        Side first = played(walks, container, false);
        Side second = played(walks, container, true);
        int change = first.sound.entries().size();
        int end = change + second.sound.entries().size();
        assertThat(end).as("packets of sound").isEqualTo(sound.entries().size());
        first.isExactly(before, sound.part(0, change));
        second.isExactly(after, sound.part(change, end));
        if (container.equals("ts")) {
          // In MPEG-TS FFmpeg's player follows over the change; of fMP4 it takes one EXT-X-MAP.
          List<String> both = new ArrayList<>(before.md5s());
          both.addAll(after.md5s());
          String[] all = {"-live_start_index", "0", "-i", server.playlist("resized").toString()};
          assertThat(decoded(all).md5s()).isEqualTo(both);
          assertThat(heard(container, all).md5s()).isEqualTo(sound.md5s());
        }
      }
    }
  }

  /** Twelve seconds with a key frame every second. */
  private Path encode(String size) {
    Path file = folder.resolve(size + ".flv");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-t", "12", "-i", Clips.bigBuckBunny().toString()));
    arguments.addAll(List.of("-vf", "scale=" + size, "-c:v", "libx264", "-preset", "veryfast"));
    arguments.addAll(List.of("-g", "24", "-keyint_min", "24", "-sc_threshold", "0"));
    arguments.addAll(List.of("-ac", "2", "-c:a", "aac", "-y", file.toString()));
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
    return file;
  }

  /** The pictures of the one until the change, those of the other from then on; one sound. */
  private static List<Tag> joined(Path small, Path large) {
    List<Tag> tags = new ArrayList<>();
    for (Tag tag : FlvClip.of("-i", small.toString(), "-c", "copy").tags()) {
      if (tag.type() != Message.VIDEO || tag.timestamp() < CHANGE_MILLIS) {
        tags.add(tag);
      }
    }
    for (Tag tag : FlvClip.of("-i", large.toString(), "-c", "copy").tags()) {
      if (tag.type() == Message.VIDEO && tag.isHeader()) {
        tags.add(new Tag(tag.type(), CHANGE_MILLIS, tag.payload()));
      } else if (tag.type() == Message.VIDEO && tag.timestamp() >= CHANGE_MILLIS) {
        tags.add(tag);
      }
    }
    tags.sort(Comparator.comparingLong(Tag::timestamp));
    return tags;
  }

  /** What FFmpeg plays of the segments on one side of the discontinuity. */
  private record Side(FrameHashes pictures, FrameHashes sound) {
    /** Judges every picture and every packet, and that all are shown as far apart as they were. */
    void isExactly(FrameHashes sourcePictures, FrameHashes sourceSound) {
      double later = pictures.seconds(0) - sourcePictures.seconds(0);
      assertThat(sourcePictures.differenceTo(pictures)).as("pictures").isEmpty();
      assertThat(sourcePictures.timeDifferenceTo(pictures, later, OFFSET_SECONDS))
          .as("pictures")
          .isEmpty();
      assertThat(sourceSound.differenceTo(sound)).as("sound").isEmpty();
      assertThat(sourceSound.timeDifferenceTo(sound, later, OFFSET_SECONDS))
          .as("sound against picture")
          .isEmpty();
    }
  }

  /** In CMAF the sound has a playlist of its own. */
  private Side played(List<MediaPlaylistWalk> walks, String container, boolean behind)
      throws IOException {
    String[] pictures = input(walks.getFirst(), "pictures", behind);
    MediaPlaylistWalk heard =
        walks.stream()
            .filter(walk -> walk.uri().getPath().contains("/audio/"))
            .findFirst()
            .orElse(walks.getFirst());
    String[] sound = input(heard, "sound", behind);
    return new Side(decoded(pictures), heard(container, sound));
  }

  /** The segments on one side of the discontinuity as a playlist of their own. */
  private String[] input(MediaPlaylistWalk walk, String name, boolean behind) throws IOException {
    StringBuilder list = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:20\n");
    boolean passed = false;
    for (Segment segment : walk.latest().segments()) {
      passed |= segment.discontinuity();
      if (passed == behind) {
        if (!segment.initUri().isEmpty()) {
          String init = walk.uri().resolve(segment.initUri()).toString();
          list.append("#EXT-X-MAP:URI=\"").append(init).append("\"\n");
        }
        list.append("#EXTINF:").append(segment.seconds()).append(",\n");
        list.append(walk.uri().resolve(segment.uri())).append('\n');
      }
    }
    Path file = folder.resolve(name + behind + ".m3u8");
    Files.writeString(file, list.append("#EXT-X-ENDLIST\n"));
    return new String[] {"-protocol_whitelist", "file,http,tcp", "-i", file.toString()};
  }

  /** Every decoded picture in its own size. */
  private static FrameHashes decoded(String... input) {
    return run(
        input,
        List.of("-map", "0:v:0", "-fps_mode", "passthrough", "-noautoscale"),
        List.of("-enc_time_base", "demux"));
  }

  /** Every packet of sound, without the headers that MPEG-TS puts before each. */
  private static FrameHashes heard(String container, String... input) {
    boolean headers = container.equals("ts");
    return run(
        input,
        List.of("-map", "0:a:0", "-c", "copy"),
        headers ? List.of("-bsf:a", "aac_adtstoasc") : List.of());
  }

  /** With times as they are told. */
  private static FrameHashes run(String[] input, List<String> selection, List<String> encoding) {
    List<String> arguments = new ArrayList<>(List.of("-copyts"));
    arguments.addAll(List.of(input));
    arguments.addAll(selection);
    arguments.addAll(encoding);
    arguments.addAll(List.of("-f", "framemd5", "-"));
    return FrameHashes.parse(
        Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail().text());
  }
}
