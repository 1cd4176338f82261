package io.millrace.media;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tracks of one publisher, and how far they have come beside one another. */
final class SourceTracks implements Iterable<SourceTrack> {
  private static final long HALF_A_SECOND = 500_000_000L;

  private final List<SourceTrack> tracks = new ArrayList<>();

  @Override
  public Iterator<SourceTrack> iterator() {
    return tracks.iterator();
  }

  /** The tracks of the samples that follow; those that stay keep their place. */
  void describe(List<Track> described) {
    for (Track track : described) {
      SourceTrack known = find(track.id());
      if (known == null) {
        tracks.add(new SourceTrack(track));
      } else {
        known.retime(track.timescale());
      }
    }
    tracks.removeIf(known -> described.stream().noneMatch(t -> t.id().equals(known.id)));
  }

  void clear() {
    tracks.clear();
  }

  /** The track of a sample. */
  SourceTrack of(Sample sample) {
    SourceTrack track = find(sample.track());
    if (track == null) {
      throw new IllegalStateException(
          "sample of a track that was not announced: " + sample.track());
    }
    return track;
  }

  /** The track, but this one, that has come furthest. */
  @Nullable SourceTrack furthest(SourceTrack but) {
    SourceTrack found = null;
    for (int i = 0; i < tracks.size(); i++) {
      SourceTrack track = tracks.get(i);
      if (track != but
          && track.started
          && (found == null || track.lastNanos() > found.lastNanos())) {
        found = track;
      }
    }
    return found;
  }

  /** How far that track has come; {@link Long#MIN_VALUE} where there is none. */
  long furthestNanos(SourceTrack but) {
    SourceTrack other = furthest(but);
    return other == null ? Long.MIN_VALUE : other.lastNanos();
  }

  /** How far any has come; {@link Long#MIN_VALUE} while none has started. */
  long reachedNanos() {
    long reached = Long.MIN_VALUE;
    for (SourceTrack track : tracks) {
      reached = track.started ? Math.max(reached, track.lastNanos()) : reached;
    }
    return reached;
  }

  /** Where a track that jumped would be had it not: a step on, or with the others after a pause. */
  long expected(SourceTrack track) {
    long next = track.last + Math.max(1, track.step);
    SourceTrack other = furthest(track);
    if (other != null && track.othersThenNanos != Long.MIN_VALUE) {
      long passed = track.ticks(other.lastNanos() - track.othersThenNanos);
      if (passed > track.step + track.ticks(HALF_A_SECOND)) {
        return track.last + passed;
      }
    }
    return next;
  }

  /** By how much a track's offset has to change for its first sample that jumped to be there. */
  long shiftToExpected(SourceTrack track) {
    return expected(track) - (track.firstJumped + track.offset);
  }

  private @Nullable SourceTrack find(TrackId id) {
    for (int i = 0; i < tracks.size(); i++) {
      if (tracks.get(i).id.equals(id)) {
        return tracks.get(i);
      }
    }
    return null;
  }
}
