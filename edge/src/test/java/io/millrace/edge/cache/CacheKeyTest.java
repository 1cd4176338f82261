package io.millrace.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CacheKeyTest {
  // HLS H4, H5, H10, L25
  @Test
  void keepsOnlyTheDirectivesOfPlaylistsInAFixedOrder() {
    assertThat(
            CacheKey.of(
                "/play/a/b/index.m3u8",
                "_HLS_part=1&token=secret&_HLS_foo=1&CMCD=sid%3D1&_HLS_msn=7&_HLS_skip=YES"))
        .isEqualTo(new CacheKey("/play/a/b/index.m3u8", "_HLS_msn=7&_HLS_part=1&_HLS_skip=YES"));
  }

  @Test
  void aRecordingIsOneObjectWhateverIsAskedOfIt() {
    assertThat(CacheKey.of("/play/vod/01M7/index.m3u8", "start=1&_HLS_msn=7"))
        .isEqualTo(new CacheKey("/play/vod/01M7/index.m3u8", ""));
  }

  @Test
  void leavesEverythingOutForOtherObjects() {
    assertThat(CacheKey.of("/play/a/b/1.m4s", "_HLS_msn=7&x=1"))
        .isEqualTo(new CacheKey("/play/a/b/1.m4s", ""));
  }

  @Test
  void leavesWhatIsWrongForTheOriginToRefuse() {
    assertThat(CacheKey.of("/i.m3u8", "_HLS_msn=x&_HLS_msn").query()).isEqualTo("_HLS_msn=wrong");
    assertThat(CacheKey.of("/i.m3u8", "_HLS_msn=1&_HLS_msn=2&_HLS_skip=no").query())
        .isEqualTo("_HLS_msn=wrong&_HLS_skip=wrong");
  }

  @Test
  void oneQuestionHasOneKeyAndAShortOneHoweverItIsWritten() {
    assertThat(CacheKey.of("/i.m3u8", "_HLS_msn=007&_HLS_msn=7&_HLS_part=00").query())
        .isEqualTo("_HLS_msn=7&_HLS_part=0");
    assertThat(CacheKey.of("/i.m3u8", "_HLS_msn=" + "9".repeat(8000)).query())
        .isEqualTo("_HLS_msn=wrong");
  }

  @Test
  void aStartIsTheSameKeyHoweverItIsWritten() {
    for (String start :
        new String[] {
          "1795435200.5",
          "1795435200.500",
          "2026-11-23T12:00:00.5Z",
          "2026-11-23T13%3A00%3A00.500%2B01%3A00"
        }) {
      assertThat(CacheKey.of("/i.m3u8", "x=1&start=" + start + "&_HLS_msn=7").query())
          .as(start)
          .isEqualTo("_HLS_msn=7&start=1795435200.500");
    }
    assertThat(CacheKey.of("/i.m3u8", "start=0").query()).isEqualTo("start=0.000");
    assertThat(CacheKey.of("/i.m3u8", "start=yesterday").query()).isEqualTo("start=wrong");
    assertThat(CacheKey.of("/i.m3u8", "start=%zz").query()).isEqualTo("start=wrong");
    assertThat(CacheKey.of("/manifest.mpd", "start=0").query()).isEmpty();
  }
}
