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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConcurrentReadersTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** HLS B1, B5, B6: each body is one version, whoever reads while the next one comes. */
  @Test
  void everyBodyIsOneWholeVersion() throws Exception {
    LiveNode node = fixture.node();
    node.publish().send(5);
    String media = LiveNode.awaitPresent(() -> node.base()) + "video/index.m3u8";
    Map<String, String> byTag = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();

    try (ExecutorService readers = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> seen = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        seen.add(readers.submit(() -> read(node, media, byTag, done)));
      }
      for (int i = 0; i < 60; i++) {
        node.send(2);
      }
      node.awaitSegments("video", 60);
      done.set(true);
      for (Future<Integer> versions : seen) {
        assertThat(versions.get(20, TimeUnit.SECONDS)).isGreaterThan(3);
      }
    }
  }

  private static int read(
      LiveNode node, String media, Map<String, String> byTag, AtomicBoolean done) {
    int versions = 0;
    MediaPlaylist last = null;
    while (!done.get()) {
      OriginResponse response =
          node.origin.answer(new OriginRequest("GET", media, "", Map.of())).result();
      String body = response.body().toString();
      assertThat(PlaylistRules.body("m", response.headers().get("content-type"), body)).isEmpty();
      assertThat(body).endsWith(".m4s\n");
      String same = byTag.putIfAbsent(response.headers().getOrDefault("etag", ""), body);
      assertThat(same == null || same.equals(body)).isTrue();
      MediaPlaylist now = PlaylistReader.readMedia(body);
      if (last != null && !now.equals(last)) {
        assertThat(UpdateRules.check("video", last, now)).isEmpty();
        versions++;
      }
      last = now;
    }
    return versions;
  }
}
