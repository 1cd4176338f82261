package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.validator.ValidationReport;
import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A defect of the validator is never taken for a stream without faults. */
class FailureTest {
  private static final URI ADDRESS = URI.create("http://localhost/media.m3u8");
  private static final String LIST =
      """
      #EXTM3U
      #EXT-X-VERSION:3
      #EXT-X-TARGETDURATION:2
      #EXTINF:2.000,
      0.vtt
      #EXT-X-ENDLIST
      """;

  /** A server that is known by heart, and breaks the validator where a test wants it. */
  private static class Scripted extends Fetcher {
    private int playlists;

    Scripted() {
      super(WalkOptions.defaults());
    }

    @Override
    Answer playlist(URI uri, Map<String, String> headers) throws IOException {
      playlists++;
      return answer(uri, LIST);
    }

    @Override
    Answer file(URI uri, Map<String, String> headers) throws IOException {
      return answer(uri, "WEBVTT\n");
    }

    @Override
    Answer head(URI uri) {
      return answer(uri, "");
    }

    int playlists() {
      return playlists;
    }

    private static Answer answer(URI uri, String body) {
      long now = System.nanoTime();
      HttpHeaders headers =
          HttpHeaders.of(
              Map.of("content-type", List.of("application/vnd.apple.mpegurl")),
              (name, value) -> true);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return new Answer(uri, 200, headers, bytes, now, now, now, Instant.now());
    }
  }

  @Test
  void aDefectWhileASegmentIsFetchedIsNoVerdict() {
    Scripted defect =
        new Scripted() {
          @Override
          Answer file(URI uri, Map<String, String> headers) {
            throw new IllegalStateException("a defect in the segment's reader");
          }
        };
    failsWith(defect, "a defect in the segment's reader", "0.vtt");
  }

  @Test
  void aDefectWhileAPlaylistIsLookedAtIsNoVerdict() {
    Scripted defect =
        new Scripted() {
          @Override
          Answer playlist(URI uri, Map<String, String> headers) throws IOException {
            // The first look only finds out what there is.
            if (playlists() > 0) {
              throw new IllegalStateException("a defect in the playlist's reader");
            }
            return super.playlist(uri, headers);
          }
        };
    failsWith(defect, "a defect in the playlist's reader", "media.m3u8");
  }

  private static void failsWith(Fetcher defect, String... words) {
    try (HlsWalker walker = HlsWalker.follow(ADDRESS, WalkOptions.defaults().eager(), defect)) {
      ValidationReport report = walker.report();
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (report.failures().isEmpty() && System.nanoTime() < deadline) {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        report = walker.report();
      }

      assertThat(report.failures()).singleElement().asString().contains(words);
      assertThat(report.clean()).isFalse();
      assertThatThrownBy(walker::violations).hasMessageContainingAll(words);
      assertThatThrownBy(walker::warnings).hasMessageContainingAll(words);
      assertThatThrownBy(walker::sawAll).hasMessageContainingAll(words);
      assertThatThrownBy(walker::ended).hasMessageContainingAll(words);
    }
  }
}
