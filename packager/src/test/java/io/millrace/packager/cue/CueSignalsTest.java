package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.in;
import static io.millrace.packager.cue.CueFixture.nanos;
import static io.millrace.packager.cue.CueFixture.now;
import static io.millrace.packager.cue.CueFixture.out;
import static io.millrace.packager.cue.CueFixture.segmentation;
import static io.millrace.packager.cue.CueFixture.signal;
import static io.millrace.packager.cue.CueFixture.timeSignal;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueSignal;
import io.millrace.media.cue.SpliceCommand;
import io.millrace.media.cue.SpliceDescriptor;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** HLS S2, S3: what becomes of the sections of a stream. */
class CueSignalsTest {
  private static final OptionalLong UNTOLD = OptionalLong.empty();

  private final CuePoints points = CueFixture.points();
  private final CueSignals signals = new CueSignals(points);

  @Test
  void anOutAndItsInAreOneRange() {
    CueSignal out = signal(6, out(7, 10, 30, false));
    receive(out);
    points.advance(nanos(12));
    CueSignal in = signal(30, in(7, 34.5));
    receive(in);
    points.advance(nanos(36));

    CuePoint cue = only();
    assertThat(cue.id()).isEqualTo("splice-7-1795435210250");
    assertThat(cue.state()).isEqualTo(CueState.ENDED);
    assertThat(cue.startNanos()).isEqualTo(nanos(10));
    assertThat(cue.plannedNanos()).hasValue(nanos(30));
    assertThat(cue.endNanos()).hasValue(nanos(34.5));
    assertThat(cue.duration().orElseThrow()).hasMillis(24_500);
    assertThat(cue.out()).contains(out.bytes());
    assertThat(cue.in()).contains(in.bytes());
    assertThat(points.splices()).containsExactly(nanos(10), nanos(34.5));
  }

  @Test
  void copiesOfASignalAreOneCuePoint() {
    receive(signal(6, out(7, 10, 30, true)));
    assertThat(receive(signal(7, out(7, 10, 30, true)))).isEqualTo(ignored("repeated"));
    points.advance(nanos(11));
    assertThat(receive(signal(11, out(7, 10, 30, true)))).isEqualTo(ignored("repeated"));
    points.advance(nanos(41));
    assertThat(receive(signal(41, out(7, 10, 30, true)))).isEqualTo(ignored("repeated"));

    assertThat(points.all()).hasSize(1);
  }

  @Test
  void anEventIdMayBeUsedAgain() {
    receive(signal(6, out(1, 10, 30, true)));
    points.advance(nanos(45));
    receive(signal(96, out(1, 100, 30, true)));
    points.advance(nanos(101));

    assertThat(points.all())
        .extracting(CuePoint::state)
        .containsExactly(CueState.ENDED, CueState.OUT);
    assertThat(points.all()).extracting(CuePoint::id).doesNotHaveDuplicates();
  }

  /** S3: it is as if there had been none. */
  @Test
  void aCancelledSpliceIsGone() {
    receive(signal(6, out(7, 10, 30, true)));
    assertThat(receive(signal(8, new SpliceCommand.CancelInsert(7))))
        .isInstanceOf(CueOutcome.Cancelled.class);
    points.advance(nanos(20));

    assertThat(points.all()).isEmpty();
    assertThat(points.splices()).isEmpty();
    assertThat(receive(signal(21, new SpliceCommand.CancelInsert(7))))
        .isEqualTo(ignored("nothing-to-cancel"));
  }

  /** S3: the programme is not left for longer than wanted. */
  @Test
  void aSpliceCancelledAfterItsStartEndsAtTheNextCut() {
    receive(signal(6, out(7, 10, 30, true)));
    points.advance(nanos(15));
    receive(signal(15, new SpliceCommand.CancelInsert(7)));
    points.advance(nanos(15.8));
    assertThat(only().state()).isEqualTo(CueState.OUT);
    points.cut(nanos(16));

    assertThat(only().endNanos()).hasValue(nanos(16));
    assertThat(only().in()).isEmpty();
  }

  /** S3: early return. */
  @Test
  void anEarlyReturnEndsTheRange() {
    receive(signal(6, out(7, 10, 30, true)));
    points.advance(nanos(20));
    receive(signal(20, now(7, false)));
    points.cut(nanos(20.96));
    points.advance(nanos(50));

    assertThat(only().endNanos()).hasValue(nanos(20.96));
  }

  @Test
  void aBreakReturnsByItselfAndALaterReturnSaysNothing() {
    receive(signal(6, out(7, 10, 30, true)));
    points.advance(nanos(40));

    assertThat(only().endNanos()).hasValue(nanos(40));
    assertThat(only().in()).isEmpty();
    assertThat(receive(signal(40.5, in(7, 42)))).isEqualTo(ignored("nothing-to-end"));
  }

  @Test
  void aBreakWithoutAutoReturnGoesOnBeyondItsPlan() {
    receive(signal(6, out(7, 10, 30, false)));
    points.advance(nanos(100));

    assertThat(only().state()).isEqualTo(CueState.OUT);
  }

  @Test
  void aBreakIsMadeLongerWhileItGoesOn() {
    receive(signal(6, out(7, 10, 30, true)));
    points.advance(nanos(20));
    assertThat(receive(signal(20, out(7, 10, 60, true)))).isInstanceOf(CueOutcome.Changed.class);
    points.advance(nanos(45));
    assertThat(only().state()).isEqualTo(CueState.OUT);
    points.advance(nanos(71));

    assertThat(only().endNanos()).hasValue(nanos(70));
  }

  @Test
  void aReturnIsOfTheSpliceThatGoesOnThoughItsNumberIsAnnouncedAgain() {
    receive(signal(6, out(1, 10)));
    points.advance(nanos(15));
    receive(signal(15, out(1, 40)));
    receive(signal(16, in(1, 20)));
    points.advance(nanos(41));

    assertThat(points.all()).extracting(CuePoint::startNanos).containsExactly(nanos(10), nanos(40));
    assertThat(points.all().getFirst().endNanos()).hasValue(nanos(20));
    assertThat(points.all().getLast().state()).isEqualTo(CueState.OUT);
  }

  /** Some number the way out and the way back as two events. */
  @Test
  void aReturnOfAnotherNumberIsOfTheSpliceThatGoesOn() {
    receive(signal(6, now(692, true)));
    points.cut(nanos(8));
    receive(signal(30, now(693, false)));
    points.cut(nanos(32));

    assertThat(only().startNanos()).isEqualTo(nanos(8));
    assertThat(only().endNanos()).hasValue(nanos(32));
  }

  /** S3: it starts where a segment does, and is listed with the segment before it (S2). */
  @Test
  void anImmediateSpliceStartsAtTheNextCut() {
    points.advance(nanos(6.5));
    receive(signal(6.5, now(7, true)));
    assertThat(points.listed()).isEmpty();
    assertThat(points.splices()).containsExactly(nanos(6.5));
    points.advance(nanos(7.9));
    assertThat(points.listed()).isEmpty();
    points.cut(nanos(8));

    assertThat(points.listed()).hasSize(1);
    assertThat(only().startNanos()).isEqualTo(nanos(8));
    assertThat(only().startDate()).isEqualTo(CueFixture.NOON.plusSeconds(8));
    assertThat(receive(signal(8.5, now(7, true)))).isEqualTo(ignored("repeated"));
  }

  @Test
  void aSpliceIsMovedWhileItHasNotStarted() {
    receive(signal(6, out(7, 10, 30, true)));
    receive(signal(7, out(7, 12, 30, true)));
    points.advance(nanos(13));

    assertThat(only().startNanos()).isEqualTo(nanos(12));
  }

  @Test
  void aSpliceThatComesTooLateIsAtTheNextCut() {
    points.advance(nanos(12));
    receive(signal(12, out(7, 10, 30, true)));
    points.cut(nanos(14));

    assertThat(only().startNanos()).isEqualTo(nanos(14));
  }

  @Test
  void eachSegmentationIsARangeOfItsOwn() {
    receive(
        signal(
            6,
            timeSignal(10),
            segmentation(1, 0x22, UNTOLD),
            segmentation(2, 0x30, OptionalLong.of(15 * 90_000))));
    points.advance(nanos(30));
    receive(signal(36, timeSignal(40), segmentation(1, 0x23, UNTOLD)));
    points.advance(nanos(41));

    assertThat(points.all()).extracting(CuePoint::kind).containsExactly(Kind.SPLICE, Kind.SPLICE);
    assertThat(points.all())
        .extracting(cue -> cue.endNanos().orElseThrow())
        .containsExactly(nanos(40), nanos(25));
  }

  @Test
  void cancellingASegmentationTakesItAway() {
    receive(signal(6, timeSignal(10), segmentation(1, 0x34, UNTOLD)));
    receive(signal(7, timeSignal(10), new SpliceDescriptor.CancelSegmentation(1)));
    points.advance(nanos(11));

    assertThat(points.all()).isEmpty();
  }

  /** 4.4.5.1.1: what is no splice is a command; a copy of it is none. */
  @Test
  void whatIsNoSpliceIsAMark() {
    CueSignal program = signal(6, timeSignal(10), segmentation(1, 0x10, UNTOLD));
    receive(program);
    receive(program);
    points.advance(nanos(11));

    assertThat(only().kind()).isEqualTo(Kind.MARK);
    assertThat(only().state()).isEqualTo(CueState.ENDED);
    assertThat(only().out()).contains(program.bytes());
    assertThat(points.splices()).isEmpty();
  }

  @Test
  void encryptedAndPrivateCommandsArePassedOnAsTheyCame() {
    CueSignal secret = signal(6, new SpliceCommand.Encrypted(1, 4095, Buffer.buffer("secret")));
    CueSignal own = signal(7, new SpliceCommand.Private(0x1234, Buffer.buffer("own")));
    receive(secret);
    receive(own);
    receive(own);
    points.advance(nanos(8));

    assertThat(points.all())
        .extracting(cue -> cue.out().orElseThrow())
        .containsExactly(secret.bytes(), own.bytes());
  }

  @Test
  void heartbeatsAreNoCuePoints() {
    assertThat(receive(signal(6, new SpliceCommand.Null()))).isEqualTo(ignored("no-cue"));
    assertThat(receive(signal(6, new SpliceCommand.BandwidthReservation())))
        .isEqualTo(ignored("no-cue"));
    assertThat(receive(signal(6, now(1, false)))).isEqualTo(ignored("nothing-to-end"));
    assertThat(points.all()).isEmpty();
  }

  @Test
  void aSenderGoneWildIsBounded() {
    for (int i = 0; i < 3_000; i++) {
      receive(signal(6, out(i, 10 + i)));
    }

    assertThat(points.all()).hasSize(CueRules.DEFAULT.most());
    assertThat(receive(signal(6, out(5_000, 9)))).isEqualTo(ignored("too-many"));
  }

  private CueOutcome receive(CueSignal signal) {
    List<CueOutcome> outcomes = signals.receive(signal);
    return outcomes.getLast();
  }

  private CuePoint only() {
    assertThat(points.all()).hasSize(1);
    return points.all().getFirst();
  }

  private static CueOutcome ignored(String reason) {
    return new CueOutcome.Ignored(reason);
  }
}
