package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AvcNal;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.CutSegments;
import io.millrace.packager.segment.DropOuts;
import io.millrace.packager.segment.MediaPace;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.Segmenter;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Made-up broadcasts of every rate and order of pictures, cut and written as transport streams; the
 * reader fails where counters, clock, stamps or stuffing break their rules.
 */
class TransportPropertyTest {
  private static final int SEEDS = 40;
  private static final TrackId SECOND = new TrackId(3);
  private static final int PICTURES = 0x100;
  private static final int SOUND = 0x101;
  private static final long MASK = (1L << 33) - 1;

  /** Seconds from the start of a stream whose stamps begin at 10 s to their wrap. */
  private static final long TO_WRAP = (1L << 33) / 90_000 - 10;

  private record Expected(long pts, long dts, boolean sync, Buffer payload) {}

  @Test
  void everyAccessUnitComesOutOnceWithItsTimes() {
    Seeds.forEach(SEEDS, random -> check(random, 0, 2));
  }

  @Test
  void timesGoOnThroughTheWrap() {
    // HLS D8
    Seeds.forEach(SEEDS / 2, random -> check(random, TO_WRAP - random.nextInt(30), 1));
  }

  /**
   * HLS B2, D6: two sounds, of which either, the picture or all stop and come back at any time; in
   * every other broadcast some frames are too long for the container.
   */
  @Test
  void whateverIsMissingNumbersHaveNoHolesAndDatesAreThoseOfTheFrames() {
    Seeds.forEach(SEEDS * 2, random -> checkDropOuts(random, false));
  }

  @Test
  void whereSilenceIsWrittenForWhatIsMissingToo() {
    Seeds.forEach(SEEDS / 2, random -> checkDropOuts(random, true));
  }

  private static void checkDropOuts(RandomGenerator random, boolean silence) {
    RandomBroadcast broadcast = new RandomBroadcast(random, 2, 9, 0.5);
    boolean tooLong = random.nextBoolean();
    CutSegments cut = new CutSegments();
    Segmenter segmenter = silence ? cut.silenceTransportSegmenter() : cut.transportSegmenter();
    MediaPace pace = new MediaPace(segmenter);
    List<Track> tracks = List.of();
    int given = 0;
    double media = 0;
    for (MediaEvent event : DropOuts.of(random, twoSounds(broadcast.events()))) {
      switch (event) {
        case MediaEvent.TracksReady ready -> {
          tracks = ready.tracks();
          pace.accept(ready);
        }
        case MediaEvent.SampleReady ready -> {
          Track track = trackOf(tracks, ready.sample().track());
          Sample sample = shaped(random, ready.sample(), track, 0);
          boolean isTooLong = tooLong && !track.isVideo() && given / 500 % 3 == 2;
          pace.accept(new MediaEvent.SampleReady(isTooLong ? lengthened(sample) : sample));
          media = Math.max(media, track.timescale().toSeconds(sample.dts()));
          given++;
        }
        default -> pace.accept(event);
      }
    }
    pace.end();

    Map<String, List<CutSegment>> renditions =
        cut.all().stream().collect(Collectors.groupingBy(CutSegment::rendition));
    int carried = 0;
    for (List<CutSegment> segments : renditions.values()) {
      assertThat(segments).hasSameSizeAs(renditions.values().iterator().next());
      assertThat(segments.size()).isLessThan((int) media + 20);
      checkTimes(segments, segmenter.targetSeconds());
      carried += frames(segments, !tooLong);
    }
    assertThat(carried).isEqualTo(given - segmenter.dropped());
  }

  private static void checkTimes(List<CutSegment> segments, int targetSeconds) {
    for (int i = 0; i < segments.size(); i++) {
      CutSegment segment = segments.get(i);
      assertThat(segment.msn()).isEqualTo(i);
      double seconds = segment.timescale().toSeconds(segment.durationTicks());
      assertThat(Math.round(seconds)).isLessThanOrEqualTo(targetSeconds);
      if (i > 0 && !segment.discontinuity()) {
        CutSegment before = segments.get(i - 1);
        long end = before.mediaNanos() + before.timescale().toNanos(before.durationTicks());
        assertThat(segment.mediaNanos() - end).isBetween(-20_000_000L, 20_000_000L);
      }
    }
  }

  /**
   * How many access units there are that were sent.
   *
   * @param dated whether sound alone starts where its segment does
   */
  private static int frames(List<CutSegment> segments, boolean dated) {
    TransportReader reader = new TransportReader();
    int count = 0;
    for (CutSegment segment : segments) {
      if (segment.gap()) {
        reader.skip();
        continue;
      }
      TransportReader.Segment read = reader.read(segment.bytes());
      count += read.of(PICTURES).size();
      for (TransportReader.Pes packet : read.of(SOUND)) {
        for (Buffer frame : TransportReader.adtsFrames(packet.data())) {
          count += TransportReader.isSilent(frame) ? 0 : 1;
        }
      }
      if (dated && !segment.rendition().equals("video")) {
        long pts = read.of(SOUND).getFirst().pts() - 900_000;
        assertThat(Timescale.VIDEO.toNanos(pts) - segment.mediaNanos())
            .isBetween(-25_000_000L, 25_000_000L);
      }
    }
    return count;
  }

  private static List<MediaEvent> twoSounds(List<MediaEvent> events) {
    List<MediaEvent> both = new ArrayList<>();
    for (MediaEvent event : events) {
      both.add(event);
      switch (event) {
        case MediaEvent.TracksReady ready -> {
          List<Track> tracks = new ArrayList<>(ready.tracks());
          ready.tracks().stream()
              .filter(track -> !track.isVideo())
              .forEach(track -> tracks.add(RandomBroadcast.numbered(track, SECOND.value())));
          both.set(both.size() - 1, new MediaEvent.TracksReady(tracks));
        }
        case MediaEvent.SampleReady(Sample s) when s.track().equals(RandomBroadcast.AUDIO) ->
            both.add(
                new MediaEvent.SampleReady(
                    new Sample(SECOND, s.dts(), s.compositionOffset(), true, s.payload())));
        default -> {}
      }
    }
    return both;
  }

  private static Sample lengthened(Sample sample) {
    return new Sample(
        sample.track(), sample.dts(), 0, true, Buffer.buffer(new byte[AdtsFraming.LONGEST_FRAME]));
  }

  private static void check(RandomGenerator random, long shiftSeconds, int runs) {
    RandomBroadcast broadcast = new RandomBroadcast(random, runs, 9, 1);
    Map<String, List<Expected>> expected = new HashMap<>();
    CutSegments cut = new CutSegments();
    MediaPace pace = new MediaPace(cut.transportSegmenter());
    List<Track> tracks = List.of();
    for (MediaEvent event : broadcast.events()) {
      switch (event) {
        case MediaEvent.TracksReady ready -> {
          tracks = ready.tracks();
          pace.accept(ready);
        }
        case MediaEvent.SampleReady ready -> {
          Track track = trackOf(tracks, ready.sample().track());
          Sample sample = shaped(random, ready.sample(), track, shiftSeconds);
          expected
              .computeIfAbsent(track.isVideo() ? "video" : "audio", kind -> new ArrayList<>())
              .add(expected(sample, track));
          pace.accept(new MediaEvent.SampleReady(sample));
        }
        default -> pace.accept(event);
      }
    }
    pace.end();

    assertThat(cut.all().stream().map(CutSegment::rendition).distinct())
        .containsExactly(broadcast.hasVideo() ? "video" : "audio");
    TransportReader reader = new TransportReader();
    List<Expected> pictures = new ArrayList<>();
    List<Expected> frames = new ArrayList<>();
    for (CutSegment segment : cut.all()) {
      if (segment.gap()) {
        reader.skip();
        continue;
      }
      TransportReader.Segment read = reader.read(segment.bytes());
      checkStart(segment, read);
      int first = pictures.size();
      for (TransportReader.Pes packet : read.of(PICTURES)) {
        pictures.add(picture(packet, pictures.size() == first));
      }
      read.of(SOUND).forEach(packet -> addFrames(packet, frames));
    }
    assertThat(pictures).isEqualTo(expected.getOrDefault("video", List.of()));
    checkSound(frames, expected.getOrDefault("audio", List.of()));
  }

  private static void checkStart(CutSegment segment, TransportReader.Segment read) {
    List<TransportReader.Pes> pictures = read.of(PICTURES);
    if (segment.independent() && !pictures.isEmpty()) {
      assertThat(read.packets().getFirst().randomAccess()).isTrue();
      assertThat(pictures.getFirst().randomAccess()).isTrue();
    }
  }

  /** Times within a PES packet follow from the first: never more than a millisecond off. */
  private static void checkSound(List<Expected> frames, List<Expected> expected) {
    assertThat(frames.stream().map(Expected::payload))
        .containsExactlyElementsOf(expected.stream().map(Expected::payload).toList());
    for (int i = 0; i < frames.size(); i++) {
      long off = (frames.get(i).pts() - expected.get(i).pts()) & MASK;
      assertThat(Math.min(off, MASK + 1 - off)).isLessThanOrEqualTo(90);
    }
  }

  /** A segment starts with parameter sets, whether or not with a key frame. */
  private static Expected picture(TransportReader.Pes packet, boolean startsSegment) {
    List<Buffer> nals = TransportReader.nals(packet.data());
    assertThat(nals.getFirst()).isEqualTo(Buffer.buffer(new byte[] {9, (byte) 0xF0}));
    boolean hasSets = nals.stream().anyMatch(nal -> AvcNal.type(nal.getByte(0)) == AvcNal.SPS);
    assertThat(hasSets).isEqualTo(packet.randomAccess() || startsSegment);
    return new Expected(packet.pts(), packet.dts(), packet.randomAccess(), nals.getLast());
  }

  private static void addFrames(TransportReader.Pes packet, List<Expected> frames) {
    double rate = 0;
    int index = 0;
    for (Buffer frame : TransportReader.adtsFrames(packet.data())) {
      rate = (frame.getByte(2) >> 2 & 15) == 4 ? 44_100 : 48_000;
      long pts = packet.pts() + Math.round(index * 1024 * 90_000 / rate);
      frames.add(new Expected(pts & MASK, pts & MASK, true, frame.getBuffer(7, frame.length())));
      index++;
    }
  }

  private static Expected expected(Sample sample, Track track) {
    return new Expected(
        stamp(sample.pts(), track.timescale()),
        stamp(sample.dts(), track.timescale()),
        sample.sync(),
        track.isVideo()
            ? sample.payload().getBuffer(4, sample.payload().length())
            : sample.payload());
  }

  private static long stamp(long ticks, Timescale timescale) {
    return (Timescale.rescale(ticks, timescale, Timescale.VIDEO) + 900_000) & MASK;
  }

  /** The sample with a payload of the form that its track has, at a later time. */
  private static Sample shaped(RandomGenerator random, Sample sample, Track track, long seconds) {
    int header = !track.isVideo() ? 0x21 : sample.sync() ? 0x65 : 0x41;
    int size = random.nextInt(50) == 0 ? 70_000 : random.nextInt(600);
    Buffer unit = Buffer.buffer(size + 8).appendByte((byte) header);
    for (int shift = 28; shift >= 0; shift -= 7) {
      unit.appendByte((byte) (0x80 | sample.payload().getInt(0) >> shift));
    }
    byte[] filling = new byte[track.isVideo() ? size : size % 700];
    java.util.Arrays.fill(filling, (byte) 0xA5);
    unit.appendBytes(filling);
    Buffer payload =
        track.isVideo() ? Buffer.buffer().appendInt(unit.length()).appendBuffer(unit) : unit;
    return new Sample(
        sample.track(),
        sample.dts() + seconds * track.timescale().ticksPerSecond(),
        sample.compositionOffset(),
        sample.sync(),
        payload);
  }

  private static Track trackOf(List<Track> tracks, TrackId id) {
    return tracks.stream().filter(track -> track.id().equals(id)).findFirst().orElseThrow();
  }
}
