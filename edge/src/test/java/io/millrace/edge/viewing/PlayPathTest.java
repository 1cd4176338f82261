package io.millrace.edge.viewing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlayPathTest {
  @Test
  void namesAppStreamAndObject() {
    assertThat(PlayPath.parse("/play/live/cam.1/b/1/v/2.m4s"))
        .contains(new PlayPath("live", "cam.1", "b/1/v/2.m4s"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/play/live/./secret/index.m3u8",
        "/play/live/../secret/index.m3u8",
        "/play/live/open/../secret/index.m3u8",
        "/play/live/open/./index.m3u8",
        "/play/live/open//index.m3u8",
        "/play/live/open/b/..",
        "/play/live/open/%2e%2e/secret/index.m3u8",
        "/play/live/open%2Fsecret/index.m3u8",
        "/play/live/open;x/index.m3u8",
        "/play/live/open/\\..\\secret/index.m3u8",
        "//play/live/open/index.m3u8",
        "/play/live/open/"
      })
  void refusesWhatAnotherReaderCouldTakeForAnotherStream(String path) {
    assertThat(PlayPath.parse(path)).isEmpty();
  }
}
