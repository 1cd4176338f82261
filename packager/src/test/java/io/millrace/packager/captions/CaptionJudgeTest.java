package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.codec.AvcNal;
import io.millrace.media.codec.NalCursor;
import io.millrace.packager.ClipReader;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.MediaPace;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.Segmenter;
import io.millrace.packager.ts.TransportFormat;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.Line21Encoder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * FFmpeg, the judge, decodes the captions of a clip with reordered pictures, reads the WebVTT that
 * is written of them, and tells the times of the segments beside it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CaptionJudgeTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));
  private static final double PICTURE = 1 / 24.0;

  @TempDir private Path folder;
  private Track track;
  private List<Sample> samples;

  /** A line of a SubRip file: seconds from and to, and text. */
  private record Subtitle(double from, double to, String text) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.3f-%.3f %s", from, to, text);
    }
  }

  /** Each picture carries a pair, in the order of presentation. */
  @BeforeAll
  void writesCaptionsIntoAClip() throws IOException {
    List<Sample> pictures = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(Clips.bigBuckBunny())) {
      track = clip.tracks().stream().filter(Track::isVideo).findFirst().orElseThrow();
      for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
        if (next.get().track().equals(track.id())) {
          pictures.add(next.get());
        }
      }
    }
    List<CcData> script = script();
    List<Long> shown = pictures.stream().map(Sample::pts).sorted().toList();
    Map<Long, List<CcData>> captions = new HashMap<>();
    CcData nothing = new CcData(true, 0, 0x80, 0x80);
    for (int i = 0; i < shown.size(); i++) {
      captions.put(shown.get(i), List.of(i < script.size() ? script.get(i) : nothing));
    }
    samples = pictures.stream().map(each -> with(each, captions.get(each.pts()))).toList();
  }

  @Test
  void ffmpegSeesTheSameTextsAtTheSameTimes() throws IOException {
    List<Subtitle> judged =
        ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "movie=" + write(all -> new CmafFormat(RULES, all)) + "[out0+subcc]",
            "-map",
            "0:s");
    CaptionReader reader = CaptionReader.of(track).orElseThrow();
    samples.forEach(reader::accept);
    List<TimedCaption> cues = reader.cut(Duration.ofSeconds(31).toNanos()).get(CaptionChannel.CC1);
    assertThat(reader.damaged()).isZero();
    Path written = folder.resolve("captions.vtt");
    Files.write(
        written, WebVttWriter.segment(cues, 0, Duration.ofSeconds(31).toNanos()).getBytes());
    List<Subtitle> ours = ffmpeg("-i", written.toString());

    assertThat(judged).extracting(Subtitle::text).contains("Élan “vital»");
    assertThat(ours).hasSameSizeAs(judged);
    double shift = ours.getFirst().from - judged.getFirst().from;
    for (int i = 0; i < judged.size(); i++) {
      Subtitle judge = judged.get(i);
      assertThat(asFfmpegSpells(ours.get(i).text)).isEqualTo(judge.text);
      assertThat(Math.abs(ours.get(i).from - judge.from - shift))
          .as("%s beside %s", ours.get(i), judge)
          .isLessThan(PICTURE);
      assertThat(Math.abs(ours.get(i).to - judge.to - shift))
          .as("%s beside %s", ours.get(i), judge)
          .isLessThan(PICTURE);
    }
  }

  /**
   * Of all characters four look otherwise there than in CTA-608's table. Of WebVTT it escapes a
   * brace and a backslash.
   */
  private static String asFfmpegSpells(String text) {
    return text.replace("ü‘¡*'—", "ü´¡*‘-")
        .replace('•', '·')
        .replace("\\{{}", "{")
        .replace("\u2060", "");
  }

  /** HLS D8: one map is right for both containers. */
  @Test
  void theMapTellsTheTimeOfTheSegmentsBesideIt() throws IOException {
    for (boolean cmaf : List.of(true, false)) {
      List<CutSegment> cut = new ArrayList<>();
      segment(
          cut, cmaf ? new CmafFormat(RULES, cut::add) : new TransportFormat(Set.of(), cut::add));
      assertThat(cut).hasSizeGreaterThan(2);
      for (CutSegment segment : cut.subList(0, 3)) {
        Buffer file = Buffer.buffer();
        segment.header().ifPresent(header -> file.appendBuffer(header.bytes()));
        Path path = folder.resolve("segment" + segment.msn() + (cmaf ? ".mp4" : ".ts"));
        Files.write(path, file.appendBuffer(segment.bytes()).getBytes());
        long first = firstStamp(path);
        String text =
            WebVttWriter.segment(List.of(), segment.mediaNanos(), segment.mediaNanos() + 1)
                .toString(StandardCharsets.UTF_8);
        long stamp = Long.parseLong(text.replaceAll("(?s).*MPEGTS:(\\d+).*", "$1"));
        assertThat(first - stamp).as("ticks of 90 kHz, less than a millisecond").isBetween(0L, 90L);
      }
    }
  }

  /** The least presentation time of a file's pictures at 90 kHz. */
  private static long firstStamp(Path file) {
    String times =
        Ffmpeg.probe(
                DEADLINE,
                "-select_streams",
                "v",
                "-show_entries",
                "packet=pts_time",
                "-of",
                "csv=p=0",
                file.toString())
            .orFail()
            .text();
    return times
        .lines()
        .map(line -> line.replace(",", "").strip())
        .filter(line -> !line.isEmpty())
        .mapToLong(line -> Math.round(Double.parseDouble(line) * 90_000))
        .min()
        .orElseThrow();
  }

  private static List<CcData> script() {
    Line21Encoder cc1 = new Line21Encoder(1);
    cc1.popOn().eraseHidden().at(15, 0).text("Hello, world").endOfCaption();
    pause(cc1, 30);
    cc1.popOn().eraseHidden().at(14, 6).text("two rows,").at(15, 6).text("both shown");
    cc1.endOfCaption();
    pause(cc1, 40);
    cc1.eraseShown();
    pause(cc1, 20);
    cc1.popOn().eraseHidden().at(1, 3).text("♪ ñ é ½ ♪").endOfCaption();
    pause(cc1, 30);
    cc1.popOn().eraseHidden().at(15, 0).text("Élan “vital»").endOfCaption();
    pause(cc1, 50);
    cc1.popOn().eraseHidden().styled(15, 7, false).text("slanted").midRow(5, false).text("yellow");
    cc1.endOfCaption();
    pause(cc1, 60);
    cc1.popOn().eraseHidden();
    characters(cc1.at(1, 0), 0x11, 0x30, 0x40);
    characters(cc1.at(2, 0), 0x12, 0x20, 0x40);
    characters(cc1.at(3, 0), 0x13, 0x20, 0x40);
    cc1.endOfCaption();
    pause(cc1, 30);
    cc1.popOn().eraseHidden();
    for (int code = 0x20; code < 0x80; code++) {
      if (code % 0x20 == 0) {
        cc1.at(code / 0x20, 0);
      }
      cc1.text(Character.toString(code));
    }
    cc1.endOfCaption();
    pause(cc1, 30);
    return cc1.eraseShown().take();
  }

  /** All characters of a set, each with one before it that the extended ones replace. */
  private static void characters(Line21Encoder encoder, int set, int from, int until) {
    for (int code = from; code < until; code++) {
      if (set != 0x11) {
        encoder.text("?");
      }
      encoder.once(set, code).once(set, code);
    }
  }

  private static void pause(Line21Encoder encoder, int pictures) {
    for (int i = 0; i < pictures; i++) {
      encoder.nothing();
    }
  }

  /** The message stands before the picture's first slice. */
  private static Sample with(Sample picture, List<CcData> captions) {
    NalCursor units = new NalCursor();
    units.over(picture.payload());
    int at = 0;
    while (units.next() && !AvcNal.isPicture(AvcNal.type(units.header()))) {
      at = units.from() + units.length();
    }
    Buffer payload =
        Buffer.buffer()
            .appendBuffer(picture.payload().slice(0, at))
            .appendBytes(CaptionNal.accessUnit(CaptionNal.avc(captions)))
            .appendBuffer(picture.payload().slice(at, picture.payload().length()));
    return new Sample(
        picture.track(), picture.dts(), picture.compositionOffset(), picture.sync(), payload);
  }

  private interface Container {
    SegmentFormat to(Consumer<CutSegment> output);
  }

  private Path write(Container container) throws IOException {
    List<CutSegment> cut = new ArrayList<>();
    segment(cut, container.to(cut::add));
    Buffer file = Buffer.buffer();
    file.appendBuffer(cut.getFirst().header().orElseThrow().bytes());
    cut.forEach(segment -> file.appendBuffer(segment.bytes()));
    return Files.write(folder.resolve("clip.mp4"), file.getBytes());
  }

  private void segment(List<CutSegment> cut, SegmentFormat format) {
    MediaPace pace = new MediaPace(new Segmenter(RULES, format));
    pace.accept(new MediaEvent.TracksReady(List.of(track)));
    samples.forEach(sample -> pace.accept(new MediaEvent.SampleReady(sample)));
    pace.end();
    assertThat(cut).isNotEmpty();
  }

  /** What FFmpeg reads, as SubRip without tags. */
  private List<Subtitle> ffmpeg(String... input) throws IOException {
    Path target = folder.resolve("judged.srt");
    List<String> command = new ArrayList<>(List.of("-y"));
    command.addAll(List.of(input));
    command.addAll(List.of("-c:s", "text", "-f", "srt", target.toString()));
    Ffmpeg.run(DEADLINE, command.toArray(String[]::new)).orFail();
    List<Subtitle> subtitles = new ArrayList<>();
    for (String block : Files.readString(target).strip().split("\n\n", -1)) {
      String[] lines = block.split("\n", 3);
      String[] times = lines[1].split(" --> ", 2);
      subtitles.add(
          new Subtitle(
              seconds(times[0]),
              seconds(times[1]),
              lines[2].replace("\\h", " ").replace('\u00A0', ' ').strip()));
    }
    return subtitles;
  }

  private static double seconds(String time) {
    String[] parts = time.replace(',', '.').split(":", -1);
    return Integer.parseInt(parts[0]) * 3_600
        + Integer.parseInt(parts[1]) * 60
        + Double.parseDouble(parts[2]);
  }
}
