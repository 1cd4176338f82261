package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.captions.Caption.Span;
import io.millrace.packager.captions.TextStyle.Color;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CTA-708, through the decoder of whole pictures. */
class DtvccTest {
  private static final int CLEAR = 0x88;
  private static final int DISPLAY = 0x89;
  private static final int HIDE = 0x8A;
  private static final int TOGGLE = 0x8B;
  private static final int DELETE = 0x8C;
  private static final int ALL = 0xFF;

  private final CaptionFeed feed = new CaptionFeed();
  private final DtvccEncoder encoder = new DtvccEncoder();

  /**
   * By hand from CTA-708: a packet of ten bytes (sequence 0, size code 5) with a block of seven for
   * service 1 that defines a window, and one with its text.
   */
  @Test
  void readsPacketsThatAreWrittenByHand() {
    feed.together(packet("05 27 98 38 4a 69 71 1f 11 00"));
    feed.together(packet("45 26 48 69 21 0d 7f 03 00 00")).until(20);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("1-20 78.27 19.52 start: Hi!\n♪");
    assertThat(feed.decoder().damaged()).isZero();
  }

  @Test
  void aHiddenWindowIsShownWhenItIsDisplayed() {
    feed.feed(encoder.define(0, false, 0, 0, 0, 2, 32).text("pop").codes(0x0D).text("on"));
    feed.until(10).feed(encoder.windows(DISPLAY, 1)).until(30);
    feed.feed(encoder.windows(HIDE, ALL)).until(40).feed(encoder.windows(TOGGLE, 1)).until(50);
    feed.feed(encoder.windows(DELETE, 1)).until(60).feed(encoder.windows(DISPLAY, 1)).until(70);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("10-30 10.00 10.00 start: pop\non", "40-50 10.00 10.00 start: pop\non");
    assertThat(feed.decoder().used()).containsExactly(CaptionChannel.SERVICE1);
  }

  @Test
  void textGoesToTheWindowThatIsChosen() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 9).define(1, true, 0, 30, 0, 1, 9).text("b"));
    feed.feed(encoder.codes(0x80).text("a").codes(0x85).text("!")).until(20);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("0-20 10.00 10.00 start: a!", "0-20 42.00 10.00 start: b");
  }

  @Test
  void aFullWindowRollsUp() {
    feed.feed(encoder.define(1, true, 6, 74, 0, 2, 32).text("one"));
    feed.until(20).feed(encoder.codes(0x0D).text("two")).until(40);
    feed.feed(encoder.codes(0x0D).text("three")).until(60);
    assertThat(feed.texts(CaptionChannel.SERVICE1))
        .containsExactly("one", "one\ntwo", "two\nthree");
  }

  @Test
  void thePenGoesWhereItIsPut() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 15, 42).pen(3, 21).text("there"));
    feed.feed(encoder.pen(0, 0).text("herx").codes(0x08).text("e").codes(0x03)).until(20);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("0-20 10.00 10.00 start: here", "0-20 26.00 50.00 start: there");
    feed.feed(encoder.codes(0x0E).text("row")).until(40);
    feed.feed(encoder.codes(0x0C).text("form")).until(60);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).containsExactly("there", "row", "form");
    feed.feed(encoder.windows(CLEAR, 1)).until(80);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).isEmpty();
  }

  /** Nine anchors of one window of 2 by 20 characters at the middle of the picture. */
  @Test
  void anchorsAreCornersEdgesAndMiddle() {
    List<String> tops = List.of("50.00", "44.67", "39.33");
    List<String> lefts = List.of("50.00", "30.95", "11.90");
    for (int anchor = 0; anchor < 9; anchor++) {
      CaptionFeed each = new CaptionFeed();
      DtvccEncoder codes = new DtvccEncoder();
      each.feed(codes.codes(0x98, 0x38, 0x80 | 50, 50, anchor << 4 | 1, 19, 0x09).text("x"));
      each.until(20);
      assertThat(each.cues(CaptionChannel.SERVICE1))
          .containsExactly(
              "0-20 " + tops.get(anchor / 3) + " " + lefts.get(anchor % 3) + " start: x");
    }
  }

  @Test
  void anchorsCountByTheShapeOfThePicture() {
    CaptionFeed narrow = new CaptionFeed(false);
    narrow.feed(encoder.define(0, true, 0, 30, 80, 1, 8).text("x")).until(20);
    assertThat(narrow.cues(CaptionChannel.SERVICE1)).containsExactly("0-20 42.00 50.00 start: x");
    feed.feed(new DtvccEncoder().define(0, true, 0, 30, 105, 1, 8).text("x")).until(20);
    assertThat(feed.cues(CaptionChannel.SERVICE1)).containsExactly("0-20 42.00 50.00 start: x");
  }

  @Test
  void textIsJustifiedWithinItsWindow() {
    feed.feed(
        encoder.define(0, true, 0, 0, 0, 2, 42).codes(0x97, 0, 0, 2, 0).text("a").codes(0x0D));
    feed.feed(encoder.text("wider"));
    feed.feed(encoder.define(1, true, 0, 60, 0, 1, 21).codes(0x97, 0, 0, 1, 0).text("end"));
    feed.until(20);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .endsWith("1-20 10.00 50.00 center: a\nwider", "2-20 74.00 50.00 end: end");
  }

  @Test
  void looksAreReducedToWhatWebVttHas() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 42).codes(0x90, 0x05, 0xC0).text("a"));
    feed.feed(encoder.codes(0x91, 0x3C, 0, 0).text("b").codes(0x90, 5, 0).text("c"));
    feed.feed(encoder.codes(0x91, 0, 0x3F, 0).text("d")).until(20);
    assertThat(feed.cut(CaptionChannel.SERVICE1).getLast().caption().rows())
        .containsExactly(
            List.of(
                new Span("a", new TextStyle(Color.WHITE, true, true)),
                new Span("b", new TextStyle(Color.YELLOW, true, true)),
                new Span("c", new TextStyle(Color.YELLOW, false, false)),
                new Span("d", TextStyle.PLAIN)));
  }

  @Test
  void charactersOfEverySetAreKnown() {
    feed.feed(
        encoder
            .define(0, true, 0, 0, 0, 1, 42)
            .text("é")
            .codes(0x10, 0x25)
            .codes(0x10, 0x3F)
            .codes(0x10, 0x41)
            .codes(0x10, 0xA0)
            .codes(0x18, 0xAC, 0x00)
            .codes(0x18, 0xD8, 0x00)
            .codes(0x10, 0x01)
            .codes(0x10, 0x08, 0x41)
            .codes(0x10, 0x80, 0x41, 0x41, 0x41, 0x41)
            .codes(0x10, 0x90, 0x02, 0x41, 0x41)
            .codes(0x11, 0x41)
            .codes(0x93)
            .text("."));
    feed.until(20);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).containsExactly("é…Ÿ__가_.");
  }

  @Test
  void servicesAreApart() {
    for (int service = 1; service <= 7; service++) {
      encoder.service(service).define(0, true, 0, 0, 0, 1, 20).text("no " + service);
    }
    feed.feed(encoder).until(20);
    for (int service = 1; service <= 6; service++) {
      assertThat(feed.texts(CaptionChannel.ofService(service))).containsExactly("no " + service);
    }
    assertThat(feed.decoder().used()).hasSize(6);
    assertThat(feed.decoder().damaged()).isZero();
  }

  /** 700 ms end between two pictures, at 17.5. */
  @Test
  void aDelayHoldsBackUntilItsTime() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 20).text("now").codes(0x8D, 7).text(" later"));
    feed.until(10).feed(encoder.text(" still")).until(40);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("0-17 10.00 10.00 start: now", "17-40 10.00 10.00 start: now later still");
  }

  @Test
  void aDelayIsCancelledByItsCodeOrAFullBuffer() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 60).codes(0x8D, 200).text("a")).until(15);
    feed.feed(encoder.codes(0x8E)).until(30);
    feed.feed(encoder.codes(0x0C, 0x8D, 200).text("x".repeat(30))).until(45);
    for (int i = 0; i < 10; i++) {
      feed.feed(encoder.codes(0x0E).text("y".repeat(12)));
    }
    feed.until(70);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).containsExactly("a", "y".repeat(12));
  }

  @Test
  void aResetTakesEverythingAwayEvenInADelay() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 20).text("shown").codes(0x8D, 200).text("!"));
    feed.until(20).feed(encoder.codes(0x8F)).until(40).feed(encoder.text("nowhere")).until(60);
    assertThat(feed.cues(CaptionChannel.SERVICE1)).containsExactly("0-20 10.00 10.00 start: shown");
  }

  /** Encoders define windows again for those who join later. */
  @Test
  void aWindowThatIsDefinedAgainKeepsItsText() {
    feed.feed(encoder.define(0, false, 0, 0, 0, 2, 20).text("kept").windows(DISPLAY, 1));
    feed.until(20).feed(encoder.define(0, false, 0, 0, 0, 2, 20).text("!")).until(40);
    feed.feed(encoder.define(0, true, 0, 30, 0, 1, 20)).until(60);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly(
            "0-20 10.00 10.00 start: kept",
            "20-40 10.00 10.00 start: kept!",
            "40-60 42.00 10.00 start: kept!");
  }

  @Test
  void aMissingPacketTakesAwayWhatMayBeWrong() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 20).text("before")).until(20);
    encoder.text("lost").packet();
    feed.feed(encoder.text("after")).until(40);
    assertThat(feed.cues(CaptionChannel.SERVICE1))
        .containsExactly("0-20 10.00 10.00 start: before");
    assertThat(feed.decoder().damaged()).isEqualTo(1);
  }

  @Test
  void ofAPacketThatIsCutOffTheWholeBlocksAreRead() {
    encoder.define(0, true, 0, 0, 0, 1, 20).text("whole").service(2);
    List<CcData> packet = encoder.define(0, true, 0, 0, 0, 1, 20).text("cut off").packet();
    feed.together(packet.subList(0, packet.size() - 3));
    feed.feed(List.of(new CcData(false, 2, 0, 0))).until(20);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).containsExactly("whole");
    assertThat(feed.texts(CaptionChannel.SERVICE2)).isEmpty();
    assertThat(feed.decoder().damaged()).isEqualTo(2);
  }

  @Test
  void codesThatAreCutOffAreCounted() {
    feed.feed(encoder.define(0, true, 0, 0, 0, 1, 20).text("a").codes(0x91, 1)).until(20);
    assertThat(feed.texts(CaptionChannel.SERVICE1)).containsExactly("a");
    assertThat(feed.decoder().damaged()).isEqualTo(1);
  }

  private static List<CcData> packet(String hex) {
    String[] bytes = hex.split(" ", -1);
    List<CcData> packets = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += 2) {
      packets.add(
          new CcData(
              true,
              i == 0 ? 3 : 2,
              Integer.parseInt(bytes[i], 16),
              Integer.parseInt(bytes[i + 1], 16)));
    }
    return packets;
  }
}
