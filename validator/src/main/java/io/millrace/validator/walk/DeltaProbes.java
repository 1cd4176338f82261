package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.DeltaUpdate;
import io.millrace.validator.hls.MediaPlaylist;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks for delta updates and the full playlist beside them (L20 to L22). The two are of one version
 * where they end at the same part; where something else came between them, or one is a cache's,
 * they may differ all the same. So what is told is what differs each time. On the caller's thread.
 */
final class DeltaProbes {
  private static final int TRIES = 20;
  private static final long PAUSE_NANOS = 150_000_000L;

  private final HlsWalker walker;
  private final URI playlist;
  private final Duration longest;

  /**
   * @param longest how long the server may hold a request
   */
  DeltaProbes(HlsWalker walker, URI playlist, Duration longest) {
    this.walker = walker;
    this.playlist = playlist;
    this.longest = longest;
  }

  void ask(MediaPlaylist latest) throws IOException {
    for (String directive : List.of("YES", "v2")) {
      compare(latest, directive);
    }
  }

  private void compare(MediaPlaylist first, String directive) throws IOException {
    MediaPlaylist latest = first;
    List<Violation> found = List.of();
    boolean compared = false;
    for (int i = 0; i < TRIES && !walker.isClosed(); i++) {
      // Of what has come just now no cache has another version.
      URI asked =
          latest.blocksReload() ? Directives.waiting(playlist, latest.edge().next()) : playlist;
      URI skipping = Directives.on(asked, "_HLS_skip=" + directive);
      MediaPlaylist full = DirectiveProbes.read(walker.fetcher().heldPlaylist(asked, longest));
      MediaPlaylist delta = DirectiveProbes.read(walker.fetcher().heldPlaylist(skipping, longest));
      if (full.ended() || delta.ended()) {
        return;
      }
      latest = full;
      if (full.edge().equals(delta.edge())) {
        compared = true;
        found = DeltaUpdate.check(playlist.toString(), full, delta, directive.equals("v2"));
        if (found.stream().allMatch(each -> each.rule() == Rule.L22_MAP)) {
          break;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    walker.findings().add(found);
    if (!compared && !walker.isClosed()) {
      walker
          .findings()
          .note(playlist + ": changes too often to be compared with its delta updates (L20)");
    }
  }
}
