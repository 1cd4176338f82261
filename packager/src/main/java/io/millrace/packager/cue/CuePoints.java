package io.millrace.packager.cue;

import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The cue points of one broadcast, all renditions alike. Confined to the broadcast's home context.
 *
 * <pre>
 *            cancelled ◄── cancel ── ANNOUNCED ── start reached ──► OUT ── end reached ──► ENDED
 *            (never was)                  a mark: ─────────────────────────────────────────►  │
 *                                                  OUT ── cancel ──► ends at the next cut     │
 *                                                                 nothing listed maps to it: gone
 * </pre>
 *
 * <p>A start or an end may change until the media has come to it, and never after. What starts or
 * ends "now" does so at the next cut, which {@link #splices} asks for and {@link #cut} tells of: so
 * splices are where segments are cut (HLS S3). It is listed from then on; what has a time is listed
 * some time ahead (S2).
 */
public final class CuePoints {
  /** A frame of slow pictures: what a cut may be before the time for which it was made. */
  private static final long FRAME_NANOS = 50_000_000;

  private final CueClock clock;
  private final CueRules rules;
  private final Map<String, CuePoint> cues = new LinkedHashMap<>();
  private final Set<String> gone = new LinkedHashSet<>();
  private long edgeNanos;
  private long lastNumber;

  public CuePoints(CueClock clock, CueRules rules) {
    this.clock = clock;
    this.rules = rules;
  }

  /**
   * Goes on with what was there before a restart.
   *
   * @param known in the order of their numbers
   * @param gone ids of those that are forgotten
   * @param edgeNanos how far the media had come
   */
  public CuePoints(
      CueClock clock,
      CueRules rules,
      Collection<CuePoint> known,
      Collection<String> gone,
      long edgeNanos) {
    this(clock, rules);
    this.gone.addAll(gone);
    this.edgeNanos = edgeNanos;
    for (CuePoint cue : known) {
      cues.put(cue.id(), cue);
      lastNumber = Math.max(lastNumber, cue.number());
    }
  }

  /** All there are, in the order of their numbers. */
  public List<CuePoint> all() {
    return List.copyOf(cues.values());
  }

  /** The one of an id, unless it is forgotten. */
  public Optional<CuePoint> find(String id) {
    return Optional.ofNullable(cues.get(id));
  }

  /** Whether an id has been used, as far as that is remembered. */
  public boolean hasHad(String id) {
    return cues.containsKey(id) || gone.contains(id);
  }

  /** Ids of those that are forgotten, the oldest first. */
  public List<String> gone() {
    return List.copyOf(gone);
  }

  /** Whether there are as many as there may be. */
  public boolean isFull() {
    return full().isPresent();
  }

  /** Those that playlists list. */
  public List<CuePoint> listed() {
    long until = edgeNanos + rules.listAhead().toNanos();
    return cues.values().stream()
        .filter(
            cue ->
                cue.state() != CueState.ANNOUNCED
                    || (!cue.startsAtCut() && cue.startNanos() <= until))
        .toList();
  }

  /** Where segments are to be cut, in ascending order; some are where they have been cut. */
  public List<Long> splices() {
    Set<Long> times = new TreeSet<>();
    for (CuePoint cue : cues.values()) {
      if (cue.kind() == Kind.SPLICE) {
        times.add(cue.startNanos());
        OptionalLong end = cue.endNanos().isPresent() ? cue.endNanos() : cue.dueNanos();
        end.ifPresent(times::add);
      }
    }
    return List.copyOf(times);
  }

  /** A cue point is asked for. */
  public CueOutcome announce(CueRequest request) {
    Optional<String> problem = CueWords.problem(request).or(() -> untimely(request));
    if (problem.isPresent()) {
      return new CueOutcome.Refused(problem.get());
    }
    boolean atCut = request.kind() == Kind.SPLICE && isNow(request.start());
    OptionalLong planned =
        request.planned().isPresent()
            ? OptionalLong.of(request.planned().get().toNanos())
            : OptionalLong.empty();
    return add(
        new CuePoint(
            lastNumber + 1,
            request.id(),
            new SpliceKey.ById(request.id()),
            request.kind(),
            CueState.ANNOUNCED,
            request.cueClass(),
            nanos(request.start()),
            atCut,
            Instant.EPOCH,
            planned,
            request.autoReturn(),
            OptionalLong.empty(),
            false,
            Optional.empty(),
            request.section().map(Buffer::copy),
            Optional.empty(),
            request.attributes()));
  }

  private Optional<String> untimely(CueRequest request) {
    long most = rules.mostAhead().toNanos();
    if (hasHad(request.id())) {
      return Optional.of("id: this broadcast has had a cue point '" + request.id() + "'");
    }
    if (request.planned().isPresent()
        && (request.planned().get().isNegative()
            || request.planned().get().compareTo(rules.mostAhead()) > 0)) {
      return Optional.of("duration: is 0 to " + rules.mostAhead().toHours() + " h");
    }
    if (request.start() instanceof CueTime.NextCut) {
      return full();
    }
    long ahead = nanos(request.start()) - edgeNanos;
    if (ahead > most) {
      return Optional.of("start: is more than " + rules.mostAhead().toHours() + " h ahead");
    }
    if (ahead < 0 && request.kind() == Kind.SPLICE) {
      return Optional.of(
          "start: the media is %.3f s past it; leave it out to splice at the next cut"
              .formatted(-ahead / 1e9));
    }
    return full();
  }

  private Optional<String> full() {
    return cues.size() < rules.most()
        ? Optional.empty()
        : Optional.of("the broadcast has " + rules.most() + " cue points; cancel some");
  }

  /** Ends a cue point, early or at all. */
  public CueOutcome end(String id, CueTime time) {
    CuePoint cue = cues.get(id);
    if (cue == null || cue.isOver()) {
      return new CueOutcome.Refused("'" + id + "' is over, or has never been");
    }
    if (isNow(time)) {
      return endNow(cue, Optional.empty());
    }
    if (nanos(time) <= edgeNanos) {
      return new CueOutcome.Refused("end: the media is past it; leave it out to end it now");
    }
    return endAt(cue, nanos(time), Optional.empty());
  }

  /** A cue point is not to be; one that has started ends. */
  public CueOutcome cancel(String id) {
    CuePoint cue = cues.get(id);
    if (cue == null || cue.isOver()) {
      return new CueOutcome.Refused("'" + id + "' is over, or has never been");
    }
    return endNow(cue, Optional.empty());
  }

  /** The media has come to here: what started or ended before is settled. Whether any has. */
  public boolean advance(long nanos) {
    edgeNanos = Math.max(edgeNanos, nanos);
    boolean changed = false;
    for (CuePoint known : List.copyOf(cues.values())) {
      CuePoint cue = known;
      if (cue.state() == CueState.ANNOUNCED
          && !cue.startsAtCut()
          && cue.startNanos() <= edgeNanos) {
        cue = start(cue, cue.startNanos());
      }
      OptionalLong due = cue.state() == CueState.OUT ? cue.dueNanos() : OptionalLong.empty();
      if (due.isPresent() && due.getAsLong() <= edgeNanos) {
        cue = end(cue, due.getAsLong());
      }
      changed |= !cue.equals(known);
      cues.put(cue.id(), cue);
    }
    return changed;
  }

  /** All renditions are cut here. Whether anything starts or ends with it. */
  public boolean cut(long nanos) {
    boolean changed = false;
    for (CuePoint known : List.copyOf(cues.values())) {
      CuePoint cue = known;
      if (cue.state() == CueState.ANNOUNCED
          && cue.startsAtCut()
          && reaches(nanos, cue.startNanos())) {
        cue = start(cue, nanos);
      } else if (cue.endsAtCut()
          && nanos > cue.startNanos()
          && reaches(nanos, cue.endNanos().orElseThrow())) {
        cue = end(cue, nanos);
      }
      changed |= !cue.equals(known);
      cues.put(cue.id(), cue);
    }
    return changed;
  }

  private static boolean reaches(long cut, long wanted) {
    return cut >= wanted - FRAME_NANOS;
  }

  /**
   * Programme dates are elsewhere in the media from now on: what is to come keeps its date.
   *
   * @param nanos how much later they are
   */
  public void shift(long nanos) {
    for (CuePoint known : List.copyOf(cues.values())) {
      CuePoint cue = known;
      if (cue.state() == CueState.ANNOUNCED && !cue.startsAtCut()) {
        cue =
            cue.started(cue.startNanos() + nanos, cue.startDate(), cue.out())
                .inState(CueState.ANNOUNCED);
      }
      long end = cue.endsAtCut() ? edgeNanos : cue.endNanos().orElse(edgeNanos);
      if (!cue.isOver() && end > edgeNanos) {
        cue = cue.endingAt(end + nanos, false, cue.in());
      }
      cues.put(cue.id(), cue);
    }
  }

  /**
   * Forgets what maps to nothing that is listed (S1).
   *
   * @param firstNanos where the first segment starts that any rendition lists
   * @return what that is
   */
  public List<CuePoint> forget(long firstNanos) {
    List<CuePoint> forgotten = new ArrayList<>();
    for (Iterator<CuePoint> each = cues.values().iterator(); each.hasNext(); ) {
      CuePoint cue = each.next();
      long end = cue.endNanos().orElse(Long.MAX_VALUE);
      if (cue.isOver() && (end < firstNanos || (end == firstNanos && end > cue.startNanos()))) {
        each.remove();
        remember(cue.id());
        forgotten.add(cue);
      }
    }
    return forgotten;
  }

  /** Nothing follows: what has not started never will, what goes on ends. */
  public void close() {
    for (CuePoint cue : List.copyOf(cues.values())) {
      if (cue.state() == CueState.ANNOUNCED) {
        remove(cue);
      } else if (!cue.isOver()) {
        cues.put(cue.id(), end(cue, Math.max(edgeNanos, cue.startNanos())));
      }
    }
  }

  long edgeNanos() {
    return edgeNanos;
  }

  long nextNumber() {
    return lastNumber + 1;
  }

  /** A name that none has had, so that late copies of a signal find no other's. */
  String free(String name) {
    String id = name;
    for (int i = 2; hasHad(id); i++) {
      id = name + "-" + i;
    }
    return id;
  }

  /** A new one, whose start date is not known yet. */
  CueOutcome add(CuePoint announced) {
    CuePoint cue = announced.startsAtCut() ? announced : dated(announced);
    lastNumber = Math.max(lastNumber, cue.number());
    cues.put(cue.id(), cue);
    advance(edgeNanos);
    return new CueOutcome.Announced(cue.id());
  }

  void replace(CuePoint cue) {
    cues.put(cue.id(), cue);
  }

  /** Removes one that has not started. */
  void remove(CuePoint cue) {
    cues.remove(cue.id());
    remember(cue.id());
  }

  /** It ends at the next cut, or with the media that has come; what has not started never will. */
  CueOutcome endNow(CuePoint cue, Optional<Buffer> section) {
    if (cue.state() == CueState.ANNOUNCED) {
      remove(cue);
      return new CueOutcome.Cancelled(cue.id());
    }
    if (cue.endsAtCut()) {
      return new CueOutcome.Ignored("repeated");
    }
    replace(cue.endingAt(edgeNanos, cue.kind() == Kind.SPLICE, section));
    advance(edgeNanos);
    return new CueOutcome.Changed(cue.id());
  }

  /** It ends at a time to come; what would end before it starts never will. */
  CueOutcome endAt(CuePoint cue, long nanos, Optional<Buffer> section) {
    if (nanos <= cue.startNanos()) {
      return endNow(cue, section);
    }
    replace(cue.endingAt(nanos, false, section));
    return new CueOutcome.Changed(cue.id());
  }

  private static boolean isNow(CueTime time) {
    return time instanceof CueTime.NextCut;
  }

  private long nanos(CueTime time) {
    return switch (time) {
      case CueTime.NextCut _ -> edgeNanos;
      case CueTime.At(Instant date) -> clock.mediaAt(date);
      case CueTime.Media(long nanos) -> nanos;
    };
  }

  /** Its programme date, as playlists write it. */
  Instant date(long nanos) {
    return clock.wallAt(nanos).truncatedTo(ChronoUnit.MILLIS);
  }

  private CuePoint dated(CuePoint cue) {
    CuePoint dated =
        cue.started(cue.startNanos(), date(cue.startNanos()), outSection(cue, cue.startNanos()));
    return dated.inState(CueState.ANNOUNCED);
  }

  private CuePoint start(CuePoint cue, long nanos) {
    Instant date = cue.startsAtCut() ? date(nanos) : cue.startDate();
    CuePoint started = cue.started(nanos, date, outSection(cue, nanos));
    return cue.kind() == Kind.MARK ? end(started, nanos + cue.plannedNanos().orElse(0)) : started;
  }

  private static Optional<Buffer> outSection(CuePoint cue, long nanos) {
    return cue.kind() != Kind.SPLICE || cue.out().isPresent()
        ? cue.out()
        : Optional.of(
            SpliceSections.out(cue.number(), nanos, cue.plannedNanos(), cue.autoReturn()));
  }

  /** A splice that ends by itself needs no section for it. */
  private CuePoint end(CuePoint cue, long nanos) {
    boolean told = cue.endNanos().isPresent();
    boolean own = cue.kind() == Kind.SPLICE && cue.key() instanceof SpliceKey.ById && told;
    Optional<Buffer> section =
        cue.in().isPresent() || !own
            ? cue.in()
            : cue.out().flatMap(out -> SpliceSections.in(out, nanos));
    Instant end = date(nanos);
    return cue.ended(nanos, end.isBefore(cue.startDate()) ? cue.startDate() : end, section);
  }

  private void remember(String id) {
    gone.add(id);
    if (gone.size() > rules.most()) {
      Iterator<String> oldest = gone.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** The newest of those that satisfy something. */
  Optional<CuePoint> newest(Predicate<CuePoint> wanted) {
    return cues.values().stream().filter(wanted).reduce((_, later) -> later);
  }
}
