package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaylistReaderTest {
  private static final String LIVE =
      """
      #EXTM3U
      #EXT-X-VERSION:6
      #EXT-X-TARGETDURATION:3
      #EXT-X-MEDIA-SEQUENCE:7
      #EXT-X-DISCONTINUITY-SEQUENCE:1
      #EXT-X-PART-INF:PART-TARGET=0.5
      #EXT-X-MAP:URI="init-1.mp4"
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
      #EXTINF:2.000,
      7-1.m4s
      #EXT-X-DISCONTINUITY
      #EXT-X-MAP:URI="init-2.mp4"
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:05.000Z
      #EXT-X-PART:DURATION=0.5,URI="8-1.0.m4s",INDEPENDENT=YES
      #EXTINF:2.5,
      8-1.m4s
      #EXT-X-PART:DURATION=0.5,URI="9-1.0.m4s"
      #EXT-X-PRELOAD-HINT:TYPE=PART,URI="9-1.1.m4s"
      """;

  @Test
  void readsALivePlaylistWithEverythingInItsPlace() {
    MediaPlaylist playlist = PlaylistReader.readMedia(LIVE);

    assertThat(playlist.targetDuration()).isEqualTo(3);
    assertThat(playlist.firstSequence()).isEqualTo(7);
    assertThat(playlist.nextSequence()).isEqualTo(9);
    assertThat(playlist.seconds()).isEqualByComparingTo("4.5");
    assertThat(playlist.segments())
        .extracting(Segment::initUri)
        .containsExactly("init-1.mp4", "init-2.mp4");
    assertThat(playlist.segments()).extracting(Segment::discontinuity).containsExactly(false, true);
    assertThat(playlist.segments().get(1).parts())
        .containsExactly(
            new Part("8-1.0.m4s", Optional.empty(), new BigDecimal("0.5"), true, false));
    assertThat(playlist.nextParts()).hasSize(1);
    assertThat(playlist.preloadHints().getFirst().text("URI")).contains("9-1.1.m4s");
    assertThat(playlist.ended()).isFalse();
  }

  @Test
  void readsAMultivariantPlaylist() {
    Playlist playlist =
        PlaylistReader.read(
            """
            #EXTM3U
            #EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=854x480
            b/1/copy/index.m3u8
            """);
    assertThat(playlist)
        .isInstanceOfSatisfying(
            MultivariantPlaylist.class,
            multivariant -> {
              assertThat(multivariant.variants().getFirst().uri()).isEqualTo("b/1/copy/index.m3u8");
              assertThat(multivariant.variants().getFirst().attributes().text("CODECS"))
                  .contains("avc1.64001f,mp4a.40.2");
            });
  }

  @Test
  void refusesWhatIsMalformedAndNamesTheLine() {
    refuses("#EXT-X-VERSION:6\n", "line 1");
    refuses("#EXTM3U\n#EXTINF:2.0,\na.ts\n", "TARGETDURATION");
    refuses(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0\na.ts\n", "line 3: EXTINF without a comma");
    refuses("#EXTM3U\n#EXT-X-TARGETDURATION:2\na.ts\n", "line 3: an address without EXTINF");
    refuses(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-TARGETDURATION:2\n",
        "line 3: #EXT-X-TARGETDURATION comes twice");
    refuses("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n", "no address after it");
    refuses(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-MEDIA-SEQUENCE:1\n", "line 5");
    refuses("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"x\n", "unclosed quote");
    refuses("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:yesterday\n", "date");
  }

  private static void refuses(String body, String words) {
    assertThatThrownBy(() -> PlaylistReader.read(body))
        .isInstanceOf(MalformedPlaylistException.class)
        .hasMessageContaining(words);
  }
}
