package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.HevcNal;
import io.millrace.packager.ClipReader;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.CutSegments;
import io.millrace.packager.segment.MediaPace;
import io.millrace.packager.segment.Segmenter;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real decoder gets out of the segments what an encoder put into them. */
class TransportDecodeTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final double MILLISECOND = 0.001;
  private static final TrackId PICTURE = new TrackId(1);
  private static final TrackId SOUND = new TrackId(2);
  @TempDir Path folder;

  @Test
  void avcWithReorderedPicturesAndAacOfSixChannelsComeOutBitExactAndInTime() throws Exception {
    List<MediaEvent> events = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(Clips.bigBuckBunny())) {
      events.add(new MediaEvent.TracksReady(clip.tracks()));
      for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
        events.add(new MediaEvent.SampleReady(next.get()));
      }
    }
    List<String> source = List.of("-copyts", "-i", Clips.bigBuckBunny().toString());
    List<String> written = List.of("-copyts", "-i", write(events).toString());

    FrameHashes pictures = FrameHashes.decodedVideo(DEADLINE, source);
    FrameHashes writtenPictures = FrameHashes.decodedVideo(DEADLINE, written);
    assertThat(pictures.entries()).hasSizeGreaterThan(700);
    assertThat(pictures.differenceTo(writtenPictures)).isEmpty();
    FrameHashes sound = FrameHashes.aacFrames(DEADLINE, source);
    FrameHashes writtenSound = FrameHashes.aacFrames(DEADLINE, written);
    assertThat(sound.entries()).hasSizeGreaterThan(1000);
    assertThat(sound.differenceTo(writtenSound)).isEmpty();
    double shift = writtenPictures.seconds(0) - pictures.seconds(0);
    for (int i = 0; i < pictures.entries().size(); i++) {
      double off = writtenPictures.seconds(i) - pictures.seconds(i) - shift;
      assertThat(Math.abs(off)).isLessThan(MILLISECOND);
    }
    for (int i = 0; i < sound.entries().size(); i++) {
      double off = writtenSound.seconds(i) - sound.seconds(i) - shift;
      assertThat(Math.abs(off)).isLessThan(MILLISECOND);
    }
  }

  /** HLS D1: players begin to decode anew at a break, so that it is where a key frame is. */
  @ParameterizedTest
  @ValueSource(ints = {4, 14})
  void soundThatJoinsLateTakesNoPictureAway(int seconds) throws Exception {
    List<MediaEvent> events = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(Clips.bigBuckBunny())) {
      Track sound =
          clip.tracks().stream().filter(track -> !track.isVideo()).findFirst().orElseThrow();
      events.add(
          new MediaEvent.TracksReady(clip.tracks().stream().filter(Track::isVideo).toList()));
      boolean joined = false;
      for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
        boolean heard = next.get().track().equals(sound.id());
        if (heard && sound.timescale().toSeconds(next.get().dts()) < seconds) {
          continue;
        }
        if (heard && !joined) {
          joined = true;
          events.add(new MediaEvent.TracksReady(clip.tracks()));
        }
        events.add(new MediaEvent.SampleReady(next.get()));
      }
    }
    CutSegments cut = new CutSegments();
    write(events, cut, cut.silenceTransportSegmenter());

    int decoded = 0;
    Buffer run = Buffer.buffer();
    for (int i = 0; i < cut.all().size(); i++) {
      run.appendBuffer(cut.all().get(i).bytes());
      if (i + 1 == cut.all().size() || cut.all().get(i + 1).discontinuity()) {
        Path file = Files.write(folder.resolve("run-" + i + ".ts"), run.getBytes());
        decoded +=
            FrameHashes.decodedVideo(DEADLINE, List.of("-i", file.toString())).entries().size();
        run = Buffer.buffer();
      }
    }
    FrameHashes source =
        FrameHashes.decodedVideo(DEADLINE, List.of("-i", Clips.bigBuckBunny().toString()));
    assertThat(decoded).isEqualTo(source.entries().size());
  }

  /** HLS F1: the sound of six channels is away for three seconds. */
  @Test
  void silenceIsDecodedInTimeWhereSoundIsAway() throws Exception {
    List<MediaEvent> events = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(Clips.bigBuckBunny())) {
      Track sound =
          clip.tracks().stream().filter(track -> !track.isVideo()).findFirst().orElseThrow();
      events.add(new MediaEvent.TracksReady(clip.tracks()));
      for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
        double seconds = sound.timescale().toSeconds(next.get().dts());
        if (!next.get().track().equals(sound.id()) || seconds < 5 || seconds >= 8) {
          events.add(new MediaEvent.SampleReady(next.get()));
        }
      }
    }
    CutSegments cut = new CutSegments();
    Path written = write(events, cut, cut.silenceTransportSegmenter());

    Ffmpeg.run(
            DEADLINE, "-v", "error", "-xerror", "-i", written.toString(), "-vn", "-f", "null", "-")
        .orFail();
    FrameHashes frames =
        FrameHashes.aacFrames(DEADLINE, List.of("-copyts", "-i", written.toString()));
    FrameHashes source =
        FrameHashes.aacFrames(DEADLINE, List.of("-i", Clips.bigBuckBunny().toString()));
    assertThat(frames.entries()).hasSize(source.entries().size());
    for (int i = 1; i < frames.entries().size(); i++) {
      double frame = 1024.0 / 48_000;
      assertThat(frames.seconds(i) - frames.seconds(i - 1))
          .isBetween(frame - MILLISECOND, frame + MILLISECOND);
    }
  }

  @Test
  void hevcAndAc3ComeOutBitExact() throws Exception {
    Path hevc = folder.resolve("source.hevc");
    Path ac3 = folder.resolve("source.ac3");
    String parameters =
        "aud=1:keyint=50:bframes=0:open-gop=0:scenecut=0:pools=1:frame-threads=1:log-level=0";
    encode("testsrc2=size=320x180:rate=25", hevc, "-c:v", "libx265", "-x265-params", parameters);
    encode("sine=frequency=440:sample_rate=48000", ac3, "-c:a", "ac3", "-b:a", "192k");

    Path written = write(events(hevcUnits(hevc), ac3Frames(ac3)));
    FrameHashes pictures = FrameHashes.decodedVideo(DEADLINE, List.of("-i", hevc.toString()));
    assertThat(pictures.entries()).hasSize(150);
    assertThat(
            pictures.differenceTo(
                FrameHashes.decodedVideo(DEADLINE, List.of("-i", written.toString()))))
        .isEmpty();
    FrameHashes sound = FrameHashes.audioPackets(DEADLINE, List.of("-i", ac3.toString()));
    assertThat(sound.entries()).hasSizeGreaterThan(180);
    assertThat(
            sound.differenceTo(
                FrameHashes.audioPackets(DEADLINE, List.of("-i", written.toString()))))
        .isEmpty();
    assertThat(
            Ffmpeg.probe(
                    DEADLINE,
                    "-show_entries",
                    "stream=codec_name,codec_tag_string",
                    "-of",
                    "csv",
                    written.toString())
                .text())
        .contains("hevc", "ac3");
  }

  private static void encode(String pattern, Path target, String... encoder) {
    List<String> arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", pattern, "-t", "6"));
    arguments.addAll(List.of(encoder));
    arguments.add(target.toString());
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
  }

  /** All segments of the only rendition in one file. */
  private Path write(List<MediaEvent> events) throws Exception {
    CutSegments cut = new CutSegments();
    return write(events, cut, cut.transportSegmenter());
  }

  private Path write(List<MediaEvent> events, CutSegments cut, Segmenter segmenter)
      throws Exception {
    MediaPace pace = new MediaPace(segmenter);
    events.forEach(pace::accept);
    pace.end();
    assertThat(cut.all()).hasSizeGreaterThan(2);
    TransportReader reader = new TransportReader();
    Buffer all = Buffer.buffer();
    for (CutSegment segment : cut.all()) {
      assertThat(segment.rendition()).isEqualTo("video");
      reader.read(segment.bytes());
      all.appendBuffer(segment.bytes());
    }
    return Files.write(folder.resolve("written.ts"), all.getBytes());
  }

  private static List<MediaEvent> events(List<Buffer> pictures, List<Buffer> frames) {
    HevcConfiguration configuration =
        HevcConfiguration.of(
            4,
            sets(pictures.getFirst(), HevcNal.VPS),
            sets(pictures.getFirst(), HevcNal.SPS),
            sets(pictures.getFirst(), HevcNal.PPS));
    Timescale samples = new Timescale(48_000);
    TrackFormat.Ac3 ac3 = new TrackFormat.Ac3(Ac3Configuration.fromFrame(frames.getFirst()));
    List<MediaEvent> events = new ArrayList<>();
    events.add(
        new MediaEvent.TracksReady(
            List.of(
                new Track(PICTURE, new TrackFormat.H265(configuration), Timescale.VIDEO),
                new Track(SOUND, ac3, samples))));
    int frame = 0;
    for (int i = 0; i < pictures.size(); i++) {
      for (; frame < frames.size() && frame * 0.032 < i * 0.04; frame++) {
        Sample sample = new Sample(SOUND, frame * 1536L, 0, true, frames.get(frame));
        events.add(new MediaEvent.SampleReady(sample));
      }
      Buffer payload = Buffer.buffer();
      boolean sync = false;
      for (Buffer nal : TransportReader.nals(pictures.get(i))) {
        payload.appendInt(nal.length()).appendBuffer(nal);
        sync |= HevcNal.isIdr(HevcNal.type(nal.getByte(0)));
      }
      events.add(new MediaEvent.SampleReady(new Sample(PICTURE, i * 3600L, 0, sync, payload)));
    }
    for (; frame < frames.size(); frame++) {
      Sample sample = new Sample(SOUND, frame * 1536L, 0, true, frames.get(frame));
      events.add(new MediaEvent.SampleReady(sample));
    }
    return events;
  }

  private static List<Buffer> sets(Buffer picture, int type) {
    return TransportReader.nals(picture).stream()
        .filter(nal -> HevcNal.type(nal.getByte(0)) == type)
        .toList();
  }

  /** Access units of a byte stream that has delimiters. */
  private static List<Buffer> hevcUnits(Path file) throws Exception {
    List<Buffer> units = new ArrayList<>();
    for (Buffer nal : TransportReader.nals(Buffer.buffer(Files.readAllBytes(file)))) {
      if (HevcNal.type(nal.getByte(0)) == HevcNal.ACCESS_UNIT_DELIMITER) {
        units.add(Buffer.buffer());
      }
      units.getLast().appendInt(1).appendBuffer(nal);
    }
    return units;
  }

  /** Of a constant bit rate at 48 kHz, so that all have the same size. */
  private static List<Buffer> ac3Frames(Path file) throws Exception {
    Buffer all = Buffer.buffer(Files.readAllBytes(file));
    int size = 192_000 / 8 * 32 / 1000;
    List<Buffer> frames = new ArrayList<>();
    for (int at = 0; at < all.length(); at += size) {
      frames.add(all.getBuffer(at, at + size));
    }
    return frames;
  }
}
