package io.millrace.packager.dash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.dash.ManifestReader.Listed;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A random broadcast through a moving window: each manifest says what the segments are. */
class ManifestPropertyTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00.125Z");
  private static final Broadcast BROADCAST =
      new Broadcast(
          new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
          "main",
          new StreamKey("live", "one"),
          START);
  private static final RenditionInfo VIDEO =
      new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 30000 / 1001.0);
  private static final RenditionInfo AUDIO = new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0);

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void namesEachFileOnceWhereItIs(long seed) throws Exception {
    Random random = new Random(seed);
    List<Segment> video = new ArrayList<>();
    List<Segment> audio = new ArrayList<>();
    broadcast(random, video, audio);
    int window = 3 + random.nextInt(10);
    Optional<PeriodStart> first = Optional.empty();
    Map<String, String> starts = new HashMap<>();
    for (int end = 1; end <= video.size(); end++) {
      int from = Math.max(0, end - window);
      List<Segment> shownVideo = video.subList(from, end);
      List<Segment> shownAudio =
          audio.stream()
              .filter(
                  s ->
                      s.msn() >= shownVideo.getFirst().msn()
                          && s.msn() <= shownVideo.getLast().msn())
              .toList();
      List<Rendition> renditions = new ArrayList<>();
      renditions.add(TestRenditions.of(VIDEO, 0, shownVideo, BitRate.NONE));
      if (!shownAudio.isEmpty()) {
        renditions.add(TestRenditions.of(AUDIO, 0, shownAudio, BitRate.NONE));
      }
      first = Periods.first(renditions, first);
      Presentation presentation =
          Presentation.unwritten(BROADCAST, 3, Optional.empty(), renditions, Optional.empty())
              .startingIn(first);
      ManifestReader manifest = ManifestReader.read(ManifestWriter.write(presentation).toString());

      Map<String, Listed> listed =
          manifest.segments.stream().collect(Collectors.toMap(Listed::address, l -> l));
      Map<String, Segment> there = new HashMap<>();
      for (Rendition rendition : renditions) {
        rendition.segments().stream()
            .filter(s -> !s.gap())
            .forEach(
                s -> there.put("b/" + BROADCAST.id() + "/" + rendition.name() + "/" + s.name(), s));
      }
      // DASH S1, S4, P3: every file, and nothing that is lost.
      assertThat(listed.keySet()).as("seed %d", seed).isEqualTo(there.keySet());
      there.forEach((address, segment) -> agrees(seed, segment, listed.get(address)));
      // DASH P1
      manifest
          .periods()
          .forEach(
              p ->
                  assertThat(p.getAttribute("start"))
                      .as("seed %d, period %s", seed, p.getAttribute("id"))
                      .isEqualTo(
                          starts.computeIfAbsent(
                              p.getAttribute("id"), id -> p.getAttribute("start"))));
      // DASH P2: one header, one writer, one timeline in a period.
      listed.values().stream()
          .collect(Collectors.groupingBy(l -> l.period() + l.representation()))
          .values()
          .forEach(
              of -> {
                assertThat(of).extracting(Listed::header).containsOnly(of.getFirst().header());
                TreeSet<Long> numbers = new TreeSet<>(of.stream().map(Listed::number).toList());
                assertThat(numbers.getLast() - numbers.getFirst() + 1).isEqualTo(of.size());
              });
    }
  }

  // DASH S2, S3, R1
  private static void agrees(long seed, Segment segment, Listed listed) {
    assertThat(listed.header()).endsWith("/" + segment.init());
    assertThat(listed.duration()).isEqualTo(segment.durationTicks());
    double seconds = listed.ticks() / (double) listed.timescale() - 10;
    assertThat(seconds).as("seed %d", seed).isCloseTo(segment.mediaNanos() / 1e9, within(2e-4));
    assertThat(Duration.between(segment.programDateTime(), listed.date()).abs())
        .as("seed %d, %s", seed, listed.address())
        .isLessThan(Duration.ofMillis(1));
  }

  /** Runs with gaps, new headers, new writers and sound that comes and goes. */
  private static void broadcast(Random random, List<Segment> video, List<Segment> audio) {
    long mediaNanos = 0;
    Instant anchor = START.plusMillis(random.nextInt(300));
    long anchorNanos = 0;
    int epoch = 1;
    int header = 0;
    boolean soundAway = false;
    boolean soundOpened = random.nextBoolean();
    int count = 10 + random.nextInt(40);
    for (long msn = 0; msn < count; msn++) {
      boolean gap = msn > 0 && random.nextInt(8) == 0;
      boolean breaks = msn > 0 && random.nextInt(10) == 0;
      if (breaks) {
        epoch += random.nextInt(2);
        header += random.nextInt(2);
        anchor = anchor.plusNanos(mediaNanos - anchorNanos).plusMillis(random.nextInt(2000));
        anchorNanos = mediaNanos;
      }
      header += random.nextInt(15) == 0 ? 1 : 0;
      soundAway ^= random.nextInt(10) == 0;
      soundOpened |= random.nextInt(5) == 0;
      long videoTicks = 2 * 90_090L + 3003L * random.nextInt(3);
      Instant date = anchor.plusNanos(mediaNanos - anchorNanos);
      video.add(
          segment(
              msn,
              epoch,
              "init-v" + header + ".mp4",
              videoTicks,
              90_000,
              mediaNanos,
              date,
              breaks,
              gap));
      long audioTicks = Math.round(videoTicks * 48_000 / 90_000.0 / 1024) * 1024;
      if (soundOpened) {
        audio.add(
            segment(
                msn,
                epoch,
                "init-a.mp4",
                audioTicks,
                48_000,
                mediaNanos,
                date,
                breaks,
                gap || soundAway));
      }
      mediaNanos += Math.round(videoTicks * 1e9 / 90_000);
    }
  }

  private static Segment segment(
      long msn,
      int epoch,
      String init,
      long ticks,
      int timescale,
      long mediaNanos,
      Instant date,
      boolean discontinuity,
      boolean gap) {
    return new Segment(
        msn,
        epoch,
        init,
        ticks,
        timescale,
        mediaNanos,
        date,
        discontinuity,
        gap,
        true,
        gap ? 0 : 1000,
        List.of(),
        Optional.empty(),
        true);
  }
}
