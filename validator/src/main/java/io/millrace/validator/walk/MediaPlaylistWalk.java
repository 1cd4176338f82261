package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.SegmentRules;
import io.millrace.validator.mp4.Mp4Reader;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One media playlist as {@link HlsWalker} sees it over time: its versions, and its segments by
 * media sequence number. Written by its own virtual thread only; readable from any.
 */
public final class MediaPlaylistWalk {
  /** A segment that was fetched: what the playlist said about it, its size in bytes, its hash. */
  public record Fetched(Segment segment, int size, String sha256) {}

  private final HlsWalker walker;
  private final URI uri;
  private final List<MultivariantPlaylist.Variant> variants;
  private final List<MediaPlaylist> versions = new CopyOnWriteArrayList<>();
  private final SortedMap<Long, Fetched> segments = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> inits = new HashMap<>();
  private final SegmentRules segmentRules;
  private final Thread thread;
  private int fetchErrors;

  MediaPlaylistWalk(HlsWalker walker, URI uri, List<MultivariantPlaylist.Variant> variants) {
    this.walker = walker;
    this.uri = uri;
    this.variants = variants;
    this.segmentRules = new SegmentRules();
    this.thread = Thread.ofVirtual().unstarted(this::walk);
  }

  public URI uri() {
    return uri;
  }

  /** Every version that differed from the one before, oldest first. */
  public List<MediaPlaylist> versions() {
    return List.copyOf(versions);
  }

  /**
   * The newest version.
   *
   * @throws IllegalStateException when none was seen yet
   */
  public MediaPlaylist latest() {
    List<MediaPlaylist> all = versions();
    if (all.isEmpty()) {
      throw new IllegalStateException("no version of " + uri + " seen yet");
    }
    return all.getLast();
  }

  /** Whether a version was seen at all. */
  public boolean started() {
    return !versions.isEmpty();
  }

  /** What was fetched, in order. */
  public List<Fetched> segments() {
    return List.copyOf(segments.values());
  }

  void start() {
    thread.start();
  }

  void interrupt() {
    thread.interrupt();
  }

  private void walk() {
    while (!walker.isClosed() && !(started() && latest().ended())) {
      try {
        look(walker.playlistBody(uri));
        fetchErrors = 0;
      } catch (MalformedPlaylistException e) {
        walker.report(List.of(new Violation(Rule.B1, uri.toString(), e.toString())));
      } catch (IOException e) {
        // The server may be starting again: only silence for long is a broken rule.
        fetchErrors++;
        if (fetchErrors == 100 && !walker.isClosed()) {
          walker.report(List.of(new Violation(Rule.B13, uri.toString(), e.toString())));
        }
      }
      HlsWalker.pause();
    }
  }

  private void look(String body) throws IOException {
    MediaPlaylist now = PlaylistReader.readMedia(body);
    if (started() && now.equals(latest())) {
      return;
    }
    walker.report(PlaylistRules.live(uri.toString(), now));
    if (started()) {
      walker.report(UpdateRules.check(uri.toString(), latest(), now));
    }
    for (Segment segment : now.segments()) {
      if (!segment.gap() && !segments.containsKey(segment.sequence())) {
        fetch(segment, now.independentSegments());
      }
    }
    versions.add(now);
  }

  private void fetch(Segment segment, boolean independent) throws IOException {
    byte[] bytes = bytes(segment.uri());
    segments.put(segment.sequence(), new Fetched(segment, bytes.length, sha256(bytes)));
    if (!segment.initUri().isEmpty()) {
      byte[] init = inits.get(segment.initUri());
      if (init == null) {
        init = bytes(segment.initUri());
        inits.put(segment.initUri(), init);
      }
      walker.report(judged(segment, init, bytes, independent));
    }
    if (segment.seconds().compareTo(BigDecimal.ONE) >= 0) {
      double bitsPerSecond = bytes.length * 8 / segment.seconds().doubleValue();
      for (MultivariantPlaylist.Variant variant : variants) {
        walker.report(MultivariantRules.peak(uri.toString(), variant, bitsPerSecond, true));
      }
    }
  }

  private List<Violation> judged(Segment segment, byte[] init, byte[] bytes, boolean independent) {
    try {
      return segmentRules.accept(segment.uri(), segment, Mp4Reader.read(init, bytes), independent);
    } catch (MalformedFileException e) {
      return List.of(new Violation(Rule.F2, segment.uri(), e.getMessage()));
    }
  }

  private byte[] bytes(String relative) throws IOException {
    URI address = uri.resolve(relative);
    HttpResponse<byte[]> response = walker.get(address);
    if (response.statusCode() != 200) {
      walker.report(
          List.of(new Violation(Rule.B13, address.toString(), "answers " + response.statusCode())));
    }
    return response.body();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
