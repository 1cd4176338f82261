package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.NOON;
import static io.millrace.packager.cue.CueFixture.in;
import static io.millrace.packager.cue.CueFixture.nanos;
import static io.millrace.packager.cue.CueFixture.out;
import static io.millrace.packager.cue.CueFixture.segmentation;
import static io.millrace.packager.cue.CueFixture.signal;
import static io.millrace.packager.cue.CueFixture.timeSignal;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.packager.Golden;
import io.millrace.packager.cue.DateRanges.Place;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** HLS S1, S2, L21: the tags of cue points. */
class DateRangesTest {
  private static final Duration BOUNDARY = Duration.ofSeconds(12);

  private final CuePoints points = CueFixture.points();
  private final CueSignals signals = new CueSignals(points);
  private final DateRanges ranges = new DateRanges();

  @Test
  void writesWhatPlaylistsSay() throws Exception {
    signals.receive(signal(1, out(7, 4, 30.03, false)));
    signals.receive(signal(2, timeSignal(5), segmentation(9, 0x10, OptionalLong.empty())));
    points.announce(
        CueRequest.of(
                "ad-1",
                Kind.RANGE,
                new CueTime.At(NOON.plusMillis(12_345)),
                Optional.of(Duration.ofMillis(15_500)))
            .with(
                "com.apple.hls.interstitial",
                Map.of(
                    "X-ASSET-URI", new CueAttribute.Text("https://ads.example/a.m3u8?x=1,2"),
                    "X-RESUME-OFFSET", new CueAttribute.Decimal(new BigDecimal("0.50")),
                    "X-KEY", new CueAttribute.Bytes(Buffer.buffer(new byte[] {1, (byte) 0xAB})))));
    points.announce(
        CueRequest.of("goal", Kind.MARK, new CueTime.Media(nanos(3)), Optional.empty()));
    list(3, 1, 4);
    signals.receive(signal(20, in(7, 24)));
    list(24, 12, 0);
    list(30, 15, 0);

    Golden.check(
        "date-ranges.m3u8",
        ranges.tags().stream()
            .map(
                tag ->
                    "# before part %d of segment %d\n%s"
                        .formatted(tag.place().parts(), tag.place().msn(), tag.text()))
            .collect(Collectors.joining()));
  }

  /** S1: a tag stays as it was written, though the plan has changed. */
  @Test
  void whatHasBeenWrittenStays() {
    signals.receive(signal(1, out(7, 4, 30, true)));
    list(3, 1, 0);
    DateRanges.Tag written = ranges.tags().getFirst();
    signals.receive(signal(5, out(7, 4, 60, true)));
    list(70, 30, 0);

    assertThat(ranges.tags().getFirst()).isEqualTo(written);
    assertThat(ranges.tags().getLast().text()).endsWith(",DURATION=60.000\n");
  }

  /** S3: one that has been listed and is cancelled is taken away, and clients are told. */
  @Test
  void aCancelledOneIsTakenAway() {
    signals.receive(signal(1, out(7, 4, 30, true)));
    list(2, 1, 0);
    String id = points.all().getFirst().id();
    assertThat(ranges.tags()).hasSize(1);
    points.cancel(id);
    list(3, 1, 0);

    assertThat(ranges.tags()).isEmpty();
    assertThat(ranges.recentlyRemoved(NOON))
        .isEqualTo("RECENTLY-REMOVED-DATERANGES=\"" + id + "\"");
  }

  /** L21: what was removed is told for as long as the boundary, each once, by tabs. */
  @Test
  void updatesTellWhatWasRemovedOfLateAndWhatIsNew() {
    announce("a", 10);
    announce("b", 10);
    announce("c", 20);
    list(12, 6, 0);
    assertThat(ranges.tagsSince(NOON.plusSeconds(12))).hasSize(3);
    assertThat(ranges.tagsSince(NOON.plusSeconds(13))).isEmpty();
    assertThat(ranges.recentlyRemoved(NOON)).isEqualTo("RECENTLY-REMOVED-DATERANGES=\"\"");
    points.advance(nanos(40));
    points.forget(nanos(15));
    list(40, 20, 0);
    assertThat(ranges.recentlyRemoved(NOON.plusSeconds(28)))
        .isEqualTo("RECENTLY-REMOVED-DATERANGES=\"a\tb\"");
    assertThat(ranges.tagsSince(NOON.plusSeconds(28))).isEmpty();
    announce("d", 50);
    list(45, 22, 0);
    assertThat(ranges.tagsSince(NOON.plusSeconds(33)))
        .extracting(DateRanges.Tag::id)
        .containsExactly("d");
    list(53, 26, 0);

    assertThat(ranges.removed()).isEmpty();
    assertThat(ranges.recentlyRemoved(NOON)).isEqualTo("RECENTLY-REMOVED-DATERANGES=\"\"");
  }

  @Test
  void goesOnAfterARestart() {
    signals.receive(signal(1, out(7, 4, 30, true)));
    list(5, 2, 0);
    DateRanges again = new DateRanges(ranges.tags(), ranges.removed());
    points.advance(nanos(35));

    assertThat(again.update(points.listed(), new Place(17, 0), NOON.plusSeconds(35), BOUNDARY))
        .isTrue();
    assertThat(again.tags()).hasSize(2);
    assertThat(again.tags().getFirst()).isEqualTo(ranges.tags().getFirst());
  }

  private void announce(String id, double at) {
    points.announce(CueRequest.of(id, Kind.MARK, new CueTime.Media(nanos(at)), Optional.empty()));
  }

  private void list(double at, long msn, int parts) {
    points.advance(nanos(at));
    ranges.update(points.listed(), new Place(msn, parts), NOON.plusNanos(nanos(at)), BOUNDARY);
  }
}
