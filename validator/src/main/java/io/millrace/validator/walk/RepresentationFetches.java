package io.millrace.validator.walk;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.FileRules;
import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Period;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.SegmentTemplate;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import io.millrace.validator.media.BitRates;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.mp4.Mp4Track;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Fetches every segment of one representation, in all periods, once and in order, and judges it.
 * The polling thread offers versions; everything else is done by its own virtual thread.
 */
final class RepresentationFetches {
  /** A segment in a period. */
  private record Key(String period, long number) {}

  private record Wanted(
      Key key,
      AdaptationSet set,
      Representation representation,
      SegmentTemplate template,
      Listed segment) {}

  private static final int PROBED = 25;
  private static final int KEPT_HEADERS = 8;
  private static final long RETRY_NANOS = 500_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What is measured of a rate is over some segments, and encoders leave pictures out. */
  private static final double RATE_ROOM = 0.05;

  /** What is named has begun; in seconds, with room for a busy machine. */
  private static final double LATEST_FIRST_BYTE = 1.5;

  private static final int LEAST_MEASURED = 3;
  private static final int FEW_RISES = 3;

  private final DashWalker walker;
  private final BlockingQueue<Wanted> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger fetched = new AtomicInteger();
  private final LongAdder bytes = new LongAdder();
  private final Thread thread;
  private volatile Set<Key> listed = Set.of();

  private int offered;

  // Of the polling thread, and read by those that report: guarded by this.
  private long bandwidth;
  private int bandwidthRises;
  private int versions;

  // Of the fetching thread; what is measured is read by those that report: guarded by this.
  private final Map<URI, byte[]> headers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, byte[]> eldest) {
          return size() > KEPT_HEADERS;
        }
      };
  private final BitRates rates;
  private Key last = new Key("", -1);
  private Representation described;
  private int measured;
  private long pictures;
  private double pictureSeconds;

  RepresentationFetches(DashWalker walker, Representation first, double targetSeconds) {
    this.walker = walker;
    this.rates = new BitRates(targetSeconds);
    this.described = first;
    this.thread = Thread.ofVirtual().name("fetch " + first.id()).start(this::run);
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Whether nothing waits to be fetched or judged. */
  boolean idle() {
    return pending.get() == 0;
  }

  int fetched() {
    return fetched.get();
  }

  long bytes() {
    return bytes.sum();
  }

  synchronized double seconds() {
    return rates.seconds();
  }

  /** Takes what a version lists, in order of the periods; queues what is new in it. */
  synchronized void offer(List<Period> periods, String id) {
    Set<Key> now = new HashSet<>();
    for (Period period : periods) {
      for (AdaptationSet set : period.sets()) {
        for (Representation each : set.representations()) {
          if (each.id().equals(id) && each.template().isPresent()) {
            offer(period, set, each, each.template().get(), now);
          }
        }
      }
    }
    listed = now;
    versions++;
  }

  private synchronized void offer(
      Period period,
      AdaptationSet set,
      Representation representation,
      SegmentTemplate template,
      Set<Key> now) {
    // It may fall while more is measured.
    if (bandwidth != 0 && bandwidth < representation.bandwidth()) {
      bandwidthRises++;
    }
    bandwidth = representation.bandwidth();
    for (Listed segment : template.segments()) {
      Key key = new Key(period.start() + " " + period.id(), segment.number());
      now.add(key);
      if (listed.contains(key)) {
        continue;
      }
      if (offered >= walker.options().maxFetches()) {
        walker.findings().note(representation.id() + ": only the first " + offered + " are read");
        continue;
      }
      offered++;
      pending.incrementAndGet();
      queue.add(new Wanted(key, set, representation, template, segment));
    }
  }

  private void run() {
    while (!walker.isClosed()) {
      try {
        Wanted wanted = queue.take();
        try {
          fetch(wanted);
        } catch (RuntimeException e) {
          walker.findings().failed("segment " + wanted.key() + " of " + described.id(), e);
        } finally {
          pending.decrementAndGet();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void fetch(Wanted wanted) {
    Optional<URI> address = address(wanted, false);
    boolean grows = wanted.template().mayGrow(wanted.segment());
    Optional<byte[]> body = address.flatMap(uri -> get(uri, wanted.key(), grows));
    Optional<byte[]> header = address(wanted, true).flatMap(uri -> header(uri, wanted));
    if (body.isEmpty() || address.isEmpty()) {
      return;
    }
    if (grows) {
      grown(address.get(), wanted.key(), body.get());
    }
    if (fetched.getAndIncrement() % PROBED == 0) {
      walker
          .findings()
          .add(
              new ServerProbes(walker.fetcher(), walker.findings())
                  .segment(address.get(), walker.targetSeconds()));
    }
    bytes.add(body.get().length);
    measured(wanted, body.get().length);
    String where = address.get().toString();
    try {
      if (header.isPresent()) {
        SegmentMedia media = Mp4Reader.read(header.get(), body.get());
        walker
            .findings()
            .add(
                FileRules.segment(where, wanted.set(), wanted.template(), wanted.segment(), media));
        media
            .flaws()
            .forEach(
                flaw ->
                    walker
                        .findings()
                        .add(
                            new Violation(
                                flaw.rule(), Place.of(where).within(flaw.path()), flaw.words())));
        pictures(wanted, media);
      }
    } catch (MalformedFileException e) {
      walker.findings().add(new Violation(Rule.F2, Place.of(where).within(e.path()), e.words()));
    }
  }

  private Optional<URI> address(Wanted wanted, boolean ofHeader) {
    try {
      return ofHeader
          ? wanted.template().header()
          : Optional.of(wanted.template().address(wanted.segment()));
    } catch (IllegalArgumentException e) {
      walker.addressless(wanted.template().line(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<byte[]> header(URI address, Wanted wanted) {
    byte[] known = headers.get(address);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<byte[]> header = get(address, wanted.key(), false);
    header.ifPresent(
        body -> {
          headers.put(address, body);
          bytes.add(body.length);
          String where = address.toString();
          try {
            walker
                .findings()
                .add(FileRules.header(where, wanted.representation(), Mp4Track.read(body)));
          } catch (MalformedFileException e) {
            walker
                .findings()
                .add(new Violation(Rule.F2, Place.of(where).within(e.path()), e.words()));
          }
        });
    return header;
  }

  private synchronized void measured(Wanted wanted, int size) {
    Key key = wanted.key();
    if (!key.period().equals(last.period()) || key.number() != last.number() + 1) {
      rates.interrupt();
    }
    last = key;
    rates.add(wanted.segment().duration() / (double) wanted.template().timescale(), size);
  }

  private synchronized void pictures(Wanted wanted, SegmentMedia media) {
    if (!described.frameRate().equals(wanted.representation().frameRate())) {
      measured = 0;
      pictures = 0;
      pictureSeconds = 0;
    }
    described = wanted.representation();
    media
        .leading()
        .ifPresent(
            track -> {
              measured++;
              pictures += track.samples().size();
              pictureSeconds += track.seconds();
            });
  }

  /** R1, R2: what all of it together shows by now. */
  synchronized List<Violation> measured() {
    List<Violation> found = new ArrayList<>();
    String where = walker.address().toString();
    if (described.frameRate().isPresent() && measured >= LEAST_MEASURED) {
      double said = described.frameRate().get();
      double seen = pictures / pictureSeconds;
      if (Math.abs(seen - said) > said * RATE_ROOM) {
        found.add(
            new Violation(
                Rule.DASH_R1_SHOULD,
                where,
                "%s: frameRate is %.3f, measured %.3f".formatted(described.id(), said, seen)));
      }
    }
    if (rates.peak() > bandwidth && bandwidth > 0) {
      found.add(
          new Violation(
              Rule.DASH_R2,
              where,
              "%s: bandwidth is %d, the measured peak %.0f"
                  .formatted(described.id(), bandwidth, rates.peak())));
    }
    if (bandwidthRises > FEW_RISES && bandwidthRises * 2 > versions) {
      found.add(
          new Violation(
              Rule.DASH_R2,
              where,
              "%s: bandwidth rose %d times in %d versions"
                  .formatted(described.id(), bandwidthRises, versions)));
    }
    return found;
  }

  /** L2: what came while it grew is what there is when it is whole. */
  private void grown(URI address, Key key, byte[] body) {
    get(address, key, false)
        .filter(whole -> !Arrays.equals(whole, body))
        .ifPresent(
            whole ->
                walker
                    .findings()
                    .add(
                        new Violation(
                            Rule.DASH_L2,
                            address.toString(),
                            "%d bytes while it grew, then %d, or others"
                                .formatted(body.length, whole.length))));
  }

  /**
   * S4: a good answer; empty when there is none, which is told.
   *
   * @param grows whether it is to begin at once and may last (L2)
   */
  private Optional<byte[]> get(URI address, Key key, boolean grows) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String reason = "";
    while (!walker.isClosed() && System.nanoTime() < deadline) {
      try {
        Fetcher.Answer answer = walker.fetcher().file(address, Map.of());
        if (answer.status() == 200) {
          double waited = (answer.firstByteNanos() - answer.sentNanos()) / 1e9;
          if (grows && waited > LATEST_FIRST_BYTE) {
            String words = "its first byte came %.1f s after it was asked for".formatted(waited);
            walker.findings().add(new Violation(Rule.DASH_L2, address.toString(), words));
          }
          return Optional.of(answer.body());
        }
        reason = "answers " + answer.status();
        if (!listed.contains(key)) {
          walker.findings().note(described.id() + ": segments went before they could be fetched");
          return Optional.empty();
        }
        if (answer.status() < 500) {
          break;
        }
      } catch (Fetcher.TooLargeException e) {
        walker.findings().note(address + " has " + e.getMessage());
        return Optional.empty();
      } catch (IOException e) {
        reason = e.toString();
      }
      // The server may be starting again.
      LockSupport.parkNanos(RETRY_NANOS);
    }
    if (!walker.isClosed()) {
      walker.findings().add(new Violation(Rule.DASH_S4, address.toString(), reason));
    }
    return Optional.empty();
  }
}
