package io.millrace.validator.media;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Segment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must hold for the segments of one media playlist, given one after the other: D1, D2, D6, F1,
 * M3, and what is wrong with each file by itself. Remembers where each track's time stands.
 */
public final class SegmentRules {
  /** EXTINF is written in decimals, and players bridge what is this small. */
  private static final double TOLERANCE_SECONDS = 0.001;

  /** What dates may drift from the media's clock. */
  private static final double DATE_TOLERANCE_SECONDS = 0.05;

  /** From decoding to presentation: what dates differ by where pictures follow sound alone. */
  private static final double DECODING_DELAY_SECONDS = 0.5;

  /**
   * How long ISO/IEC 13818-1 2.4.2.6 lets a decoder keep a picture: what is multiplexed beside it
   * may be of the time at which it is decoded.
   */
  private static final double LONGEST_DELAY_SECONDS = 10;

  /** Of MPEG-TS, which does not say how long the last frame lasts. */
  private static final double FRAMES_UNSURE = 1.5;

  /**
   * How far another track of a segment may reach beyond its first one at either end. A frame that
   * starts before the cut ends behind it, and multiplexers interleave by arrival: a PES packet of
   * slow sound holds some tenths of a second.
   */
  private static final double OVERHANG_SECONDS = 0.5;

  /** How long the last picture of an MPEG-TS segment may be shown; what follows starts then. */
  private static final double HELD_SECONDS = 3;

  /** Of MPEG-TS, whose tracks may wrap one before the other. */
  private static final double WRAP_SECONDS = (1L << 33) / 90_000.0;

  /**
   * How the media time of one list relates to the wall clock.
   *
   * @param epochSeconds of media time 0, by the time at which the first sample is decoded
   * @param shownEpochSeconds the same by the time at which it is presented
   */
  public record Anchor(long sequence, double epochSeconds, double shownEpochSeconds) {
    /**
     * How far another clock is ahead of this one. A date is that of the first sample (4.4.4.6), by
     * the time at which it is decoded. Where that is so long before it is shown that it is no
     * decoding delay, either time will do: by the one, wrong composition offsets would pass
     * elsewhere.
     */
    public double secondsTo(Anchor other) {
      double decoded = other.epochSeconds - epochSeconds;
      if (Math.max(delay(), other.delay()) <= DECODING_DELAY_SECONDS) {
        return decoded;
      }
      double shown = other.shownEpochSeconds - shownEpochSeconds;
      return Math.abs(shown) < Math.abs(decoded) ? shown : decoded;
    }

    private double delay() {
      return epochSeconds - shownEpochSeconds;
    }
  }

  /** No media sequence number, nor the one before one. */
  private static final long NONE = -2;

  private final Map<Long, TrackMedia> lasts = new HashMap<>();
  private Map<Long, Double> ends = Map.of();
  private Set<Long> lastAnnounced = Set.of();
  private long lastSequence = NONE;

  /** Since the last discontinuity: of the first date, of each track's first one, and the newest. */
  private Optional<Anchor> first = Optional.empty();

  private final Map<Long, Anchor> anchors = new HashMap<>();
  private Optional<Anchor> anchor = Optional.empty();
  private String where = "";

  /** Whether a segment goes on where the last one that was given ended. */
  public boolean continues(Segment segment) {
    return !segment.discontinuity() && follows(segment);
  }

  /** The formats of the tracks of the last segment that was given, by their numbers. */
  public Map<Long, TrackFormat> formats() {
    return lasts.values().stream().collect(Collectors.toMap(TrackMedia::id, TrackMedia::format));
  }

  /** Whether it is the next one after the last one that was given. */
  public boolean follows(Segment segment) {
    return segment.sequence() == lastSequence + 1;
  }

  /** The clock of the newest segment that has a date; after a discontinuity it is another one. */
  public Optional<Anchor> anchor() {
    return anchor;
  }

  /**
   * Judges the next segment.
   *
   * @param address of the segment
   * @param independent whether the playlist says that every segment is (EXT-X-INDEPENDENT-SEGMENTS)
   */
  public List<Violation> accept(
      String address, Segment segment, SegmentMedia media, boolean independent) {
    where = address;
    List<Violation> violations = new ArrayList<>();
    for (Flaw flaw : media.flaws()) {
      violations.add(
          new Violation(flaw.rule(), Place.of(address).within(flaw.path()), flaw.words()));
    }
    boolean begins = !continues(segment);
    if (!begins) {
      continuity(media, violations);
    } else {
      if (follows(segment)) {
        needless(media, violations);
      }
      first = Optional.empty();
      anchors.clear();
      anchor = Optional.empty();
    }
    lasts.clear();
    media.tracks().forEach(track -> lasts.put(track.id(), track));
    double lead = begins ? lead(segment, media) : 0;
    ends =
        media.tracks().stream()
            .collect(Collectors.toMap(TrackMedia::id, track -> end(segment, track, lead)));
    lastAnnounced = media.announced();
    media
        .leading()
        .ifPresent(
            track -> {
              leading(segment, track, lead, independent, violations);
              TrackMedia dated = begins ? earliest(media, track) : track;
              boolean sure = dated.id() == track.id();
              segment.date().ifPresent(date -> date(segment, date, dated, sure, violations));
              media.tracks().stream()
                  .filter(other -> other.id() != track.id() && other.format().isPlayed())
                  .forEach(other -> within(segment, track, other, lead, violations));
            });
    lastSequence = segment.sequence();
    return violations;
  }

  /**
   * D1: the same tracks in the same formats, going on where they ended. A track that is announced
   * may be silent for a while.
   */
  private void continuity(SegmentMedia media, List<Violation> violations) {
    Map<Long, TrackFormat> now =
        media.tracks().stream().collect(Collectors.toMap(TrackMedia::id, TrackMedia::format));
    lasts.forEach(
        (id, last) -> {
          TrackFormat format = now.get(id);
          if (format == null) {
            if (!media.announced().contains(id)) {
              broken(violations, Rule.D1, "track " + id, "is not there any more");
            }
          } else if (!format.equals(last.format())) {
            broken(violations, Rule.D1, "track " + id, last.format() + " became " + format);
          }
        });
    for (TrackMedia track : media.tracks()) {
      TrackMedia last = lasts.get(track.id());
      if (last == null) {
        if (!lasts.isEmpty() && !lastAnnounced.contains(track.id())) {
          broken(violations, Rule.D1, "track " + track.id(), "was not there before");
        }
        continue;
      }
      double end = ends.getOrDefault(track.id(), last.endSeconds());
      double apart = track.startSeconds() - end;
      boolean silence = apart > 0 && !track.exact() && isBesidePictures(media, track);
      if (Math.abs(apart) > tolerance(last) && !silence) {
        broken(
            violations,
            Rule.D1,
            "track " + track.id(),
            "starts at %.6f, the one before ended at %.6f".formatted(track.startSeconds(), end));
      }
    }
  }

  /** MPEG-TS cannot say that a picture is shown until the next segment starts: EXTINF does. */
  private static double end(Segment segment, TrackMedia track, double lead) {
    double end = track.startSeconds() + segment.seconds().doubleValue() - lead;
    return isHeld(track) ? Math.max(end, track.endSeconds()) : track.endSeconds();
  }

  private static boolean isHeld(TrackMedia track) {
    return !track.exact() && track.format().kind() == TrackFormat.Kind.VIDEO;
  }

  /** Sound in files of pictures may pause, whether or not a segment ends meanwhile. */
  private static boolean isBesidePictures(SegmentMedia media, TrackMedia track) {
    return track.format().kind() == TrackFormat.Kind.AUDIO && media.announced().size() > 1;
  }

  /** D2: something changes at a discontinuity. */
  private void needless(SegmentMedia media, List<Violation> violations) {
    boolean same =
        !lasts.isEmpty()
            && media.tracks().size() == lasts.size()
            && media.tracks().stream()
                .allMatch(
                    track -> {
                      TrackMedia last = lasts.get(track.id());
                      return last != null
                          && last.exact()
                          && last.format().equals(track.format())
                          && Math.abs(track.startSeconds() - last.endSeconds()) <= tolerance(last);
                    });
    if (same) {
      broken(violations, Rule.D2, "", "formats and timestamps go on as if there were none");
    }
  }

  private void leading(
      Segment segment,
      TrackMedia track,
      double lead,
      boolean independent,
      List<Violation> violations) {
    if (!isCovered(segment, track, lead)) {
      broken(
          violations,
          Rule.F1,
          "track " + track.id(),
          "EXTINF %s, samples %.6f s".formatted(segment.seconds(), track.seconds()));
    }
    MediaSample first = track.samples().getFirst();
    boolean broken = independent ? !startsIndependently(track) : !first.isEntry();
    if (broken) {
      broken(
          violations,
          independent ? Rule.M3 : Rule.M3_SHOULD,
          "track " + track.id() + ", sample 0",
          "is " + first.access() + ", sync flag " + first.sync());
    }
  }

  /**
   * F1 for the other tracks of a segment: none is there for longer than the playlist says. One may
   * be silent for a while, so that it ends before or starts behind the first one is no flaw.
   */
  private void within(
      Segment segment,
      TrackMedia leading,
      TrackMedia track,
      double lead,
      List<Violation> violations) {
    double allowed = OVERHANG_SECONDS + tolerance(track);
    double delay = leading.presentationSeconds() - leading.startSeconds();
    double early = delay > DECODING_DELAY_SECONDS ? Math.min(delay, LONGEST_DELAY_SECONDS) : 0;
    double from = -apart(leading.presentationSeconds(), track.presentationSeconds(), track) + lead;
    double to = from + track.seconds();
    if (from < -allowed - early || to > segment.seconds().doubleValue() + allowed) {
      broken(
          violations,
          Rule.F1,
          "track " + track.id(),
          "EXTINF %s, samples from %.3f to %.3f s of it".formatted(segment.seconds(), from, to));
    }
  }

  /**
   * How much later the leading track starts than a segment that is the first of its timeline: it
   * may start with another track, if its duration says so.
   */
  private static double lead(Segment segment, SegmentMedia media) {
    return media
        .leading()
        .map(
            track -> {
              TrackMedia first = earliest(media, track);
              double lead = apart(track.presentationSeconds(), first.presentationSeconds(), first);
              return isCovered(segment, track, lead) ? lead : 0;
            })
        .orElse(0.0);
  }

  private static TrackMedia earliest(SegmentMedia media, TrackMedia leading) {
    TrackMedia earliest = leading;
    double lead = 0;
    for (TrackMedia track : media.tracks()) {
      double before = apart(leading.presentationSeconds(), track.presentationSeconds(), track);
      if (before > lead && track.format().isPlayed()) {
        earliest = track;
        lead = before;
      }
    }
    return earliest;
  }

  /** Whether EXTINF is what the samples last, after some time without any. */
  private static boolean isCovered(Segment segment, TrackMedia track, double lead) {
    double missing = segment.seconds().doubleValue() - lead - track.seconds();
    return missing >= -tolerance(track)
        && missing <= (isHeld(track) ? HELD_SECONDS : tolerance(track));
  }

  private static double apart(double one, double other, TrackMedia track) {
    return track.exact() ? one - other : Math.IEEEremainder(one - other, WRAP_SECONDS);
  }

  private static boolean startsIndependently(TrackMedia track) {
    MediaSample first = track.samples().getFirst();
    return switch (first.access()) {
      case KEY -> first.sync();
      case NONE -> false;
      case OPEN -> track.samples().stream().noneMatch(sample -> sample.pts() < first.pts());
      case UNKNOWN -> first.sync();
    };
  }

  /**
   * D6: dates run as the timestamps do. Each track is held against its own first date, so that
   * nothing adds up where they alternate; that one is held against the first of all.
   *
   * @param sure whether the date is this track's: a timeline may start with another track than the
   *     one that its date is of
   */
  private void date(
      Segment segment, Instant date, TrackMedia track, boolean sure, List<Violation> violations) {
    double wall = date.getEpochSecond() + date.getNano() / 1e9;
    Anchor now =
        new Anchor(segment.sequence(), wall - track.startSeconds(), wall - track.shownSeconds());
    Anchor own = anchors.get(track.id());
    Anchor before = own == null ? first.orElse(now) : own;
    double allowed = DATE_TOLERANCE_SECONDS + (own == null ? DECODING_DELAY_SECONDS : 0);
    double off = before.secondsTo(now);
    if (Math.abs(off) > allowed) {
      broken(
          violations,
          Rule.D6,
          "track " + track.id(),
          "the date is %.3f s off the timestamps since segment %d"
              .formatted(off, before.sequence()));
    }
    if (own == null && sure) {
      anchors.put(track.id(), now);
    }
    first = first.or(() -> Optional.of(now));
    anchor = Optional.of(own == null ? now : own);
  }

  private static double tolerance(TrackMedia track) {
    return track.exact()
        ? TOLERANCE_SECONDS
        : TOLERANCE_SECONDS
            + FRAMES_UNSURE * track.samples().getLast().duration() / (double) track.timescale();
  }

  private void broken(List<Violation> violations, Rule rule, String path, String seen) {
    violations.add(new Violation(rule, Place.of(where).within(path), seen));
  }
}
