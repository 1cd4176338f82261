package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.UpdateRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConcurrentReadersTest {
  private static final int READERS = 4;

  /** Each reader is to see so many; a busy one misses some. */
  private static final int VERSIONS = 10;

  private static final int MOST_SEGMENTS = 500;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** HLS B1, B5, B6: each body is one version, whoever reads while the next one comes. */
  @Test
  void everyBodyIsOneWholeVersion() throws Exception {
    LiveNode node = fixture.node();
    node.publish().send(5);
    String media = LiveNode.awaitPresent(() -> node.base()) + "video/index.m3u8";
    Map<String, String> byTag = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch seen = new CountDownLatch(READERS * VERSIONS);

    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      List<Future<?>> reading = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        reading.add(readers.submit(() -> read(node, media, byTag, done, seen)));
      }
      try {
        for (int i = 1; i < MOST_SEGMENTS && seen.getCount() > 0; i++) {
          node.send(2);
          node.awaitSegments("video", i);
        }
      } finally {
        done.set(true);
      }
      for (Future<?> reader : reading) {
        reader.get(20, TimeUnit.SECONDS);
      }
      assertThat(seen.getCount()).as("versions that readers should have seen").isZero();
    }
  }

  private static void read(
      LiveNode node,
      String media,
      Map<String, String> byTag,
      AtomicBoolean done,
      CountDownLatch seen) {
    int versions = 0;
    MediaPlaylist last = null;
    while (!done.get()) {
      OriginResponse response =
          node.origin.answer(new OriginRequest("GET", media, "", Map.of())).result();
      String body = response.body().toString();
      assertThat(PlaylistRules.body("m", response.headers().get("content-type"), body)).isEmpty();
      assertThat(body.lines().toList().getLast()).startsWith("#EXT-X-RENDITION-REPORT:");
      assertThat(body).endsWith("\n");
      String same = byTag.putIfAbsent(response.headers().getOrDefault("etag", ""), body);
      assertThat(same == null || same.equals(body)).isTrue();
      MediaPlaylist now = PlaylistReader.readMedia(body);
      if (last != null && !now.equals(last)) {
        assertThat(UpdateRules.check("video", last, now)).isEmpty();
        if (versions++ < VERSIONS) {
          seen.countDown();
        }
      }
      last = now;
    }
  }
}
