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

  private final HlsWalker walker;
  private final URI uri;
  private final SegmentFetches fetches;
  private final StalenessRules staleness;
  private final Retention retention;
  private final Versions versions;
  private final Presence presence;
  private final Reload reload;
  private final LowLatencyWalk lowLatency;
  private final Thread thread;

  // Of the polling thread.
  private String lastBody = "";
  private String etag = "";
  private String bodyEtag = "";

  MediaPlaylistWalk(HlsWalker walker, URI uri) {
    this.walker = walker;
    this.uri = uri;
    this.fetches = new SegmentFetches(walker, this);
    this.staleness = new StalenessRules(uri.toString());
    this.retention = new Retention(walker);
    this.versions = new Versions(uri);
    this.presence = new Presence(walker.findings(), walker::isClosed, uri);
    this.reload = new Reload(uri, walker.options());
    this.lowLatency = new LowLatencyWalk(walker, this, fetches);
    this.thread = Thread.ofVirtual().name("walk " + uri.getPath()).unstarted(this::walk);
  }

  public URI uri() {
    return uri;
  }

  /** Every version that differed from the one before, oldest first; of a long walk the newest. */
  public List<MediaPlaylist> versions() {
    return versions.all();
  }

  /** How many versions there were. */
  public int versionCount() {
    return versions.count();
  }

  /**
   * The newest version.
   *
   * @throws IllegalStateException when none was seen yet
   */
  public MediaPlaylist latest() {
    return versions.latest();
  }

  /** Whether a version was seen at all. */
  public boolean started() {
    return versions.count() > 0;
  }

  /** Whether a version was seen, and everything that is listed was fetched. */
  public boolean sawAll() {
    return started() && fetches.idle() && lowLatency.idle();
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
    boolean away = presence.isAway();
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

  /** How its parts came, if it has any. */
  LowLatencyWalk lowLatency() {
    return lowLatency;
  }

  private Optional<MediaPlaylist> newest() {
    return started() ? Optional.of(latest()) : Optional.empty();
  }

  /** Whether it is subtitles or I-frames, whose files tell nothing of discontinuities. */
  boolean isSideList() {
    return walker.variants().isSideList(uri);
  }

  /** Whether it need not be as the others are: side lists that never change (D7). */
  boolean isApart() {
    boolean never = latest().type().equals(Optional.of("VOD"));
    return isSideList() && (latest().iFramesOnly() || never);
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
      Reload.Ask ask = reload.next(newest());
      long sent = System.nanoTime();
      try {
        answered(ask, ask(ask));
      } catch (IOException e) {
        if (!walker.isClosed()) {
          walker.findings().add(reload.silent(ask, sent, newest()));
        }
        presence.failed(e.toString());
      } catch (MalformedPlaylistException e) {
        reload.unusable();
        walker.report(uri, e);
      } catch (RuntimeException e) {
        reload.unusable();
        walker.findings().failed(uri.toString(), e);
      }
      LockSupport.parkNanos(reload.pause(newest()).toNanos());
    }
  }

  private Fetcher.Answer ask(Reload.Ask ask) throws IOException {
    if (ask.awaited().isPresent()) {
      return walker.fetcher().heldPlaylist(ask.uri(), ask.deadline());
    }
    Map<String, String> headers = etag.isEmpty() ? Map.of() : Map.of("If-None-Match", etag);
    return walker.fetcher().playlist(ask.uri(), headers);
  }

  private void answered(Reload.Ask ask, Fetcher.Answer answer) {
    switch (answer.status()) {
      case 200 -> {
        presence.answered();
        look(ask, answer);
      }
      case 304 -> {
        presence.answered();
        staleness.unchanged(answer.sentNanos());
      }
      default -> {
        boolean removed = answer.status() == 404 || answer.status() == 410;
        reload.refused(ask, answer, newest());
        if (removed && ask.awaited().isEmpty() && presence.goes(started())) {
          walker.findings().add(retention.presentationRemoved(uri, latest()));
        }
        presence.failed("answers " + answer.status());
      }
    }
  }

  private void look(Reload.Ask ask, Fetcher.Answer answer) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    boolean plain = ask.awaited().isEmpty();
    etag = plain ? answer.header("etag") : "";
    if (body.equals(lastBody)) {
      staleness.unchanged(answer.sentNanos());
      walker.findings().add(reload.answered(ask, answer, latest()));
      return;
    }
    int number = versionCount() + 1;
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
      reload.unusable();
      walker.report(uri, new MalformedPlaylistException(1, "is no media playlist"));
      return;
    }
    report(number, PlaylistRules.live(uri.toString(), now));
    Optional<MediaPlaylist> before = newest();
    if (before.isPresent()) {
      report(number, UpdateRules.check(uri.toString(), before.get(), now));
    } else {
      report(number, walker.variants().judgeKind(uri, now));
      fetches.rate(now.targetDuration());
      walker
          .findings()
          .add(new ServerProbes(walker.fetcher(), walker.findings()).playlist(answer, now));
    }
    boolean news = before.isEmpty() || now.nextSequence() > before.get().nextSequence();
    if (news || now.ended()) {
      report(number, staleness.updated(answer.receivedNanos(), now.ended(), now.targetDuration()));
    } else {
      staleness.unchanged(answer.sentNanos());
    }
    report(number, reload.answered(ask, answer, now));
    report(number, lowLatency.took(now, answer, !plain));
    fetches.take(now, versions::keep);
    walker.findings().add(retention.next(uri, now, answer.receivedNanos()));
    walker.compare();
  }

  private void report(int version, List<Violation> violations) {
    violations.forEach(violation -> walker.findings().add(violation.inVersion(version)));
  }
}
