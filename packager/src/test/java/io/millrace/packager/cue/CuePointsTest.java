package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.NOON;
import static io.millrace.packager.cue.CueFixture.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.SpliceCommand;
import io.millrace.media.cue.SpliceInfoSection;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HLS S1 to S3: what becomes of cue points that are asked for. */
class CuePointsTest {
  private static final CueTime NOW = new CueTime.NextCut();

  private final CuePoints points = CueFixture.points();

  @Test
  void aSpliceThatIsAskedForNowIsAtTheNextCutAndHasSectionsOfItsOwn() {
    points.advance(nanos(5));
    announce("a", Kind.SPLICE, NOW, 30.0);
    points.cut(nanos(6));
    points.advance(nanos(20));
    points.end("a", NOW);
    points.cut(nanos(22));

    CuePoint cue = only();
    assertThat(cue.startNanos()).isEqualTo(nanos(6));
    assertThat(cue.endNanos()).hasValue(nanos(22));
    SpliceCommand.Insert out = insert(cue.out());
    assertThat(out.outOfNetwork()).isTrue();
    assertThat(out.time()).hasValue(16 * 90_000);
    assertThat(out.duration().orElseThrow())
        .isEqualTo(new SpliceCommand.BreakDuration(true, 30 * 90_000));
    SpliceCommand.Insert in = insert(cue.in());
    assertThat(in.outOfNetwork()).isFalse();
    assertThat(in.time()).hasValue(32 * 90_000);
    assertThat(in.eventId()).isEqualTo(out.eventId());
  }

  /** S2: in time, and not hours before. */
  @Test
  void isListedSomeTimeBeforeItsStart() {
    points.advance(nanos(5));
    announce("a", Kind.SPLICE, new CueTime.At(NOON.plusSeconds(100)), 30.0);
    points.advance(nanos(69));
    assertThat(points.listed()).isEmpty();
    points.advance(nanos(70));

    assertThat(points.listed()).extracting(CuePoint::id).containsExactly("a");
    assertThat(only().startDate()).isEqualTo(NOON.plusSeconds(100));
    assertThat(only().state()).isEqualTo(CueState.ANNOUNCED);
  }

  /** S1: while anything maps to a listed segment it stays, and no longer. */
  @Test
  void staysUntilNothingListedMapsToIt() {
    announce("range", Kind.RANGE, new CueTime.Media(nanos(10)), 20.0);
    announce("mark", Kind.MARK, new CueTime.Media(nanos(30)), null);
    announce("open", Kind.RANGE, new CueTime.Media(nanos(10)), null);
    points.advance(nanos(60));

    assertThat(points.forget(nanos(29))).isEmpty();
    assertThat(points.forget(nanos(30))).isNotEmpty();
    assertThat(points.all()).extracting(CuePoint::id).containsExactly("mark", "open");
    points.forget(nanos(30) + 1);
    assertThat(points.all()).extracting(CuePoint::id).containsExactly("open");
    assertThat(points.forget(nanos(50_000))).isEmpty();
  }

  /** S3. */
  @Test
  void whatIsCancelledBeforeItsStartIsGone() {
    announce("a", Kind.SPLICE, new CueTime.Media(nanos(10)), 20.0);
    assertThat(points.cancel("a")).isEqualTo(new CueOutcome.Cancelled("a"));
    points.advance(nanos(60));

    assertThat(points.all()).isEmpty();
    assertThat(points.cancel("a")).isInstanceOf(CueOutcome.Refused.class);
  }

  /** S1: a name is used once, or its attributes would conflict. */
  @Test
  void anIdIsNotUsedAgain() {
    announce("a", Kind.SPLICE, new CueTime.Media(nanos(10)), 20.0);
    assertRefused(request("a", Kind.MARK, NOW, null), "has had a cue point 'a'");
    points.cancel("a");

    assertRefused(request("a", Kind.MARK, NOW, null), "has had a cue point 'a'");
  }

  @Test
  void whatMayBeWrittenIsTold() {
    assertRefused(request("", Kind.MARK, NOW, null), "id: must not be empty");
    assertRefused(request("a\"b", Kind.MARK, NOW, null), "id: a playlist cannot say a quotation");
    assertRefused(request("a\tb", Kind.MARK, NOW, null), "line breaks");
    assertRefused(request("x".repeat(256), Kind.MARK, NOW, null), "longer than 255");
    assertRefused(with("X-A", new CueAttribute.Text("a\nb")), "attributes.X-A: must not hold");
    assertRefused(with("X-A", new CueAttribute.Text("\uD83D")), "half a character");
    assertRefused(with("x-a", new CueAttribute.Text("")), "a name is X-");
    assertRefused(with("ID", new CueAttribute.Text("b")), "a name is X-");
    assertRefused(with("X-A", new CueAttribute.Decimal(new BigDecimal("-1"))), "0 to 1e15");
    assertRefused(with("X-A", new CueAttribute.Decimal(new BigDecimal("1e-999"))), "0 to 1e15");
    assertRefused(with("X-A", new CueAttribute.Decimal(new BigDecimal("1e999"))), "0 to 1e15");
    assertRefused(with("X-A", new CueAttribute.Bytes(Buffer.buffer())), "1 to 2048 bytes");
    assertThat(points.announce(with("X-A", new CueAttribute.Text("schön 😀, <b>"))))
        .isInstanceOf(CueOutcome.Announced.class);
  }

  @Test
  void whenMayBeAskedForIsTold() {
    points.advance(nanos(50));
    assertRefused(
        request("a", Kind.SPLICE, new CueTime.Media(nanos(47.5)), null), "2.500 s past it");
    assertRefused(
        request("a", Kind.MARK, new CueTime.Media(nanos(100_000)), null), "more than 24 h");
    assertRefused(request("a", Kind.RANGE, NOW, -1.0), "duration: is 0 to 24 h");
    assertRefused(request("a", Kind.RANGE, NOW, 86_401.0), "duration: is 0 to 24 h");
    assertThat(points.announce(request("a", Kind.MARK, new CueTime.Media(nanos(47.5)), null)))
        .isEqualTo(new CueOutcome.Announced("a"));
    assertThat(only().state()).isEqualTo(CueState.ENDED);
  }

  @Test
  void aSectionOfTheCallersOwnIsRead() {
    Buffer broken = Buffer.buffer("no section");
    CueRequest request =
        new CueRequest(
            "a",
            Kind.SPLICE,
            "",
            NOW,
            Optional.empty(),
            false,
            Optional.of(broken),
            new TreeMap<>());

    assertRefused(request, "scte35: splice_info_section at byte");
  }

  /** S2: the return is of the event that left. */
  @Test
  void theReturnFromASectionOfTheCallersOwnIsOfItsEvent() {
    Buffer own = CueFixture.signal(0, CueFixture.out(4711, 10)).bytes();
    CueRequest request =
        new CueRequest(
            "a",
            Kind.SPLICE,
            "",
            new CueTime.Media(nanos(10)),
            Optional.empty(),
            false,
            Optional.of(own),
            new TreeMap<>());
    points.announce(request);
    points.advance(nanos(15));
    points.end("a", new CueTime.Media(nanos(20)));
    points.advance(nanos(21));

    assertThat(only().out()).contains(own);
    assertThat(insert(only().in()).eventId()).isEqualTo(4711);
    assertThat(insert(only().in()).outOfNetwork()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRangeEndsWhereItIsTold(boolean early) {
    announce("a", Kind.RANGE, new CueTime.Media(nanos(10)), 20.0);
    points.advance(nanos(15));
    points.end("a", new CueTime.Media(nanos(early ? 18 : 40)));
    points.advance(nanos(39));
    assertThat(only().state()).isEqualTo(early ? CueState.ENDED : CueState.OUT);
    points.advance(nanos(41));

    assertThat(only().endNanos()).hasValue(nanos(early ? 18 : 40));
  }

  /** S1: what has ended has ended. */
  @Test
  void anEndIsFinalOnceTheMediaHasComeToIt() {
    announce("a", Kind.RANGE, new CueTime.Media(nanos(10)), 20.0);
    points.advance(nanos(31));

    assertThat(points.end("a", new CueTime.Media(nanos(40))))
        .isInstanceOf(CueOutcome.Refused.class);
    assertThat(points.end("a", NOW)).isInstanceOf(CueOutcome.Refused.class);
    assertThat(points.cancel("a")).isInstanceOf(CueOutcome.Refused.class);
    assertThat(only().endNanos()).hasValue(nanos(30));
  }

  @Test
  void atTheEndWhatGoesOnEndsAndWhatHasNotStartedIsGone() {
    announce("on", Kind.SPLICE, new CueTime.Media(nanos(10)), null);
    announce("later", Kind.SPLICE, new CueTime.Media(nanos(100)), null);
    announce("cut", Kind.SPLICE, NOW, null);
    points.advance(nanos(50));
    points.close();

    assertThat(only().id()).isEqualTo("on");
    assertThat(only().endNanos()).hasValue(nanos(50));
  }

  @Test
  void goesOnAfterARestart() {
    announce("a", Kind.SPLICE, new CueTime.Media(nanos(10)), 20.0);
    points.advance(nanos(12));
    CuePoints again =
        new CuePoints(CueFixture.CLOCK, CueRules.DEFAULT, points.all(), points.gone(), nanos(12));
    again.announce(request("b", Kind.MARK, NOW, null));
    again.advance(nanos(40));

    assertThat(again.all()).extracting(CuePoint::number).containsExactly(1L, 2L);
    assertThat(again.all().getFirst().endNanos()).hasValue(nanos(30));
  }

  private void announce(String id, Kind kind, CueTime start, @Nullable Double seconds) {
    assertThat(points.announce(request(id, kind, start, seconds)))
        .isEqualTo(new CueOutcome.Announced(id));
  }

  private static CueRequest request(String id, Kind kind, CueTime start, @Nullable Double seconds) {
    return CueRequest.of(
        id, kind, start, Optional.ofNullable(seconds).map(each -> Duration.ofNanos(nanos(each))));
  }

  private static CueRequest with(String name, CueAttribute value) {
    return request("a", Kind.MARK, NOW, null).with("com.example", Map.of(name, value));
  }

  private void assertRefused(CueRequest request, String words) {
    assertThat(points.announce(request))
        .isInstanceOfSatisfying(
            CueOutcome.Refused.class, refused -> assertThat(refused.words()).contains(words));
  }

  private CuePoint only() {
    assertThat(points.all()).hasSize(1);
    return points.all().getFirst();
  }

  private static SpliceCommand.Insert insert(Optional<Buffer> section) {
    return (SpliceCommand.Insert) SpliceInfoSection.parse(section.orElseThrow()).command();
  }
}
