package io.millrace.packager.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.ClockMap;
import io.millrace.media.LanguageTag;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BroadcastStateTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00.123456789Z");
  private static final TrackLabel LABEL =
      new TrackLabel(Optional.of(LanguageTag.of("de")), Optional.of("Kommentar"));

  @Test
  void readsWhatItWrote() {
    BroadcastState state = state(Optional.empty());
    BroadcastState ended = state(Optional.of(START.plusSeconds(9)));

    for (BroadcastState written : List.of(state, ended)) {
      assertThat(BroadcastState.parse(written.toBuffer()))
          .usingRecursiveComparison()
          .ignoringFieldsMatchingRegexes(".*\\.(lines|items|namesHeader)")
          .isEqualTo(written);
    }
  }

  /** States of before renditions lived as long as their broadcast. */
  @Test
  void aRenditionThatAnEarlierReleaseGaveUpEndsWithTheRestart() {
    assertThat(names(withEndedSound(Optional.empty()))).containsExactly("video", "audio-2");
    assertThat(names(withEndedSound(Optional.of(START.plusSeconds(9)))))
        .as("after the broadcast's end all are played")
        .containsExactly("video", "audio", "audio-2");
  }

  private static List<String> names(JsonObject json) {
    return BroadcastState.parse(json.toBuffer()).presentation().renditions().stream()
        .map(Rendition::name)
        .toList();
  }

  private static JsonObject withEndedSound(Optional<Instant> endedAt) {
    JsonObject json = new JsonObject(state(endedAt).toBuffer());
    JsonArray renditions = json.getJsonArray("renditions");
    JsonObject video = renditions.getJsonObject(0);
    renditions.add(video.copy().put("name", "audio").put("endedAt", START.toString()));
    renditions.add(video.copy().put("name", "audio-2"));
    return json;
  }

  @Test
  void refusesWhatIsDamaged() {
    Buffer text = state(Optional.empty()).toBuffer();
    Seeds.forEach(
        500,
        random -> {
          byte[] bytes = text.getBytes(0, 1 + random.nextInt(text.length()));
          for (int i = random.nextInt(5); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) (32 + random.nextInt(95));
          }
          try {
            assertThat(BroadcastState.parse(Buffer.buffer(bytes)).epoch()).isNotNegative();
          } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        });
  }

  private static BroadcastState state(Optional<Instant> endedAt) {
    Segment segment =
        new Segment(
            7,
            2,
            "init-a.mp4",
            180_180,
            90_000,
            1_500_000_000,
            START,
            true,
            false,
            true,
            12_345,
            List.of(),
            Optional.empty(),
            true);
    Segment gap =
        new Segment(
            8,
            2,
            "init-a.mp4",
            270_000,
            90_000,
            3_502_000_000L,
            START.plusMillis(2002),
            false,
            true,
            false,
            0,
            List.of(),
            Optional.empty(),
            true);
    Rendition video =
        TestRenditions.of(
            new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 24000 / 1001.0).withLabel(LABEL),
            3,
            List.of(segment, gap),
            new BitRate(1_000_000, 5_000_000, 7_000_000_000L, List.of()));
    Broadcast broadcast =
        new Broadcast(
            new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
            "main",
            new StreamKey("live", "one"),
            START);
    return new BroadcastState(
        2,
        "somebody",
        new StreamProfile(
            Optional.of(List.of("copy", "480p")),
            Optional.of(Duration.ofMinutes(5)),
            new TrackLabels(Map.of("audio-2", LABEL, "cc1", TrackLabel.NONE))),
        new ClockMap(List.of(new ClockMap.Anchor(START, 0))),
        Duration.ofMillis(5002),
        io.millrace.packager.cue.StoredCues.NONE,
        Presentation.unwritten(broadcast, 3, Optional.empty(), List.of(video), endedAt),
        Optional.empty());
  }
}
