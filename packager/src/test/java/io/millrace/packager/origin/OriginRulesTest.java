package io.millrace.packager.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OriginRulesTest {
  private static final Representation SEGMENT =
      new Representation(
          "video/iso.segment",
          "tag",
          "public, max-age=69, immutable",
          true,
          Buffer.buffer("0123456789"));

  @Test
  void answersWithTheWholeAndItsValidator() {
    OriginResponse response = SEGMENT.answer(get());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(Buffer.buffer("0123456789"));
    // HLS H3
    assertThat(response.headers())
        .containsEntry("etag", "\"tag\"")
        .containsEntry("cache-control", "public, max-age=69, immutable")
        .containsEntry("content-length", "10")
        .containsEntry("accept-ranges", "bytes");
  }

  @Test
  void headIsGetWithoutTheBody() {
    OriginResponse head = SEGMENT.answer(new OriginRequest("HEAD", "/", "", Map.of()));

    // HLS H8
    assertThat(head.headers()).isEqualTo(SEGMENT.answer(get()).headers());
    assertThat(head.body().length()).isZero();
  }

  @Test
  void saysThatNothingHasChanged() {
    for (String condition : new String[] {"\"tag\"", "W/\"tag\"", "\"x\", \"tag\"", "*"}) {
      OriginResponse response = SEGMENT.answer(get("if-none-match", condition));
      assertThat(response.status()).isEqualTo(304);
      assertThat(response.body().length()).isZero();
      assertThat(response.headers()).containsEntry("etag", "\"tag\"");
    }
    assertThat(SEGMENT.answer(get("if-none-match", "\"other\"")).status()).isEqualTo(200);
  }

  @Test
  void givesRanges() {
    assertRange("bytes=2-4", "234", "bytes 2-4/10");
    assertRange("bytes=8-", "89", "bytes 8-9/10");
    assertRange("bytes=8-99", "89", "bytes 8-9/10");
    assertRange("bytes=-3", "789", "bytes 7-9/10");
    assertRange("bytes=-30", "0123456789", "bytes 0-9/10");
  }

  @Test
  void refusesRangesBehindTheEnd() {
    for (String range : new String[] {"bytes=10-", "bytes=10-12", "bytes=-0"}) {
      OriginResponse response = SEGMENT.answer(get("range", range));
      assertThat(response.status()).isEqualTo(416);
      assertThat(response.headers()).containsEntry("content-range", "bytes */10");
    }
  }

  @Test
  void ignoresRangesThatItDoesNotUnderstand() {
    for (String range :
        new String[] {"bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"}) {
      assertThat(SEGMENT.answer(get("range", range)).status()).as(range).isEqualTo(200);
    }
    OriginRequest changed =
        new OriginRequest("GET", "/", "", Map.of("range", "bytes=0-1", "if-range", "\"other\""));
    assertThat(SEGMENT.answer(changed).status()).isEqualTo(200);
  }

  @Test
  void knowsItsPathsAndNoOthers() {
    String id = "01M7YZMHG0B2Y153S441CND7V7";
    assertThat(ResourcePath.parse("/live/one/index.m3u8"))
        .containsInstanceOf(ResourcePath.Multivariant.class);
    assertThat(ResourcePath.parse("/live/one/still.mp4"))
        .containsInstanceOf(ResourcePath.Still.class);
    assertThat(ResourcePath.parse("/live/one/b/" + id + "/video/index.m3u8"))
        .containsInstanceOf(ResourcePath.Media.class);
    assertThat(ResourcePath.parse("/live/one/b/" + id + "/audio/init-0123456789abcdef.mp4"))
        .containsInstanceOf(ResourcePath.Header.class);
    assertThat(ResourcePath.parse("/live/one/b/" + id + "/video/12-1.m4s"))
        .containsInstanceOf(ResourcePath.MediaSegment.class);
    assertThat(ResourcePath.parse("/live/one/b/" + id + "/audio-2/index.m3u8"))
        .containsInstanceOf(ResourcePath.Media.class);
    for (String path :
        new String[] {
          "/live/one/b/" + id + "/audio-1/index.m3u8",
          "/live/one/b/" + id + "/audio-1000/index.m3u8",
          "",
          "/",
          "live/one/index.m3u8",
          "/live/one",
          "/live/one/",
          "/live/one/x.m3u8",
          "/Live/one/index.m3u8",
          "/live/../index.m3u8",
          "/vod/one/index.m3u8",
          "/live/one/b/" + id + "/subs/index.m3u8",
          "/live/one/b/short/video/index.m3u8",
          "/live/one/b/" + id + "/video/state.json",
          "/live/one/b/" + id + "/video/01-1.m4s",
          "/live/one/b/" + id + "/video/1-0.m4s",
          "/live/one/b/" + id + "/video/99999999999999999999-1.m4s",
          "/live/one/b/" + id + "/video/../../state.json",
          "/live/one/c/" + id + "/video/index.m3u8",
          "/live/" + "x".repeat(600) + "/index.m3u8"
        }) {
      assertThat(ResourcePath.parse(path)).as(path).isEmpty();
    }
  }

  private static void assertRange(String range, String body, String contentRange) {
    OriginResponse response = SEGMENT.answer(get("range", range));
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Buffer.buffer(body));
    assertThat(response.headers())
        .containsEntry("content-range", contentRange)
        .containsEntry("content-length", Integer.toString(body.length()));
  }

  private static OriginRequest get(String... header) {
    return new OriginRequest(
        "GET", "/", "", header.length == 0 ? Map.of() : Map.of(header[0], header[1]));
  }
}
