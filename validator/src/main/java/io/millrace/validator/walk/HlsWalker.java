package io.millrace.validator.walk;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.PresentationRules;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A client that follows a presentation to its end and judges everything it is given: every version
 * of every playlist, every listed segment, and how the server answers. Each media playlist has two
 * virtual threads of its own; everything public may be called at any time, from any thread.
 */
public final class HlsWalker implements Walker {
  /** Text is fetched sooner than the media beside it, which tells what its timestamps are. */
  private static final long CLOCK_NANOS = 3_000_000_000L;

  private final WalkOptions options;
  private final Fetcher fetcher;
  private final Findings findings = new Findings();
  private final Discontinuities discontinuities = new Discontinuities();
  private final RenditionReports reports = new RenditionReports();
  private final DateRangeSets dateRanges = new DateRangeSets();
  private final Pulse pulse = new Pulse();
  private final List<MediaPlaylistWalk> walks = new ArrayList<>();
  private final URI address;
  private volatile Variants variants;
  private volatile boolean closed;

  private HlsWalker(URI address, WalkOptions options, Fetcher fetcher) {
    this.address = address;
    this.options = options;
    this.fetcher = fetcher;
    this.variants = new Variants(this, address, Optional.empty());
  }

  /**
   * Starts to follow a stream, which must be on air already, and looks often.
   *
   * @param address of its multivariant playlist, or of a media playlist
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static HlsWalker follow(URI address) {
    return follow(address, WalkOptions.defaults().eager());
  }

  /**
   * Starts to follow a stream.
   *
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static HlsWalker follow(URI address, WalkOptions options) {
    return follow(address, options, new Fetcher(options));
  }

  static HlsWalker follow(URI address, WalkOptions options, Fetcher fetcher) {
    HlsWalker walker = new HlsWalker(address, options, fetcher);
    try {
      walker.start();
    } catch (CannotLookException e) {
      walker.close();
      throw e;
    }
    return walker;
  }

  /**
   * Every MUST that was broken so far.
   *
   * @throws IllegalStateException when the validator itself failed: an empty list would be no
   *     verdict
   */
  @Override
  public List<Violation> violations() {
    mustWork();
    return broken();
  }

  /**
   * Every SHOULD that was broken so far.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  @Override
  public List<Violation> warnings() {
    mustWork();
    return ignored();
  }

  /** The media playlists it follows. */
  public List<MediaPlaylistWalk> walks() {
    return List.copyOf(walks);
  }

  /**
   * Whether every media playlist has ended (EXT-X-ENDLIST) and all that they list was looked at.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  @Override
  public boolean ended() {
    mustWork();
    return isOver();
  }

  private boolean isOver() {
    return !walks.isEmpty()
        && walks.stream().allMatch(walk -> walk.sawAll() && walk.latest().ended());
  }

  /** Whether every media playlist was seen. */
  public boolean started() {
    return walks.stream().allMatch(MediaPlaylistWalk::started);
  }

  /**
   * Whether every media playlist was seen, and everything that it listed.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  @Override
  public boolean sawAll() {
    mustWork();
    return walks.stream().allMatch(MediaPlaylistWalk::sawAll);
  }

  /** How much was looked at so far. */
  @Override
  public ValidationReport.Looked looked() {
    return new ValidationReport.Looked(
        walks.size(),
        walks.stream().mapToInt(MediaPlaylistWalk::versionCount).sum(),
        walks.stream().mapToInt(walk -> walk.segments().size()).sum(),
        walks.stream().mapToLong(MediaPlaylistWalk::bytes).sum(),
        walks.stream().mapToDouble(walk -> walk.rates().seconds()).sum(),
        isOver());
  }

  /** What was found so far. */
  @Override
  public ValidationReport report() {
    List<String> notes = new ArrayList<>(findings.notes());
    for (MediaPlaylistWalk walk : walks) {
      if (walk.listsOnlyGaps()) {
        notes.add(
            walk.uri()
                + (walk.latest().ended() ? ": has ended and lists" : ": lists")
                + " only gaps, so there is no media to look at");
      }
    }
    notes.addAll(discontinuities.uncompared(addresses(walk -> true)));
    List<ValidationReport.LiveEdge> edges =
        walks.stream().flatMap(walk -> walk.lowLatency().measured().stream()).toList();
    return new ValidationReport(broken(), ignored(), looked(), notes, edges, findings.failures());
  }

  private List<Violation> broken() {
    return Stream.of(
            findings.violations().stream(),
            walks.stream().flatMap(walk -> walk.stale().stream()),
            discontinuities.unfinished(addresses(MediaPlaylistWalk::isTelling)).stream())
        .flatMap(violations -> violations)
        .toList();
  }

  private List<Violation> ignored() {
    return Stream.concat(findings.warnings().stream(), variants.bandwidths(walks).stream())
        .toList();
  }

  private void mustWork() {
    List<String> failures = findings.failures();
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the validator failed: " + String.join("; ", failures));
    }
  }

  /** Stops to follow. */
  @Override
  public void close() {
    closed = true;
    walks.forEach(MediaPlaylistWalk::interrupt);
    fetcher.close();
  }

  private void start() {
    FirstLook look = new FirstLook(options, fetcher, address);
    Fetcher.Answer answer = look.answer();
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    Playlist playlist = look.read(answer, problem -> report(answer.uri(), problem));
    switch (playlist) {
      case MediaPlaylist media -> {
        if (media.segments().isEmpty() && media.nextParts().isEmpty()) {
          findings.add(new Violation(Rule.H9, address.toString(), "200 with an empty playlist"));
        }
        walks.add(new MediaPlaylistWalk(this, answer.uri()));
      }
      case MultivariantPlaylist many -> {
        variants = new Variants(this, address, Optional.of(many));
        findings.add(PlaylistRules.body(address.toString(), answer.header("content-type"), body));
        findings.add(MultivariantRules.check(address.toString(), many));
        addressesOf(answer.uri(), many).forEach(uri -> walks.add(new MediaPlaylistWalk(this, uri)));
      }
    }
    walks.forEach(MediaPlaylistWalk::start);
  }

  /** The media playlists of variants and renditions, each once. */
  private Set<URI> addressesOf(URI base, MultivariantPlaylist many) {
    Set<URI> addresses = new java.util.LinkedHashSet<>();
    List<String> uris = new ArrayList<>();
    many.variants().forEach(variant -> uris.add(variant.uri()));
    many.renditions().forEach(rendition -> rendition.text("URI").ifPresent(uris::add));
    many.iFrames().forEach(stream -> stream.text("URI").ifPresent(uris::add));
    for (String uri : uris) {
      Optional<URI> resolved = resolve(base, uri);
      if (resolved.isPresent() && addresses.size() >= options.maxPlaylists()) {
        findings.note("only the first " + options.maxPlaylists() + " media playlists are followed");
        break;
      }
      resolved.ifPresent(addresses::add);
    }
    return addresses;
  }

  /** A relative address of a playlist; what is none is told as a violation. */
  Optional<URI> resolve(URI base, String uri) {
    try {
      return Optional.of(base.resolve(uri));
    } catch (IllegalArgumentException e) {
      findings.add(new Violation(Rule.B1, base.toString(), "not an address: " + uri));
      return Optional.empty();
    }
  }

  void report(URI where, MalformedPlaylistException problem) {
    findings.add(
        new Violation(Rule.B1, Place.of(where.toString()).atLine(problem.line()), problem.words()));
  }

  Findings findings() {
    return findings;
  }

  Fetcher fetcher() {
    return fetcher;
  }

  /** What the multivariant playlist says, and how it is kept. */
  Variants variants() {
    return variants;
  }

  /** How far the playlists say that the others are. */
  RenditionReports reports() {
    return reports;
  }

  /** How long this machine kept the walk waiting. */
  Pulse pulse() {
    return pulse;
  }

  WalkOptions options() {
    return options;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the multivariant playlist promises it for all segments. */
  boolean allIndependent() {
    return variants.allIndependent();
  }

  /** D2: a list has shown what it can of a discontinuity. */
  void shown(URI list, long number, Discontinuities.Verdict verdict) {
    if (!variants.isSideList(list)) {
      Set<URI> lists = addresses(walk -> walk.sees(number));
      findings.add(discontinuities.shown(list, number, verdict, lists));
    }
  }

  /** Those of the lists that have the same discontinuities. */
  private Set<URI> addresses(Predicate<MediaPlaylistWalk> which) {
    return walks.stream()
        .filter(walk -> !walk.isSideList() && which.test(walk))
        .map(MediaPlaylistWalk::uri)
        .collect(Collectors.toSet());
  }

  /**
   * How dates and timestamps relate behind so many discontinuities, by a list that shows both;
   * waits for a while until one does.
   */
  Optional<MediaPlaylistWalk.Clock> awaitClock(long discontinuity) {
    long deadline = System.nanoTime() + CLOCK_NANOS;
    while (true) {
      List<MediaPlaylistWalk.Clock> clocks =
          walks.stream().flatMap(walk -> walk.clock().stream()).toList();
      boolean mayCome = clocks.stream().noneMatch(clock -> clock.discontinuity() >= discontinuity);
      if (!mayCome || closed || System.nanoTime() - deadline > 0) {
        return clocks.stream().filter(clock -> clock.discontinuity() == discontinuity).findFirst();
      }
      LockSupport.parkNanos(CLOCK_NANOS / 100);
    }
  }

  /** D4, D5, D7, M6: compares all lists; called when one has a new version. */
  void compare() {
    if (walks.size() < 2) {
      return;
    }
    Map<String, MediaPlaylist> latest = new HashMap<>();
    Map<String, MediaPlaylist> iFrames = new HashMap<>();
    List<MediaPlaylistWalk> clocked = new ArrayList<>();
    for (MediaPlaylistWalk walk : walks) {
      if (walk.started() && walk.latest().iFramesOnly()) {
        iFrames.put(walk.uri().toString(), walk.latest());
      } else if (walk.started() && !walk.isApart()) {
        latest.put(walk.uri().toString(), walk.latest());
        if (walk.clock().isPresent()) {
          clocked.add(walk);
        }
      }
    }
    findings.add(PresentationRules.check(latest));
    findings.add(PresentationRules.checkIFrames(latest, iFrames));
    findings.add(dateRanges.compare(latest, System.nanoTime()));
    for (int i = 1; i < clocked.size(); i++) {
      MediaPlaylistWalk.Clock one = clocked.getFirst().clock().orElseThrow();
      MediaPlaylistWalk.Clock other = clocked.get(i).clock().orElseThrow();
      double apart = one.secondsTo(other);
      if (one.discontinuity() == other.discontinuity() && one.isApartFrom(other)) {
        findings.add(
            new Violation(
                Rule.D7,
                clocked.get(i).uri().toString(),
                "dates and timestamps are %.2f s apart from those of %s"
                    .formatted(apart, clocked.getFirst().uri())));
      }
    }
  }
}
