package io.millrace.packager.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExportChoiceTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  /** Of two seconds each; {@code -} is a gap. */
  private static Rendition line(String name, int width, String... inits) {
    List<Segment> segments = new ArrayList<>();
    for (String init : inits) {
      int msn = segments.size();
      boolean gap = init.equals("-");
      segments.add(
          new Segment(
              msn,
              1,
              gap ? segments.getLast().init() : init,
              2000,
              1000,
              msn * 2_000_000_000L,
              START.plusSeconds(2L * msn),
              false,
              gap,
              true,
              gap ? 0 : 1000,
              List.of(),
              Optional.empty(),
              true));
    }
    RenditionInfo info =
        new RenditionInfo(
            name, width > 0 ? "avc1.64001E" : "mp4a.40.2", width, width * 9 / 16, 2, 0);
    return TestRenditions.of(info, 0, segments, BitRate.NONE);
  }

  private static ExportChoice choose(String rung, Rendition... lines) {
    Presentation asset =
        Presentation.unwritten(
            new Broadcast(BroadcastId.create(START), "main", new StreamKey("live", "one"), START),
            3,
            Optional.empty(),
            List.of(lines),
            Optional.of(START.plusSeconds(8)));
    return ExportChoice.of(asset, rung.isEmpty() ? Optional.empty() : Optional.of(rung));
  }

  private static List<String> tracks(ExportChoice choice) {
    assertThat(choice).isInstanceOf(ExportChoice.Tracks.class);
    return ((ExportChoice.Tracks) choice).tracks().stream().map(ExportTrack::rendition).toList();
  }

  private static final Rendition PICTURE = line("video", 1280, "a", "a", "-", "a");
  private static final Rendition RUNG = line("video-480p", 854, "r", "r", "r", "r");
  private static final Rendition SOUND = line("audio", 0, "s", "s", "s", "s");
  private static final Rendition OTHER_SOUND = line("audio-2", 0, "t", "t", "t", "t");
  private static final Rendition MADE_SOUND = line("audio-aac", 0, "m", "m", "m", "m");

  @Test
  void theTopRungWithAllOfItsSoundUnlessAnotherIsWanted() {
    Rendition[] all = {PICTURE, RUNG, SOUND, OTHER_SOUND, MADE_SOUND};

    assertThat(tracks(choose("", all))).containsExactly("video", "audio", "audio-2");
    assertThat(tracks(choose("480p", all))).containsExactly("video-480p", "audio", "audio-2");
    assertThat(tracks(choose("audio", all))).containsExactly("audio", "audio-2");
    assertThat(tracks(choose("", SOUND))).containsExactly("audio");
    assertThat(choose("720p", all))
        .isEqualTo(
            new ExportChoice.Refused(
                true, "there is no rung '720p'; there is 480p, audio, source"));
  }

  @Test
  void lostTimeIsNoSegmentButLasts() {
    ExportChoice.Tracks chosen = (ExportChoice.Tracks) choose("", PICTURE, SOUND);

    assertThat(chosen.tracks().getFirst().segments())
        .extracting(Segment::msn)
        .containsExactly(0L, 1L, 3L);
    assertThat(chosen.duration()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void aPictureThatBecomesAnotherIsRefusedWithTheMoment() {
    Rendition changing = line("video", 1280, "a", "-", "b", "b");

    assertThat(choose("", changing, SOUND))
        .isInstanceOfSatisfying(
            ExportChoice.Refused.class,
            no -> {
              assertThat(no.rung()).isFalse();
              assertThat(no.words()).startsWith("its picture changes at 4.000 s from avc1.64001E");
            });
    assertThat(tracks(choose("audio", changing, SOUND))).containsExactly("audio");
  }

  @Test
  void transportStreamsAreRefused() {
    assertThat(choose("", line("video", 1280, Segment.NO_INIT, Segment.NO_INIT)))
        .isInstanceOfSatisfying(
            ExportChoice.Refused.class, no -> assertThat(no.words()).contains("MPEG-TS"));
  }
}
