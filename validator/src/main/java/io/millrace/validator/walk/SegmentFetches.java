package io.millrace.validator.walk;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.media.BitRates;
import io.millrace.validator.media.IFrameRules;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.SegmentRules;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import io.millrace.validator.webvtt.TextRules;
import io.millrace.validator.webvtt.WebVtt;
import io.millrace.validator.webvtt.WebVttReader;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Fetches every segment that one playlist lists, once and in order, and judges it. The polling
 * thread offers versions; everything else is done by its own virtual thread.
 */
final class SegmentFetches {
  /**
   * A segment as it was fetched, for who compares it with its parts.
   *
   * @param init the init section in force, where there is one
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] body, Optional<byte[]> init) {}

  /** A segment to fetch. */
  private record Wanted(Segment segment, long discontinuity, boolean independent) {}

  private static final int PROBED = 25;
  private static final byte TS_SYNC = 0x47;

  private final HlsWalker walker;
  private final MediaPlaylistWalk walk;
  private final MediaFiles files;
  private final BlockingQueue<Wanted> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private final SortedMap<Long, MediaPlaylistWalk.Fetched> fetched = new ConcurrentSkipListMap<>();
  private final Map<Long, CompletableFuture<Optional<Whole>>> awaited = new ConcurrentHashMap<>();
  private final Thread thread;
  private long nextSequence = -1;
  private int offered;
  private final LongAdder bytes = new LongAdder();
  private volatile long firstDiscontinuity = -1;
  private volatile BitRates rates = new BitRates(1);
  private volatile Optional<MediaPlaylistWalk.Clock> clock = Optional.empty();

  // Of the fetching thread.
  private final SegmentRules rules = new SegmentRules();
  private final TsReader ts = new TsReader();
  private long lastFetched = -1;
  private long shownDiscontinuity = -1;
  private final Set<TrackFormat> formats = new HashSet<>();

  SegmentFetches(HlsWalker walker, MediaPlaylistWalk walk) {
    this.walker = walker;
    this.walk = walk;
    this.files = new MediaFiles(walker, walk);
    this.thread = Thread.ofVirtual().name("fetch " + walk.uri().getPath()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Whether nothing waits to be fetched or judged. */
  boolean idle() {
    return pending.get() == 0;
  }

  List<MediaPlaylistWalk.Fetched> fetched() {
    return List.copyOf(fetched.values());
  }

  long bytes() {
    return bytes.sum();
  }

  BitRates rates() {
    return rates;
  }

  Optional<MediaPlaylistWalk.Clock> clock() {
    return clock;
  }

  /** A segment that has not been offered yet, once it is fetched; empty when it could not be. */
  CompletableFuture<Optional<Whole>> whole(long sequence) {
    return awaited.computeIfAbsent(sequence, number -> new CompletableFuture<>());
  }

  /** Whether it lists, or will, what is on both sides of a discontinuity. */
  boolean sees(long discontinuity) {
    return firstDiscontinuity < discontinuity;
  }

  /** Says the target duration, before anything is offered. */
  void rate(long targetSeconds) {
    rates = new BitRates(targetSeconds);
  }

  /**
   * Takes a version: makes it the newest and queues what is new in it. Not idle meanwhile, or a
   * list that has ended would seem to be over before anything of it was fetched.
   *
   * @param publish makes it the newest
   */
  void take(MediaPlaylist list, Consumer<MediaPlaylist> publish) {
    pending.incrementAndGet();
    try {
      publish.accept(list);
      offer(list);
      if (list.ended()) {
        measured();
      }
    } finally {
      pending.decrementAndGet();
    }
  }

  private void offer(MediaPlaylist list) {
    long discontinuity = list.discontinuitySequence().orElse(0L);
    boolean independent = list.independentSegments() || walker.allIndependent();
    boolean hadMedia = false;
    for (Segment segment : list.segments()) {
      discontinuity += segment.discontinuity() ? 1 : 0;
      if (hadMedia
          && segment.gap()
          && segment.discontinuity()
          && segment.sequence() >= nextSequence) {
        // The media of this list ends there, which is a change.
        walker.shown(walk.uri(), discontinuity, Discontinuities.Verdict.NEEDED);
      }
      hadMedia = !segment.gap();
      if (firstDiscontinuity < 0) {
        firstDiscontinuity = discontinuity;
      }
      if (segment.sequence() < nextSequence || segment.gap()) {
        continue;
      }
      if (offered >= walker.options().maxFetches()) {
        walker.findings().note(walk.uri() + ": only the first " + offered + " segments are read");
        if (segment.discontinuity()) {
          walker.shown(walk.uri(), discontinuity, Discontinuities.Verdict.UNKNOWN);
        }
        continue;
      }
      offered++;
      pending.incrementAndGet();
      queue.add(new Wanted(segment, discontinuity, independent));
    }
    nextSequence = list.nextSequence();
  }

  private void run() {
    while (!walker.isClosed()) {
      try {
        Wanted wanted = queue.take();
        try {
          fetch(wanted);
        } catch (RuntimeException e) {
          walker.findings().failed(walk.uri() + ", segment " + wanted.segment().uri(), e);
        } finally {
          whole(wanted, Optional.empty());
          pending.decrementAndGet();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void fetch(Wanted wanted) {
    Segment segment = wanted.segment();
    Optional<URI> address = walker.resolve(walk.uri(), segment.uri());
    Optional<Fetcher.Answer> answer =
        address.flatMap(uri -> files.get(uri, segment.range(), segment.sequence()));
    if (address.isEmpty() || answer.isEmpty()) {
      unknown(wanted);
      return;
    }
    byte[] body = answer.get().body();
    if (fetched.size() % PROBED == 0 && segment.range().isEmpty()) {
      walker
          .findings()
          .add(
              new ServerProbes(walker.fetcher(), walker.findings())
                  .segment(address.get(), walk.latest().targetDuration()));
    }
    fetched.put(
        segment.sequence(), new MediaPlaylistWalk.Fetched(segment, body.length, sha256(body)));
    bytes.add(body.length);
    if (lastFetched + 1 != segment.sequence()) {
      rates.interrupt();
    }
    lastFetched = segment.sequence();
    walker.findings().add(BitRates.declared(walk.uri().toString(), segment, body.length));
    rates.add(segment.seconds().doubleValue(), body.length);
    measured();
    judge(wanted, address.get().toString(), body);
    Optional<byte[]> init =
        segment.initUri().isEmpty() ? Optional.empty() : files.init(segment, bytes::add);
    whole(wanted, Optional.of(new Whole(body, init)));
  }

  private void whole(Wanted wanted, Optional<Whole> whole) {
    CompletableFuture<Optional<Whole>> waiting = awaited.remove(wanted.segment().sequence());
    if (waiting != null) {
      waiting.complete(whole);
    }
  }

  private void judge(Wanted wanted, String address, byte[] body) {
    Segment segment = wanted.segment();
    if (segment.encrypted()) {
      walker.findings().note(walk.uri() + ": encrypted segments are not looked into");
      unknown(wanted);
      return;
    }
    if (walk.latest().iFramesOnly()) {
      iFrame(wanted, address, body);
      return;
    }
    if (segment.initUri().isEmpty() && WebVttReader.isText(body)) {
      walker.findings().add(text(wanted, address, body));
      unknown(wanted);
      return;
    }
    try {
      Optional<SegmentMedia> media = media(segment, body);
      if (media.isEmpty()) {
        unknown(wanted);
        return;
      }
      boolean follows = rules.follows(segment);
      Map<Long, TrackFormat> before = rules.formats();
      Optional<MediaPlaylistWalk.Clock> clockBefore = clock;
      List<Violation> found = rules.accept(address, segment, media.get(), wanted.independent());
      walker.findings().add(found.stream().filter(each -> each.rule() != Rule.D2).toList());
      for (TrackMedia track : media.get().tracks()) {
        if (isNewest(wanted)) {
          told(track.format());
        }
      }
      boolean wraps = media.get().leading().map(track -> !track.exact()).orElse(false);
      clock =
          rules
              .anchor()
              .map(anchor -> new MediaPlaylistWalk.Clock(wanted.discontinuity(), anchor, wraps));
      boolean changed =
          !before.equals(rules.formats())
              || (clockBefore.isPresent()
                  && clock.isPresent()
                  && clockBefore.get().isApartFrom(clock.get()));
      shown(wanted, follows, found, changed);
      walker.compare();
    } catch (MalformedFileException e) {
      unknown(wanted);
      Rule rule = segment.initUri().isEmpty() ? Rule.F4 : Rule.F2;
      walker.findings().add(new Violation(rule, Place.of(address).within(e.path()), e.words()));
    }
  }

  /** M5 and, of its format, M2. */
  private void iFrame(Wanted wanted, String address, byte[] body) {
    Segment segment = wanted.segment();
    try {
      Optional<byte[]> init =
          segment.initUri().isEmpty() ? Optional.empty() : files.init(segment, bytes::add);
      boolean isTransport = body.length > 0 && body[0] == TS_SYNC;
      if (!isTransport && init.isEmpty()) {
        return;
      }
      SegmentMedia media =
          isTransport
              ? new TsReader().read(body, false)
              : Mp4Reader.readIFrame(init.orElseThrow(), body);
      walker.findings().add(IFrameRules.check(address, segment, media));
      IFrameRules.pictures(media)
          .filter(pictures -> isNewest(wanted))
          .ifPresent(pictures -> told(pictures.format()));
    } catch (MalformedFileException e) {
      walker.findings().add(new Violation(Rule.M5, Place.of(address).within(e.path()), e.words()));
    }
  }

  /** M2: each format once. */
  private void told(TrackFormat format) {
    if (formats.add(format)) {
      pending.incrementAndGet();
      walker
          .variants()
          .formatSeen(
              walk.uri(),
              format,
              walk.latest().segments().stream().anyMatch(Segment::discontinuity),
              pending::decrementAndGet);
    }
  }

  /** W1, D8_TEXT: dates are tied to timestamps by whatever list has both. */
  private List<Violation> text(Wanted wanted, String address, byte[] body) {
    try {
      WebVtt text = WebVttReader.read(body);
      Optional<Instant> date = wanted.segment().date();
      if (date.isEmpty() || text.cues().isEmpty()) {
        return List.of();
      }
      Optional<MediaPlaylistWalk.Clock> media = walker.awaitClock(wanted.discontinuity());
      return media.isEmpty()
          ? List.of()
          : TextRules.check(
              address,
              text,
              wanted.segment(),
              date.get(),
              media.get().anchor().shownEpochSeconds());
    } catch (MalformedFileException e) {
      return List.of(new Violation(Rule.W1, Place.of(address).within(e.path()), e.words()));
    }
  }

  /**
   * D2: says of the discontinuities since the last media what there is to say. Behind gaps it is
   * only known that something changes, not that all goes on.
   *
   * @param changed whether formats are others, or dates and timestamps
   */
  private void shown(Wanted wanted, boolean follows, List<Violation> found, boolean changed) {
    long number = wanted.discontinuity();
    boolean isFirst = shownDiscontinuity < 0;
    if (isFirst || !follows) {
      Discontinuities.Verdict verdict =
          changed && !isFirst ? Discontinuities.Verdict.NEEDED : Discontinuities.Verdict.UNKNOWN;
      long from = (isFirst ? firstDiscontinuity : shownDiscontinuity) + 1;
      for (long crossed = from; crossed <= number; crossed++) {
        walker.shown(walk.uri(), crossed, verdict);
      }
    } else if (wanted.segment().discontinuity()) {
      walker.shown(
          walk.uri(),
          number,
          found.stream()
              .filter(each -> each.rule() == Rule.D2)
              .findFirst()
              .<Discontinuities.Verdict>map(Discontinuities.Verdict.Needless::new)
              .orElse(Discontinuities.Verdict.NEEDED));
    }
    shownDiscontinuity = number;
  }

  /** There is nothing to be compared of a segment. */
  private void unknown(Wanted wanted) {
    if (wanted.segment().discontinuity()) {
      walker.shown(walk.uri(), wanted.discontinuity(), Discontinuities.Verdict.UNKNOWN);
      shownDiscontinuity = wanted.discontinuity();
    }
  }

  /** M1: not idle before it has been looked at. */
  private void measured() {
    pending.incrementAndGet();
    walker.variants().measured(walker.walks(), pending::decrementAndGet);
  }

  /** Whether no later discontinuity is listed: the multivariant playlist speaks of the newest. */
  private boolean isNewest(Wanted wanted) {
    MediaPlaylist list = walk.latest();
    long listed = list.segments().stream().filter(Segment::discontinuity).count();
    return wanted.discontinuity() >= list.discontinuitySequence().orElse(0L) + listed;
  }

  private Optional<SegmentMedia> media(Segment segment, byte[] body) {
    if (!segment.initUri().isEmpty()) {
      Optional<byte[]> init = files.init(segment, bytes::add);
      return init.map(bytesOfInit -> Mp4Reader.read(bytesOfInit, body));
    }
    if (body.length > 0 && body[0] == TS_SYNC) {
      return Optional.of(ts.read(body, rules.continues(segment)));
    }
    if (body.length > 8 && (body[4] == 's' || body[4] == 'm') && body[5] != 0) {
      walker
          .findings()
          .add(new Violation(Rule.B16, walk.uri().toString(), "no EXT-X-MAP for " + segment.uri()));
    } else {
      walker.findings().note(walk.uri() + ": segments that are neither fMP4, MPEG-TS nor WebVTT");
    }
    return Optional.empty();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
