package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.fuzz.Fuzz;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import io.millrace.validator.webvtt.WebVttReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers are not trusted: whatever they send, a parser ends with its own exception, soon. */
class ParserFuzzTest {
  private static final int PACKETS = 60 * 188;

  private static final String MEDIA =
      """
      #EXTM3U
      #EXT-X-VERSION:9
      #EXT-X-TARGETDURATION:3
      #EXT-X-MEDIA-SEQUENCE:7
      #EXT-X-DISCONTINUITY-SEQUENCE:1
      #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=18.0
      #EXT-X-PART-INF:PART-TARGET=0.5
      #EXT-X-MAP:URI="init-1.mp4",BYTERANGE="100@0"
      #EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x00000000000000000000000000000001
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000+0000
      #EXTINF:2.000,title
      #EXT-X-BYTERANGE:100@100
      7-1.m4s
      #EXT-X-DISCONTINUITY
      #EXT-X-GAP
      #EXTINF:2.5,
      #EXT-X-BYTERANGE:100
      7-1.m4s
      #EXT-X-PART:DURATION=0.5,URI="9-1.0.m4s",INDEPENDENT=YES
      #EXT-X-PRELOAD-HINT:TYPE=PART,URI="9-1.1.m4s"
      """;

  private static final String LOW_LATENCY =
      """
      #EXTM3U
      #EXT-X-VERSION:10
      #EXT-X-TARGETDURATION:3
      #EXT-X-PART-INF:PART-TARGET=0.5
      #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=18.0,PART-HOLD-BACK=1.5
      #EXT-X-MEDIA-SEQUENCE:7
      #EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES="a\tb"
      #EXT-X-MAP:URI="init-1.mp4"
      #EXT-X-BITRATE:500
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
      #EXT-X-PART:DURATION=0.5,URI="10.m4s",BYTERANGE="100@0",INDEPENDENT=YES
      #EXT-X-PART:DURATION=0.5,URI="10.m4s",BYTERANGE="100",GAP=YES
      #EXTINF:1.000,
      10.m4s
      #EXT-X-PART:DURATION=0.5,URI="11.0.m4s"
      #EXT-X-PRELOAD-HINT:TYPE=PART,URI="11.1.m4s",BYTERANGE-START=0
      #EXT-X-RENDITION-REPORT:URI="../a/index.m3u8",LAST-MSN=11,LAST-PART=0
      #EXT-X-DATERANGE:ID="c",CLASS="x",START-DATE="2026-11-21T10:00:00.5Z",END-ON-NEXT=YES
      #EXT-X-DATERANGE:ID="d",START-DATE="2026-11-21T10:00:00Z",SCTE35-OUT=0xFC3000,DURATION=2.5
      """;

  /** Dates whose distance has no number of nanoseconds. */
  private static final String FAR_APART =
      MEDIA.replace(
          "7-1.m4s\n#EXT-X-DISCONTINUITY\n",
          "7-1.m4s\n#EXT-X-PROGRAM-DATE-TIME:2826-11-21T10:00:00.000+0000\n");

  private static final String MULTIVARIANT =
      """
      #EXTM3U
      #EXT-X-INDEPENDENT-SEGMENTS
      #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,AUTOSELECT=YES,URI="en.m3u8"
      #EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=8x4,AUDIO="a"
      v.m3u8
      #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"
      """;

  @TempDir private static Path folder;
  private static Encoded avc;
  private static Encoded hevc;
  private static byte[] ts;

  @BeforeAll
  static void encode() throws IOException {
    avc = Encoded.of(folder, "fmp4", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac");
    hevc =
        Encoded.of(
            folder,
            "fmp4",
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-x265-params",
            "log-level=none",
            "-tag:v",
            "hvc1",
            "-c:a",
            "flac");
    ts =
        Encoded.of(folder, "mpegts", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
            .segments()
            .getFirst();
  }

  @Test
  void playlistsAndTheRulesOverThem() {
    Fuzz.Outcome outcome =
        Fuzz.of(bytes(MEDIA), bytes(LOW_LATENCY), bytes(FAR_APART), bytes(MULTIVARIANT))
            .allowing(MalformedPlaylistException.class)
            .allocating(1 << 20, 2000)
            .run(
                input -> {
                  String body = new String(input, StandardCharsets.UTF_8);
                  PlaylistRules.body("http://host/", "", body);
                  switch (PlaylistReader.read(body, problem -> {})) {
                    case MediaPlaylist media -> PlaylistRules.live("http://host/", media);
                    case MultivariantPlaylist many -> MultivariantRules.check("http://host/", many);
                  }
                });
    assertThat(outcome.accepted()).isPositive();
  }

  @Test
  void attributeLists() {
    Fuzz.of(bytes("A=1,B=\"two, three\",C=0x10"))
        .allowing(MalformedPlaylistException.class)
        .run(input -> AttributeList.parse(new String(input, StandardCharsets.UTF_8), 1));
  }

  @Test
  void initSectionsOfEveryCodec() {
    byte[] segment = avc.segments().getFirst();
    Fuzz.of(avc.init(), hevc.init())
        .allowing(MalformedFileException.class)
        .allocating(16 << 20, 2000)
        .run(input -> readOrRefuse(input, segment));
  }

  @Test
  void fragments() {
    byte[] segment = avc.segments().getFirst();
    int moof = ByteBuffer.wrap(segment).getInt(0);
    Fuzz.of(segment, Arrays.copyOfRange(segment, moof, segment.length))
        .allowing(MalformedFileException.class)
        .allocating(64 << 20, 4000)
        .run(input -> Mp4Reader.read(avc.init(), input));
  }

  @Test
  void segmentsOfText() {
    String text =
        """
        WEBVTT - x
        X-TIMESTAMP-MAP=LOCAL:00:00:10.000,MPEGTS:900000

        NOTE x

        id
        00:00:10.500 --> 01:00:11.000 line:0%
        two
        rows

        00:12.000 --> 00:13.000
        x
        """;
    Fuzz.of(bytes(text))
        .allowing(MalformedFileException.class)
        .allocating(1 << 20, 2000)
        .run(input -> readText(input));
  }

  private static void readText(byte[] input) {
    if (WebVttReader.isText(input)) {
      WebVttReader.read(input);
    }
  }

  @Test
  void transportStreams() {
    Fuzz.of(Arrays.copyOf(ts, Math.min(ts.length, PACKETS)))
        .allowing(MalformedFileException.class)
        .allocating(16 << 20, 4000)
        .run(input -> new TsReader().read(input, false));
  }

  /** Another codec's segment than the init section's is refused, or read with flaws. */
  private static void readOrRefuse(byte[] init, byte[] segment) {
    assertThat(Mp4Reader.read(init, segment).flaws()).isNotNull();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
