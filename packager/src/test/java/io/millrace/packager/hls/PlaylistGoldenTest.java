package io.millrace.packager.hls;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Golden;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaylistGoldenTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00.123456Z");
  private static final Broadcast BROADCAST =
      new Broadcast(
          new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
          "main",
          new StreamKey("live", "one"),
          START);

  @Test
  void writesALivePlaylistWithAGapAndANewHeader() throws Exception {
    Rendition video =
        rendition(
            new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 24000 / 1001.0),
            List.of(
                segment(41, 1, "init-a.mp4", 180_180, false, false, 0),
                segment(42, 1, "init-a.mp4", 270_000, false, true, 2002),
                segment(43, 2, "init-b.mp4", 179_999, true, false, 5002),
                segment(44, 2, "init-b.mp4", 1, false, false, 7002)));

    Golden.check(
        "live.m3u8",
        MediaPlaylistWriter.write(presentation(List.of(video), false), video).toString());
  }

  @Test
  void endsAPlaylist() throws Exception {
    Rendition audio =
        rendition(
            new RenditionInfo("audio", "mp4a.40.2", 0, 0, 6, 0),
            List.of(segment(0, 1, "init-a.mp4", 180_000, false, false, 0)));

    Golden.check(
        "ended.m3u8",
        MediaPlaylistWriter.write(presentation(List.of(audio), true), audio).toString());
  }

  @Test
  void writesTheVariantOfPictureAndSound() throws Exception {
    List<Segment> segments = List.of(segment(0, 1, "init-a.mp4", 180_000, false, false, 0));
    Rendition video =
        rendition(new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 24000 / 1001.0), segments);
    Rendition audio = rendition(new RenditionInfo("audio", "mp4a.40.2", 0, 0, 6, 0), segments);

    Golden.check(
        "multivariant.m3u8",
        MultivariantPlaylistWriter.write(presentation(List.of(video, audio), false)).toString());
    Golden.check(
        "multivariant-audio.m3u8",
        MultivariantPlaylistWriter.write(presentation(List.of(audio), false)).toString());
    Golden.check(
        "multivariant-video.m3u8",
        MultivariantPlaylistWriter.write(presentation(List.of(video), false)).toString());
  }

  private static Presentation presentation(List<Rendition> renditions, boolean ended) {
    return Presentation.unwritten(
        BROADCAST, 3, Optional.empty(), renditions, ended ? Optional.of(START) : Optional.empty());
  }

  private static Rendition rendition(RenditionInfo info, List<Segment> segments) {
    return TestRenditions.of(
        info, 5, segments, new BitRate(1_000_001, 16_000_000, 20_000_000_000L, List.of()));
  }

  private static Segment segment(
      long msn,
      int epoch,
      String init,
      long ticks,
      boolean discontinuity,
      boolean gap,
      long millis) {
    return new Segment(
        msn,
        epoch,
        init,
        ticks,
        90_000,
        1_000_000L * millis,
        START.plusMillis(millis),
        discontinuity,
        gap,
        true,
        1000,
        List.of(),
        Optional.empty(),
        true);
  }
}
