package io.millrace.packager.live;

import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.CueReply;
import io.millrace.packager.CueReply.Reason;
import io.millrace.packager.Told;
import io.millrace.packager.cue.CueRules;
import io.millrace.packager.metadata.Fingerprint;
import io.millrace.packager.metadata.Id3Tag;
import io.millrace.packager.metadata.InbandEvents;
import io.millrace.packager.metadata.MetadataQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The timed metadata of one broadcast: what is asked for, until it is in the files. Confined to the
 * broadcast's home context.
 */
final class BroadcastMetadata {
  private static final int MOST = 1000;
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SCHEMES = 16;
  private static final long LARGEST_ID = 0xFFFF_FFFFL;

  /** Ids that are made up start here, and each writer has as many as it will ever need. */
  private static final int WRITERS_SHIFT = 22;

  private final MetadataQueue queue;
  private final ProgrammeDates dates;
  private final CueRules rules;
  private final List<InbandEvents> schemes;
  private final Map<Long, Had> recent = new LinkedHashMap<>();
  private long lastId;

  /** What there has been under an id, without its bytes. */
  private record Had(long mediaNanos, Fingerprint content) {}

  /**
   * @param pending what an earlier writer had not written
   * @param schemes of what there has been
   */
  BroadcastMetadata(
      MetadataQueue queue,
      ProgrammeDates dates,
      CueRules rules,
      int epoch,
      List<TimedMetadata> pending,
      List<InbandEvents> schemes) {
    this.queue = queue;
    this.dates = dates;
    this.rules = rules;
    this.schemes = new ArrayList<>(schemes);
    this.lastId = (long) epoch << WRITERS_SHIFT;
    for (TimedMetadata metadata : pending) {
      queue.add(metadata, Id3Tag.length(metadata.content()));
      remember(metadata, Fingerprint.of(metadata.content()));
    }
  }

  /**
   * See {@link io.millrace.packager.Cues#tell}.
   *
   * @param edgeNanos how far the media has come
   */
  CueReply<Told> tell(MetadataRequest request, long edgeNanos) {
    long nanos =
        switch (request.time()) {
          case CueTime.NextCut _ -> edgeNanos;
          case CueTime.At(Instant date) -> dates.mediaAt(date);
          case CueTime.Media(long media) -> media;
        };
    long id = request.id().orElse((lastId + 1) & LARGEST_ID);
    Fingerprint content = Fingerprint.of(request.content());
    Had known = recent.get(id);
    if (known != null && request.id().isPresent()) {
      boolean same =
          known.content().equals(content)
              && (request.time() instanceof CueTime.NextCut || known.mediaNanos() == nanos);
      return same
          ? new CueReply.Done<>(told(id, known.mediaNanos()), false)
          : new CueReply.Refused<>(Reason.TAKEN, "this broadcast has had other metadata " + id);
    }
    Optional<String> problem =
        Id3Tag.problem(request.content()).or(() -> untimely(request, id, nanos - edgeNanos));
    if (problem.isPresent()) {
      return new CueReply.Refused<>(Reason.UNUSABLE, problem.get());
    }
    Optional<InbandEvents> scheme = newScheme(request.content());
    int size = Id3Tag.length(request.content());
    if (queue.pendingCount() >= MOST
        || (scheme.isPresent() && schemes.size() >= MOST_SCHEMES)
        || queue.pendingBytes() + size > MOST_BYTES) {
      return new CueReply.Refused<>(
          Reason.FULL,
          "at most %d, %d KiB and %d schemes of timed metadata may be to come"
              .formatted(MOST, MOST_BYTES >> 10, MOST_SCHEMES));
    }
    scheme.ifPresent(schemes::add);
    OptionalLong duration =
        request.duration().isPresent()
            ? OptionalLong.of(request.duration().get().toNanos())
            : OptionalLong.empty();
    TimedMetadata metadata = new TimedMetadata(id, nanos, duration, request.content());
    lastId = request.id().isPresent() ? lastId : id;
    queue.add(metadata, size);
    remember(metadata, content);
    return new CueReply.Done<>(told(id, nanos), true);
  }

  private Optional<String> untimely(MetadataRequest request, long id, long ahead) {
    if (id < 0 || id > LARGEST_ID) {
      return Optional.of("id: is a whole number from 0 to " + LARGEST_ID);
    }
    if (request.duration().isPresent()
        && request.duration().get().compareTo(rules.mostAhead()) > 0) {
      return Optional.of("duration: is at most " + rules.mostAhead().toHours() + " h");
    }
    if (ahead > rules.mostAhead().toNanos()) {
      return Optional.of("start: is more than " + rules.mostAhead().toHours() + " h ahead");
    }
    return ahead < 0
        ? Optional.of(
            "start: the media is %.3f s past it; leave it out for the media that comes next"
                .formatted(-ahead / 1e9))
        : Optional.empty();
  }

  private Optional<InbandEvents> newScheme(TimedMetadata.Content content) {
    InbandEvents scheme = InbandEvents.of(content);
    return schemes.contains(scheme) ? Optional.empty() : Optional.of(scheme);
  }

  private void remember(TimedMetadata metadata, Fingerprint content) {
    recent.put(metadata.id(), new Had(metadata.mediaNanos(), content));
    if (recent.size() > MOST) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  private Told told(long id, long nanos) {
    Instant date = dates.wallAt(nanos).truncatedTo(ChronoUnit.MILLIS);
    return new Told(id, Duration.ofNanos(nanos), date);
  }

  /** What is to come, by its time. */
  List<TimedMetadata> pending() {
    return queue.pending();
  }

  /** Which events there have been in the files. */
  List<InbandEvents> schemes() {
    return List.copyOf(schemes);
  }
}
