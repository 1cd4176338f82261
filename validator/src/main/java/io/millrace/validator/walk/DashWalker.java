package io.millrace.validator.walk;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.dash.MalformedManifestException;
import io.millrace.validator.dash.Manifest;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.ManifestReader;
import io.millrace.validator.dash.ManifestRules;
import io.millrace.validator.dash.ManifestUpdateRules;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A client that follows a manifest until it is static and judges everything it is given: every
 * version, every listed segment, and how the server answers. The manifest has a virtual thread of
 * its own, and so has each representation.
 */
public final class DashWalker implements Walker {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(2);

  /** A segment of the target duration may be rounded to it (HLS B2). */
  private static final Duration ROUNDING = Duration.ofMillis(500);

  private final URI address;
  private final WalkOptions options;
  private final Fetcher fetcher;
  private final Findings findings = new Findings();
  private final Map<String, RepresentationFetches> fetches = new ConcurrentHashMap<>();
  private final AtomicInteger versions = new AtomicInteger();

  /** Versions that are being taken: not idle meanwhile. */
  private final AtomicInteger taking = new AtomicInteger();

  private final Presence presence;
  private final HlsTwin twin;
  private final Thread thread;
  private volatile Optional<Manifest> latest = Optional.empty();
  private volatile boolean closed;

  // Of the polling thread.
  private byte[] lastBody = new byte[0];
  private String etag = "";

  private DashWalker(URI address, WalkOptions options, Fetcher fetcher) {
    this.address = address;
    this.options = options;
    this.fetcher = fetcher;
    this.presence = new Presence(findings, () -> closed, address);
    this.twin = new HlsTwin(fetcher, options.maxPlaylists(), address);
    this.thread = Thread.ofVirtual().name("manifest " + address.getPath()).unstarted(this::walk);
  }

  /**
   * Starts to follow a stream, which must be on air already, and looks often.
   *
   * @param address of its manifest
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static DashWalker follow(URI address) {
    return follow(address, WalkOptions.defaults().eager());
  }

  /**
   * Starts to follow a stream.
   *
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static DashWalker follow(URI address, WalkOptions options) {
    DashWalker walker = new DashWalker(address, options, new Fetcher(options));
    try {
      FirstLook look = new FirstLook(options, walker.fetcher, address);
      Fetcher.Answer answer = look.answer();
      look.manifest(answer);
      walker.take(answer);
      walker.thread.start();
    } catch (CannotLookException e) {
      walker.close();
      throw e;
    }
    return walker;
  }

  @Override
  public List<Violation> violations() {
    mustWork();
    return findings.violations();
  }

  @Override
  public List<Violation> warnings() {
    mustWork();
    return ignored();
  }

  /**
   * The newest version.
   *
   * @throws IllegalStateException when none could be read
   */
  public Manifest latest() {
    return latest.orElseThrow(() -> new IllegalStateException("no version seen yet"));
  }

  /** How many versions there were. */
  public int versionCount() {
    return versions.get();
  }

  @Override
  public boolean ended() {
    mustWork();
    return isOver();
  }

  private boolean isOver() {
    return latest.map(manifest -> !manifest.dynamic()).orElse(false) && isIdle();
  }

  private boolean isIdle() {
    return taking.get() == 0 && fetches.values().stream().allMatch(RepresentationFetches::idle);
  }

  @Override
  public boolean sawAll() {
    mustWork();
    return latest.isPresent() && isIdle();
  }

  @Override
  public ValidationReport.Looked looked() {
    return new ValidationReport.Looked(
        1,
        versions.get(),
        fetches.values().stream().mapToInt(RepresentationFetches::fetched).sum(),
        fetches.values().stream().mapToLong(RepresentationFetches::bytes).sum(),
        fetches.values().stream().mapToDouble(RepresentationFetches::seconds).sum(),
        isOver());
  }

  @Override
  public ValidationReport report() {
    return new ValidationReport(
        findings.violations(),
        ignored(),
        looked(),
        findings.notes(),
        List.of(),
        findings.failures());
  }

  private List<Violation> ignored() {
    return Stream.concat(
            findings.warnings().stream(),
            fetches.values().stream().flatMap(each -> each.measured().stream()))
        .toList();
  }

  private void mustWork() {
    List<String> failures = findings.failures();
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the validator failed: " + String.join("; ", failures));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    fetches.values().forEach(RepresentationFetches::interrupt);
    fetcher.close();
  }

  private void walk() {
    while (!closed && latest.map(Manifest::dynamic).orElse(true)) {
      LockSupport.parkNanos(pause().toNanos());
      try {
        answered(
            fetcher.playlist(address, etag.isEmpty() ? Map.of() : Map.of("If-None-Match", etag)));
      } catch (IOException e) {
        presence.failed(e.toString());
      } catch (RuntimeException e) {
        findings.failed(address.toString(), e);
      }
    }
  }

  /** As often as a client is asked to look. */
  private Duration pause() {
    Duration asked = latest.flatMap(Manifest::updatePeriod).orElse(USUAL_PAUSE);
    Duration most = options.pollCeiling();
    Duration pause = asked.compareTo(most) > 0 ? most : asked;
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private void answered(Fetcher.Answer answer) {
    switch (answer.status()) {
      case 200 -> {
        presence.answered();
        take(answer);
      }
      case 304 -> presence.answered();
      default -> {
        if (answer.status() == 404 || answer.status() == 410) {
          presence.goes(latest.isPresent());
        }
        presence.failed("answers " + answer.status());
      }
    }
  }

  private void take(Fetcher.Answer answer) {
    etag = answer.header("etag");
    if (Arrays.equals(answer.body(), lastBody)) {
      return;
    }
    lastBody = answer.body();
    int number = versions.incrementAndGet();
    Manifest now;
    try {
      now = ManifestReader.read(answer.uri(), answer.body());
    } catch (MalformedManifestException e) {
      Place place = Place.of(address.toString()).atLine(e.line()).inVersion(number);
      findings.add(new Violation(Rule.DASH_A1, place, e.words()));
      return;
    }
    taking.incrementAndGet();
    try {
      judge(answer, now, number);
      latest = Optional.of(now);
      offer(now);
      findings.add(twin.compare(now));
    } catch (IllegalArgumentException e) {
      addressless(now.line(), String.valueOf(e.getMessage()));
    } finally {
      taking.decrementAndGet();
    }
  }

  private void judge(Fetcher.Answer answer, Manifest now, int number) {
    String where = address.toString();
    List<Violation> found = new ArrayList<>();
    found.addAll(ManifestRules.type(where, answer.header("content-type")));
    found.addAll(ManifestRules.check(where, now));
    found.addAll(ManifestRules.tokens(address, now));
    if (latest.isPresent()) {
      found.addAll(ManifestUpdateRules.check(where, latest.get(), now));
    } else {
      findings.add(new ServerProbes(fetcher, findings).manifest(answer, now.dynamic()));
      ClockProbe clock = new ClockProbe(fetcher, findings);
      now.timings().forEach(timing -> findings.add(clock.ask(answer.uri(), timing)));
    }
    found.forEach(violation -> findings.add(violation.inVersion(number)));
  }

  private void offer(Manifest now) {
    now.periods().stream()
        .flatMap(Period::representations)
        .filter(each -> each.template().isPresent())
        .forEach(this::fetchesOf);
    fetches.forEach((id, each) -> each.offer(now.periods(), id));
  }

  private void fetchesOf(Representation representation) {
    if (!fetches.containsKey(representation.id())) {
      if (fetches.size() >= options.maxPlaylists()) {
        findings.note("only the first " + options.maxPlaylists() + " representations are followed");
        return;
      }
      fetches.put(
          representation.id(), new RepresentationFetches(this, representation, targetSeconds()));
    }
    if (representation.template().orElseThrow().openEnded()) {
      findings.note(representation.id() + ": segments that the timeline does not count");
    }
  }

  /** The target duration, by the longest segment that may come. */
  long targetSeconds() {
    return latest
        .flatMap(Manifest::maxSegmentDuration)
        .map(longest -> Math.max(1, longest.minus(ROUNDING).toSeconds()))
        .orElse(USUAL_PAUSE.toSeconds());
  }

  /** What is named is no address. */
  void addressless(int line, String words) {
    findings.add(new Violation(Rule.DASH_A1, Place.of(address.toString()).atLine(line), words));
  }

  URI address() {
    return address;
  }

  Findings findings() {
    return findings;
  }

  Fetcher fetcher() {
    return fetcher;
  }

  WalkOptions options() {
    return options;
  }

  boolean isClosed() {
    return closed;
  }
}
