package io.millrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PlaylistTokensTest {
  // HLS L24, H10
  @Test
  void reachesEveryAddressOfThisServerAndNoOther() {
    String playlist =
        """
        #EXTM3U
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="URI=x",URI="b/1/audio.m3u8"
        #EXT-X-MAP:URI="init.mp4"
        #EXT-X-KEY:METHOD=AES-128,URI="https://keys.example/k"
        #EXT-X-PART:DURATION=0.3,URI="p1.m4s?x=1",INDEPENDENT=YES
        #EXT-X-RENDITION-REPORT:URI="/play/a/b/v.m3u8",LAST-MSN=1
        #EXT-X-SESSION-DATA:DATA-ID="x",URI="/elsewhere/data.json"
        # a comment with URI="x"
        #EXTINF:2.0,

        s1.m4s\r
        http://other.example/s2.m4s
        s3.m4s""";
    assertThat(PlaylistTokens.write(playlist, "a+b/=&\""))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="URI=x",URI="b/1/audio.m3u8?token=T"
            #EXT-X-MAP:URI="init.mp4?token=T"
            #EXT-X-KEY:METHOD=AES-128,URI="https://keys.example/k"
            #EXT-X-PART:DURATION=0.3,URI="p1.m4s?x=1&token=T",INDEPENDENT=YES
            #EXT-X-RENDITION-REPORT:URI="/play/a/b/v.m3u8?token=T",LAST-MSN=1
            #EXT-X-SESSION-DATA:DATA-ID="x",URI="/elsewhere/data.json"
            # a comment with URI="x"
            #EXTINF:2.0,

            s1.m4s?token=T\r
            http://other.example/s2.m4s
            s3.m4s?token=T"""
                .replace("=T", "=a%2Bb%2F%3D%26%22"));
  }
}
