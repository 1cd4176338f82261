package io.millrace.validator.walk;

import io.millrace.validator.Violation;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that follows a live stream to its end and judges everything it is given: every version
 * of every playlist, every listed segment. One virtual thread per media playlist; {@link
 * #violations} may be read at any time, from any thread.
 */
public final class HlsWalker implements AutoCloseable {
  private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(20);
  private static final long POLL_NANOS = Duration.ofMillis(400).toNanos();

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(REQUEST_DEADLINE)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final List<Violation> violations = new CopyOnWriteArrayList<>();
  private final List<MediaPlaylistWalk> walks = new ArrayList<>();
  private final URI address;
  private volatile boolean closed;

  private HlsWalker(URI address) {
    this.address = address;
  }

  /**
   * Starts to follow a stream, which must be on air already.
   *
   * @param multivariant the address of its multivariant playlist
   * @throws AssertionError when it can't be fetched or is none
   */
  public static HlsWalker follow(URI multivariant) {
    HlsWalker walker = new HlsWalker(multivariant);
    walker.start();
    return walker;
  }

  /** Every MUST that was broken so far. */
  public List<Violation> violations() {
    return violations.stream().filter(violation -> violation.rule().must()).toList();
  }

  /** Every SHOULD that was broken so far. */
  public List<Violation> remarks() {
    return violations.stream().filter(violation -> !violation.rule().must()).toList();
  }

  /** The media playlists it follows. */
  public List<MediaPlaylistWalk> walks() {
    return List.copyOf(walks);
  }

  /** Whether every media playlist has ended (EXT-X-ENDLIST). */
  public boolean ended() {
    return walks.stream().allMatch(walk -> walk.started() && walk.latest().ended());
  }

  /** Whether every media playlist was seen, and everything that it listed. */
  public boolean sawAll() {
    return walks.stream().allMatch(MediaPlaylistWalk::started);
  }

  /** Stops to follow. */
  @Override
  public void close() {
    closed = true;
    walks.forEach(MediaPlaylistWalk::interrupt);
    http.shutdownNow();
  }

  private void start() {
    Playlist playlist;
    try {
      playlist = PlaylistReader.read(playlistBody(address));
    } catch (IOException e) {
      throw new AssertionError("can't fetch " + address, e);
    }
    if (!(playlist instanceof MultivariantPlaylist multivariant)) {
      throw new AssertionError(address + " is no multivariant playlist");
    }
    violations.addAll(MultivariantRules.check(address.toString(), multivariant));
    Set<URI> addresses = new HashSet<>();
    for (MultivariantPlaylist.Variant variant : multivariant.variants()) {
      URI uri = address.resolve(variant.uri());
      if (addresses.add(uri)) {
        walks.add(new MediaPlaylistWalk(this, uri, List.of(variant)));
      }
    }
    for (AttributeList rendition : multivariant.renditions()) {
      rendition
          .text("URI")
          .map(address::resolve)
          .filter(addresses::add)
          .ifPresent(uri -> walks.add(new MediaPlaylistWalk(this, uri, List.of())));
    }
    walks.forEach(MediaPlaylistWalk::start);
  }

  boolean isClosed() {
    return closed;
  }

  void report(List<Violation> found) {
    violations.addAll(found);
  }

  /** Waits as a player does between two looks at a playlist. */
  static void pause() {
    LockSupport.parkNanos(POLL_NANOS);
  }

  /** Fetches a playlist and judges its bytes. */
  String playlistBody(URI uri) throws IOException {
    HttpResponse<byte[]> response = get(uri);
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answers " + response.statusCode());
    }
    String body = new String(response.body(), StandardCharsets.UTF_8);
    String type = response.headers().firstValue("content-type").orElse("");
    violations.addAll(PlaylistRules.body(uri.toString(), type, body));
    return body;
  }

  HttpResponse<byte[]> get(URI uri) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(uri).timeout(REQUEST_DEADLINE).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
