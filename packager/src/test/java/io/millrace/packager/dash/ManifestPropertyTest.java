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
import io.millrace.validator.dash.Manifest;
import io.millrace.validator.dash.ManifestRules;
import io.millrace.validator.dash.ManifestUpdateRules;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
  private static final URI ADDRESS = URI.create("http://host/play/live/one/manifest.mpd");
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
    Map<String, String> sets = new HashMap<>();
    BitRate rate = BitRate.NONE;
    ManifestReader before = null;
    Optional<Manifest> judged = Optional.empty();
    Instant published = Instant.EPOCH;
    for (int end = 1; end <= video.size(); end++) {
      int from = Math.max(0, end - window);
      List<Rendition> renditions = new ArrayList<>();
      rate = rate.with(video.get(end - 1), 3);
      renditions.add(TestRenditions.of(VIDEO, 0, video.subList(0, end), from, rate));
      int soundFrom = index(audio, from);
      int soundEnd = index(audio, end);
      if (soundFrom < soundEnd) {
        renditions.add(
            TestRenditions.of(AUDIO, 0, audio.subList(0, soundEnd), soundFrom, BitRate.NONE));
      }
      first = Periods.first(renditions, first);
      Presentation presentation =
          Presentation.unwritten(BROADCAST, 3, Optional.empty(), renditions, Optional.empty())
              .startingIn(first);
      String written = ManifestWriter.write(presentation).toString();
      ManifestReader manifest = ManifestReader.read(written);
      judged = Optional.of(keepsTheRules(seed, written, judged));

      published = keepsItsWord(seed, manifest, published);

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
      describes(manifest, there, sets, rate);
      if (before != null) {
        follows(before, manifest);
      }
      before = manifest;
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

  /** As the validator judges it, which reads it in its own way. */
  private static Manifest keepsTheRules(long seed, String written, Optional<Manifest> before) {
    Manifest now =
        io.millrace.validator.dash.ManifestReader.read(
            ADDRESS, written.getBytes(StandardCharsets.UTF_8));
    String where = ADDRESS.toString();
    assertThat(ManifestRules.check(where, now)).as("seed %d\n%s", seed, written).isEmpty();
    before.ifPresent(
        one ->
            assertThat(ManifestUpdateRules.check(where, one, now))
                .as("seed %d\n%s\n%s", seed, one.body(), written)
                .isEmpty());
    return now;
  }

  /** Of the first with this number or a later one. */
  private static int index(List<Segment> segments, long msn) {
    return (int) segments.stream().filter(segment -> segment.msn() < msn).count();
  }

  // DASH P4, S6, R2, R3
  private static void describes(
      ManifestReader manifest, Map<String, Segment> there, Map<String, String> sets, BitRate rate) {
    assertThat(manifest.periods())
        .flatExtracting(period -> ManifestReader.children(period, "AdaptationSet"))
        .as("sets with media, of those that there are")
        .hasSize(
            (int)
                manifest.segments.stream()
                    .map(listed -> listed.period() + " " + listed.set())
                    .distinct()
                    .count());
    Map<String, List<Listed>> bySet =
        manifest.segments.stream()
            .collect(Collectors.groupingBy(listed -> listed.period() + " " + listed.set()));
    for (List<Listed> set : bySet.values()) {
      assertThat(set)
          .extracting(Listed::startsWithKeyFrames)
          .containsOnly(set.stream().allMatch(listed -> there.get(listed.address()).independent()));
    }
    for (Listed listed : manifest.segments) {
      assertThat(listed.set())
          .isEqualTo(sets.computeIfAbsent(listed.representation(), id -> listed.set()));
      if (listed.representation().equals("video")) {
        assertThat(listed.bandwidth())
            .isGreaterThanOrEqualTo(rate.declaredPeak())
            .isLessThan(Math.max(1001, rate.declaredPeak() * 11 / 10 + 1000))
            .matches(bandwidth -> bandwidth.toString().matches("[0-9]{1,2}0+"));
      }
    }
  }

  // DASH A6
  private static void follows(ManifestReader before, ManifestReader after) {
    Map<String, Listed> then =
        before.segments.stream().collect(Collectors.toMap(Listed::address, l -> l));
    boolean behindThem = false;
    for (Listed listed : after.segments) {
      Listed was = then.get(listed.address());
      if (was != null) {
        assertThat(listed.period()).isEqualTo(was.period());
        assertThat(listed.date()).isEqualTo(was.date());
        assertThat(listed.duration()).isEqualTo(was.duration());
      }
      if (listed.representation().equals("video")) {
        assertThat(behindThem && was != null).as("%s is inserted", listed.address()).isFalse();
        behindThem |= was == null;
      }
    }
  }

  // DASH A3, A4, A5, P5, S5
  private static Instant keepsItsWord(long seed, ManifestReader manifest, Instant before) {
    assertThat(manifest.root.getAttribute("availabilityStartTime"))
        .isEqualTo("2026-11-21T12:00:00.125Z");
    Instant published = Instant.parse(manifest.root.getAttribute("publishTime"));
    assertThat(published).as("seed %d", seed).isAfter(before);
    assertThat(manifest.root.getAttribute("maxSegmentDuration")).isEqualTo("PT3.5S");
    assertThat(manifest.segments).allMatch(listed -> listed.duration() <= 3.5 * listed.timescale());
    assertThat(ManifestReader.children(manifest.root, "UTCTiming"))
        .singleElement()
        .matches(clock -> clock.getAttribute("value").equals("time"));
    assertThat(
            manifest.periods().stream().map(p -> Duration.parse(p.getAttribute("start"))).toList())
        .as("seed %d", seed)
        .isSorted();
    Duration depth = Duration.parse(manifest.root.getAttribute("timeShiftBufferDepth"));
    assertThat(depth).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
    if (depth.compareTo(Duration.ofSeconds(9)) > 0) {
      Instant first =
          manifest.segments.stream().map(Listed::date).min(Instant::compareTo).orElseThrow();
      assertThat(depth).isLessThanOrEqualTo(Duration.between(first, published).plusMillis(2));
    }
    return published;
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
    long audioStart = 0;
    Instant anchor = START.plusMillis(random.nextInt(300));
    long anchorNanos = 0;
    int epoch = 1;
    int header = 0;
    boolean soundAway = false;
    long bytes = 1000L + random.nextInt(1_000_000);
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
              random.nextInt(20) > 0,
              bytes + random.nextInt(10_000),
              videoTicks,
              90_000,
              mediaNanos,
              date,
              breaks,
              gap));
      // Sound goes on without a hole, in frames of its own.
      double videoEnd = (mediaNanos + videoTicks * 1e9 / 90_000) / 1e9;
      long audioTicks = Math.round(videoEnd * 48_000 / 1024) * 1024 - audioStart;
      long audioNanos = Math.round(audioStart * 1e9 / 48_000);
      audioStart += audioTicks;
      if (soundOpened) {
        audio.add(
            segment(
                msn,
                epoch,
                "init-a.mp4",
                true,
                1000,
                audioTicks,
                48_000,
                audioNanos,
                anchor.plusNanos(audioNanos - anchorNanos),
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
      boolean independent,
      long bytes,
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
        independent,
        gap ? 0 : bytes,
        List.of(),
        Optional.empty(),
        true);
  }
}
