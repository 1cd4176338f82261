package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.StalenessRules;
import io.millrace.validator.hls.UpdateRules;
import io.millrace.validator.media.BitRates;
import io.millrace.validator.media.SegmentRules;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One media playlist as {@link HlsWalker} sees it over time: its versions, and its segments by
 * media sequence number. One virtual thread polls the playlist, another one fetches what it lists,
 * so that slow files don't hide versions. Readable from any thread.
 */
public final class MediaPlaylistWalk {
  /**
   * A segment that was fetched: what the playlist said about it, its size in bytes, its hash.
   *
   * @param sha256 in hexadecimal
   */
  public record Fetched(Segment segment, int size, String sha256) {}

  /**
   * How dates and timestamps of a list relate.
   *
   * @param discontinuity the discontinuity sequence number for which it holds
   * @param anchor of its newest date
   * @param wraps whether timestamps are those of MPEG-TS
   */
  record Clock(long discontinuity, SegmentRules.Anchor anchor, boolean wraps) {
    private static final double WRAP_SECONDS = (1L << 33) / 90_000.0;

    /** What wall clocks of playlists may differ in: a decoding delay, a frame of sound. */
    private static final double APART_SECONDS = 0.15;

    double secondsTo(Clock other) {
      double apart = anchor.secondsTo(other.anchor);
      return wraps && other.wraps ? Math.IEEEremainder(apart, WRAP_SECONDS) : apart;
    }

    boolean isApartFrom(Clock other) {
      return Math.abs(secondsTo(other)) > APART_SECONDS;
    }
  }

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final Duration AWAY = Duration.ofSeconds(10);

  /** Segments in all kept versions together; older versions are given up beyond. */
  private static final int KEPT_SEGMENTS = 200_000;

  private final HlsWalker walker;
  private final URI uri;
  private final SegmentFetches fetches;
  private final StalenessRules staleness;
  private final Retention retention;
  private final Deque<MediaPlaylist> versions = new ArrayDeque<>();
  private final Thread thread;
  private int keptSegments;
  private volatile int versionCount;

  // Of the polling thread.
  private String lastBody = "";
  private String etag = "";
  private String bodyEtag = "";
  private volatile long silentSince = -1;
  private boolean gone;

  MediaPlaylistWalk(HlsWalker walker, URI uri) {
    this.walker = walker;
    this.uri = uri;
    this.fetches = new SegmentFetches(walker, this);
    this.staleness = new StalenessRules(uri.toString());
    this.retention = new Retention(walker);
    this.thread = Thread.ofVirtual().name("walk " + uri.getPath()).unstarted(this::walk);
  }

  public URI uri() {
    return uri;
  }

  /** Every version that differed from the one before, oldest first; of a long walk the newest. */
  public List<MediaPlaylist> versions() {
    synchronized (versions) {
      return List.copyOf(versions);
    }
  }

  /** How many versions there were. */
  public int versionCount() {
    return versionCount;
  }

  /**
   * The newest version.
   *
   * @throws IllegalStateException when none was seen yet
   */
  public MediaPlaylist latest() {
    synchronized (versions) {
      if (versions.isEmpty()) {
        throw new IllegalStateException("no version of " + uri + " seen yet");
      }
      return versions.getLast();
    }
  }

  /** Whether a version was seen at all. */
  public boolean started() {
    return versionCount > 0;
  }

  /** Whether a version was seen, and everything that is listed was fetched. */
  public boolean sawAll() {
    return started() && fetches.idle();
  }

  /** What was fetched, in order. */
  public List<Fetched> segments() {
    return fetches.fetched();
  }

  /** Bytes of what was fetched. */
  public long bytes() {
    return fetches.bytes();
  }

  /** Whether it lists segments and says of all of them that there is no media. */
  boolean listsOnlyGaps() {
    return started()
        && !latest().segments().isEmpty()
        && latest().segments().stream().allMatch(Segment::gap);
  }

  /** Whether what is on both sides of a discontinuity was listed, or may yet be. */
  boolean sees(long discontinuity) {
    return fetches.sees(discontinuity);
  }

  /** Whether media may still come of it: there are answers, and it does not end in gaps. */
  boolean isTelling() {
    long since = silentSince;
    boolean away = since >= 0 && System.nanoTime() - since > AWAY.toNanos();
    if (!started()) {
      return !away;
    }
    MediaPlaylist list = latest();
    boolean inGaps = !list.segments().isEmpty() && list.segments().getLast().gap();
    return !(fetches.idle() && (away || inGaps || list.ended()));
  }

  BitRates rates() {
    return fetches.rates();
  }

  /** How its dates and timestamps relate, when both were seen. */
  Optional<Clock> clock() {
    return fetches.clock();
  }

  /** Whether it is subtitles or I-frames. */
  boolean isSideList() {
    return walker.variants().isSideList(uri);
  }

  /** B8 at this moment. */
  List<Violation> stale() {
    return started() && !latest().ended() ? staleness.judge(latest().targetDuration()) : List.of();
  }

  void start() {
    thread.start();
    fetches.start();
  }

  void interrupt() {
    thread.interrupt();
    fetches.interrupt();
  }

  private void walk() {
    while (!walker.isClosed() && !(started() && latest().ended())) {
      try {
        Map<String, String> headers = etag.isEmpty() ? Map.of() : Map.of("If-None-Match", etag);
        answered(walker.fetcher().playlist(uri, headers));
      } catch (IOException e) {
        failed(e.toString());
      } catch (MalformedPlaylistException e) {
        walker.report(uri, e);
      } catch (RuntimeException e) {
        walker.findings().failed(uri.toString(), e);
      }
      LockSupport.parkNanos(pause().toNanos());
    }
  }

  /** As a player waits: half a target duration, since the next version may be due. */
  private Duration pause() {
    Duration wanted = started() ? Duration.ofMillis(latest().targetDuration() * 500) : FIRST_PAUSE;
    Duration most = walker.options().pollCeiling();
    Duration pause = wanted.compareTo(most) > 0 ? most : wanted;
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private void answered(Fetcher.Answer answer) {
    switch (answer.status()) {
      case 200 -> {
        isThere();
        look(answer);
      }
      case 304 -> {
        isThere();
        staleness.unchanged(answer.sentNanos());
      }
      case 404, 410 -> {
        if (started() && !gone) {
          gone = true;
          walker.findings().add(retention.presentationRemoved(uri, latest()));
        }
        failed("answers " + answer.status());
      }
      default -> failed("answers " + answer.status());
    }
  }

  private void isThere() {
    silentSince = -1;
    if (gone) {
      gone = false;
      walker.findings().add(new Violation(Rule.D9, uri.toString(), "was 404 for a while"));
    }
  }

  /** The server may be starting again: only silence for long is a broken rule. */
  private void failed(String reason) {
    long now = System.nanoTime();
    if (silentSince < 0) {
      silentSince = now;
    } else if (now - silentSince > SILENCE.toNanos() && !walker.isClosed()) {
      String words = "no playlist for %d s".formatted(SILENCE.toSeconds());
      walker.findings().add(new Violation(Rule.B13, uri.toString(), words));
      walker.findings().note(uri + ": " + words + ": " + reason);
    }
  }

  private void look(Fetcher.Answer answer) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    etag = answer.header("etag");
    if (body.equals(lastBody)) {
      staleness.unchanged(answer.sentNanos());
      return;
    }
    int number = versionCount + 1;
    if (!etag.isEmpty() && !lastBody.isEmpty() && etag.equals(bodyEtag)) {
      walker
          .findings()
          .add(
              new Violation(Rule.B6, uri.toString(), "the body changed, ETag " + etag + " did not")
                  .inVersion(number));
    }
    bodyEtag = etag;
    report(number, PlaylistRules.body(uri.toString(), answer.header("content-type"), body));
    Playlist read = PlaylistReader.read(body, problem -> walker.report(uri, problem));
    lastBody = body;
    if (!(read instanceof MediaPlaylist now)) {
      walker.report(uri, new MalformedPlaylistException(1, "is no media playlist"));
      return;
    }
    report(number, PlaylistRules.live(uri.toString(), now));
    Optional<MediaPlaylist> before = started() ? Optional.of(latest()) : Optional.empty();
    if (before.isPresent()) {
      report(number, UpdateRules.check(uri.toString(), before.get(), now));
    } else {
      fetches.rate(now.targetDuration());
      walker.findings().add(new ServerProbes(walker).playlist(answer, now));
    }
    boolean news = before.isEmpty() || now.nextSequence() > before.get().nextSequence();
    if (news || now.ended()) {
      report(number, staleness.updated(answer.receivedNanos(), now.ended(), now.targetDuration()));
    } else {
      staleness.unchanged(answer.sentNanos());
    }
    fetches.take(now, this::keep);
    walker.findings().add(retention.next(uri, now, answer.receivedNanos()));
    walker.compare();
  }

  private void report(int version, List<Violation> violations) {
    violations.forEach(violation -> walker.findings().add(violation.inVersion(version)));
  }

  private void keep(MediaPlaylist now) {
    synchronized (versions) {
      versions.addLast(now);
      keptSegments += now.segments().size();
      while (keptSegments > KEPT_SEGMENTS && versions.size() > 1) {
        keptSegments -= versions.removeFirst().segments().size();
      }
      versionCount++;
    }
  }
}
