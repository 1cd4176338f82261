package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.NOON;
import static io.millrace.packager.cue.CueFixture.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueSignal;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.SpliceCommand;
import io.millrace.packager.cue.DateRanges.Place;
import io.millrace.packager.cue.DateRanges.Tag;
import io.millrace.testkit.Seeds;
import io.millrace.validator.hls.AttributeList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * HLS S1 to S3, L21 over broadcasts on which everything comes at random: what a client that has
 * followed every version knows never conflicts, and is the same by updates and by whole playlists.
 */
class DateRangesPropertyTest {
  private static final double SEGMENT = 2;
  private static final double WINDOW = 60;
  private static final Duration BOUNDARY = Duration.ofSeconds(12);

  /** A client whose playlist is older asks for a whole one. */
  private static final double HALF_BOUNDARY = 5.9;

  @Test
  void whatPlaylistsSayNeverConflicts() {
    Seeds.forEach(40, random -> new Broadcast(random).run());
  }

  private static final class Broadcast {
    private final RandomGenerator random;
    private final CuePoints points = CueFixture.points();
    private final CueSignals signals = new CueSignals(points);
    private final DateRanges ranges = new DateRanges();
    private final SpliceTimes splices = new SpliceTimes();
    private final Map<String, Map<String, String>> known = new HashMap<>();
    private final Map<String, List<String>> byUpdates = new LinkedHashMap<>();
    private final Set<String> cancelled = new HashSet<>();
    private final Set<Tag> seen = new HashSet<>();
    private final List<Long> cuts = new ArrayList<>();
    private List<Tag> before = List.of();
    private double edge;
    private double updated;
    private int asked;

    Broadcast(RandomGenerator random) {
      this.random = random;
    }

    void run() {
      double start = 0;
      for (int step = 0; step < 1_500; step++) {
        edge += 0.1;
        points.advance(nanos(edge));
        if (random.nextInt(12) == 0) {
          happen();
        }
        splices.set(points.splices());
        boolean due = splices.isDue(nanos(edge), nanos(0.04));
        if (random.nextInt(3) > 0 && (due || edge - start > SEGMENT)) {
          points.cut(nanos(edge));
          splices.cut(nanos(edge), nanos(0.04));
          cuts.add(nanos(edge));
          start = edge;
          points.forget(nanos(edge - WINDOW));
        }
        version(cuts.size());
      }
    }

    private void happen() {
      long eventId = random.nextInt(4);
      long time = Math.round((edge + random.nextDouble() * 12 - 2) * 90_000);
      OptionalLong pts =
          random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, time));
      switch (random.nextInt(6)) {
        case 0, 1 -> insert(eventId, true, pts);
        case 2 -> insert(eventId, false, pts);
        case 3 -> receive(new SpliceCommand.CancelInsert(eventId));
        case 4 -> ask();
        default -> {
          if (asked > 0) {
            String id = "asked-" + random.nextInt(asked);
            note(random.nextBoolean() ? points.cancel(id) : points.end(id, later()));
          }
        }
      }
    }

    private void insert(long eventId, boolean out, OptionalLong pts) {
      Optional<SpliceCommand.BreakDuration> duration =
          random.nextBoolean()
              ? Optional.of(
                  new SpliceCommand.BreakDuration(random.nextBoolean(), random.nextInt(900_000)))
              : Optional.empty();
      receive(
          new SpliceCommand.Insert(eventId, out, pts.isEmpty(), pts, List.of(), duration, 0, 0, 0));
    }

    private void receive(SpliceCommand command) {
      CueSignal signal = CueFixture.signal(edge, command);
      signals.receive(signal).forEach(this::note);
    }

    private void ask() {
      Kind kind = List.of(Kind.SPLICE, Kind.RANGE, Kind.MARK).get(random.nextInt(3));
      Optional<Duration> planned =
          random.nextBoolean()
              ? Optional.of(Duration.ofMillis(random.nextInt(9_000)))
              : Optional.empty();
      note(points.announce(CueRequest.of("asked-" + asked++, kind, later(), planned)));
    }

    private CueTime later() {
      return random.nextInt(3) == 0
          ? new CueTime.NextCut()
          : new CueTime.Media(nanos(edge + random.nextDouble() * 40));
    }

    private void note(CueOutcome outcome) {
      if (outcome instanceof CueOutcome.Cancelled(String id)) {
        cancelled.add(id);
      }
    }

    private void version(long msn) {
      Instant now = NOON.plusNanos(nanos(edge));
      ranges.update(points.listed(), new Place(msn, 0), now, BOUNDARY);
      List<Tag> tags = ranges.tags();
      List<Tag> kept = before.stream().filter(tags::contains).toList();
      // B5: what stays is in its place, what is new is behind it.
      assertThat(tags.subList(0, kept.size())).isEqualTo(kept);
      for (Tag tag : tags) {
        // S3: a cancelled one is never seen again.
        if (cancelled.contains(tag.id())) {
          throw new AssertionError("cancelled: " + tag);
        }
        if (!seen.contains(tag)) {
          seen.add(tag);
          tag(tag);
        }
      }
      removals(tags);
      if (random.nextInt(40) == 0 || edge - updated > HALF_BOUNDARY) {
        update(tags, now);
        updated = edge;
      }
      before = tags;
    }

    private void tag(Tag tag) {
      String line = tag.text();
      assertThat(line).startsWith("#EXT-X-DATERANGE:").endsWith("\n");
      Map<String, String> values =
          AttributeList.parse(line.substring(17, line.length() - 1), 1).values();
      Map<String, String> all = known.computeIfAbsent(tag.id(), _ -> new HashMap<>());
      values.forEach((name, value) -> assertThat(all.putIfAbsent(name, value)).isIn(null, value));
      assertThat(values).containsEntry("ID", tag.id()).containsKey("START-DATE");
      // S2: the end of a splice is told with the section of its start, and with how long it was.
      assertThat(all.containsKey("SCTE35-IN") && !all.containsKey("SCTE35-OUT")).isFalse();
      assertThat(values.containsKey("SCTE35-IN") && !values.containsKey("DURATION")).isFalse();
    }

    /** S1: nothing that maps to the window is removed, but what never started. */
    private void removals(List<Tag> tags) {
      for (Tag tag : before) {
        if (!tags.contains(tag) && !cancelled.contains(tag.id())) {
          Map<String, String> values = known.getOrDefault(tag.id(), Map.of());
          Instant start = Instant.parse(values.get("START-DATE"));
          if (start.isAfter(NOON.plusNanos(nanos(edge)))) {
            continue;
          }
          assertThat(values).containsKey("DURATION");
          double seconds = Double.parseDouble(values.get("DURATION"));
          assertThat(start.plusNanos(nanos(seconds)))
              .isBeforeOrEqualTo(NOON.plusNanos(nanos(edge - WINDOW + 0.001)));
        }
      }
    }

    /** L21: a client that asks for updates knows what one does that reads whole playlists. */
    private void update(List<Tag> tags, Instant now) {
      Instant boundary = now.minus(BOUNDARY);
      String removed = ranges.recentlyRemoved(boundary);
      String list =
          AttributeList.parse(removed, 1).values().getOrDefault("RECENTLY-REMOVED-DATERANGES", "");
      for (String id : list.split("\t", -1)) {
        byUpdates.remove(id);
      }
      for (Tag tag : ranges.tagsSince(boundary)) {
        List<String> lines = byUpdates.computeIfAbsent(tag.id(), _ -> new ArrayList<>());
        if (!lines.contains(tag.text())) {
          lines.add(tag.text());
        }
      }
      Map<String, List<String>> whole = new LinkedHashMap<>();
      tags.forEach(tag -> whole.computeIfAbsent(tag.id(), _ -> new ArrayList<>()).add(tag.text()));
      assertThat(byUpdates).isEqualTo(whole);
    }
  }
}
