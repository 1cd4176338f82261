package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.captions.Caption.Span;
import io.millrace.packager.captions.TextStyle.Color;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.Line21Encoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CTA-608 (47 CFR 15.119), through the decoder of whole pictures. */
class Line21Test {
  private final CaptionFeed feed = new CaptionFeed();
  private final Line21Encoder cc1 = new Line21Encoder(1);

  /** The codes as captioning files have them: RCL, row 15, "Hello", EOC, and EDM later. */
  @Test
  void popOnIsShownFromItsEndOfCaptionToItsErasure() {
    feed.scc("9420 9420 9470 9470 c8e5 ecec ef80 942f 942f 8080").until(50).scc("942c 942c");
    assertThat(feed.cues(CaptionChannel.CC1)).containsExactly("7-50 84.67 10.00 start: Hello");
    assertThat(feed.decoder().used()).containsExactly(CaptionChannel.CC1);
    assertThat(feed.decoder().damaged()).isZero();
  }

  @Test
  void popOnIsReplacedWithoutAGap() {
    feed.feed(cc1.popOn().eraseHidden().at(14, 4).text("one").endOfCaption());
    long first = feed.picture() - 2;
    feed.until(30).feed(cc1.popOn().eraseHidden().at(15, 0).text("two").endOfCaption());
    long second = feed.picture() - 2;
    feed.until(80);
    assertThat(feed.cues(CaptionChannel.CC1))
        .containsExactly(
            first + "-" + second + " 79.33 20.00 start: one",
            second + "-80 84.67 10.00 start: two");
  }

  @Test
  void rowsThatStartTogetherOrHaveOneMiddleAreOneCue() {
    feed.feed(cc1.popOn().at(1, 0).text("left").at(2, 0).text("left too"));
    feed.feed(cc1.at(5, 10).text("in the middle").at(6, 14).text("short"));
    feed.feed(cc1.at(10, 0).text("far").at(11, 20).text("apart").endOfCaption()).until(70);
    assertThat(feed.cut(CaptionChannel.CC1).stream().map(CaptionFeed::describe))
        .map(text -> text.substring(text.indexOf(' ') + 1))
        .containsExactly(
            "10.00 10.00 start: left\nleft too",
            "31.33 51.25 center: in the middle\nshort",
            "58.00 10.00 start: far",
            "63.33 60.00 start: apart");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void rollUpKeepsItsRows(int rows) {
    feed.feed(cc1.rollUp(rows));
    for (String line : List.of("a", "b", "c", "d", "e", "f")) {
      feed.feed(cc1.rollUp(rows).carriageReturn().at(15, 0).text(line));
      feed.until(feed.picture() + 25);
    }
    List<String> texts = feed.texts(CaptionChannel.CC1);
    List<String> last = List.of("c", "d", "e", "f").subList(4 - rows, 4);
    assertThat(texts.getLast()).isEqualTo(String.join("\n", last));
    assertThat(texts.getFirst()).isEqualTo("a");
  }

  /** What is written within half a second is one cue, from its first character on. */
  @Test
  void rollUpIsShownInStepsThatCanBeRead() {
    feed.feed(cc1.rollUp(2).carriageReturn().at(14, 0));
    long start = feed.picture();
    feed.feed(cc1.text("The quick brown fox jumps over")).until(100);
    assertThat(feed.cues(CaptionChannel.CC1))
        .containsExactly(
            start + "-" + (start + 13) + " 79.33 10.00 start: The quick brown fox jumps",
            (start + 13) + "-100 79.33 10.00 start: The quick brown fox jumps over");
  }

  @Test
  void whatIsTakenAwayAtOnceHasBeenShown() {
    feed.feed(cc1.rollUp(2).carriageReturn().at(15, 0).text("soon gone").eraseShown()).until(50);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("soon gone");
  }

  @Test
  void rollUpMovesToTheRowOfItsPreamble() {
    feed.feed(cc1.rollUp(2).carriageReturn().at(15, 0).text("up")).until(40);
    feed.feed(cc1.at(3, 0)).until(80);
    feed.feed(cc1.at(1, 0)).until(120);
    assertThat(feed.cut(CaptionChannel.CC1))
        .extracting(cue -> cue.caption().placement().line())
        .containsExactly(8_467, 2_067, 1_533);
  }

  @Test
  void moreRowsInRollUpNeedALowerBase() {
    feed.feed(cc1.rollUp(2).carriageReturn().at(2, 0).text("a")).until(40);
    feed.feed(cc1.rollUp(4).carriageReturn().text("b")).until(80);
    assertThat(feed.cut(CaptionChannel.CC1).getLast().caption())
        .satisfies(
            caption -> {
              assertThat(caption.text()).isEqualTo("a\nb");
              assertThat(caption.placement().line()).isEqualTo(2_067);
            });
  }

  @Test
  void rollUpTakesAwayWhatOtherModesHaveLeft() {
    feed.feed(cc1.popOn().at(5, 0).text("old").endOfCaption());
    feed.feed(cc1.eraseHidden().at(6, 0).text("loaded")).until(40);
    feed.feed(cc1.rollUp(3)).until(60).feed(cc1.at(15, 0).text("new")).until(90);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("old", "new");
    feed.feed(cc1.endOfCaption()).until(120);
    assertThat(feed.texts(CaptionChannel.CC1)).as("both memories are clear").isEmpty();
  }

  @Test
  void fewerRowsInRollUpTakeTheUppermostAway() {
    for (String line : List.of("a", "b", "c", "d")) {
      feed.feed(cc1.rollUp(4).carriageReturn().at(15, 0).text(line));
    }
    feed.until(80).feed(cc1.rollUp(2)).until(100);
    assertThat(feed.texts(CaptionChannel.CC1)).endsWith("a\nb\nc\nd", "c\nd");
  }

  @Test
  void paintOnWritesBeforeTheViewersEyes() {
    feed.feed(cc1.paintOn().at(1, 0).text("painted")).until(40);
    feed.feed(cc1.at(2, 0).text("below").deleteToEndOfRow()).until(80);
    feed.feed(cc1.at(1, 4).deleteToEndOfRow()).until(100);
    assertThat(feed.texts(CaptionChannel.CC1))
        .containsExactly("painted", "painted\nbelow", "pain\nbelow");
  }

  @Test
  void charactersOfEverySetAreKnown() {
    feed.feed(cc1.popOn().at(15, 0).text("á é ñ ♪ à û ® É “ » Ä ß ┘ ½").endOfCaption()).until(90);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("á é ñ ♪ à û ® É “ » Ä ß ┘ ½");
  }

  @Test
  void backspaceTakesTheLastCharacterAway() {
    feed.feed(cc1.popOn().at(15, 0).backspace().text("colr").backspace().text("our"));
    feed.feed(cc1.endOfCaption()).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("colour");
  }

  @Test
  void theLastColumnIsWrittenAgain() {
    feed.feed(cc1.popOn().at(15, 28).text("abcdefg").endOfCaption()).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("abcg");
    feed.feed(cc1.popOn().at(15, 28).text("abcd").backspace().text("É").endOfCaption());
    feed.until(feed.picture() + 20);
    assertThat(feed.texts(CaptionChannel.CC1)).endsWith("abcÉ");
  }

  @Test
  void looksAreKeptAndTakeASpace() {
    feed.feed(cc1.popOn().styled(15, 7, true).text("a").midRow(5, false).text("b"));
    feed.feed(cc1.midRow(7, false).text("c").endOfCaption()).until(60);
    TextStyle italic = new TextStyle(Color.WHITE, true, true);
    TextStyle yellow = new TextStyle(Color.YELLOW, false, false);
    assertThat(feed.cut(CaptionChannel.CC1).getFirst().caption().rows())
        .containsExactly(
            List.of(
                new Span("a", italic),
                new Span(" ", TextStyle.PLAIN),
                new Span("b", yellow),
                new Span(" ", TextStyle.PLAIN),
                new Span("c", new TextStyle(Color.YELLOW, true, false))));
  }

  @Test
  void aCodeCountsOnceThoughItIsSentTwice() {
    feed.feed(cc1.rollUp(3).carriageReturn().at(15, 0).text("a"));
    feed.feed(cc1.carriageReturn().text("b").carriageReturn().carriageReturn().text("c"));
    feed.until(80);
    assertThat(feed.texts(CaptionChannel.CC1)).as("a blank row between").endsWith("b", "c");
  }

  /** At low rates of pictures or bits there is nothing to send between the two. */
  @Test
  void nothingBetweenACodeAndItsRepetitionIsNothing() {
    feed.feed(cc1.rollUp(3).carriageReturn().at(15, 0).text("a"));
    feed.feed(cc1.once(0x14, 0x2D).nothing().nothing().once(0x14, 0x2D).text("b")).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).endsWith("a\nb");
  }

  @Test
  void aCodeThatIsSentOnceCountsToo() {
    feed.feed(cc1.once(0x14, 0x20).once(0x14, 0x70).text("once").once(0x14, 0x2F)).until(40);
    feed.feed(cc1.once(0x14, 0x20).nothing().once(0x14, 0x20).once(0x14, 0x2E)).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("once");
  }

  @Test
  void pairsOfWrongParityAreLeftOut() {
    feed.feed(cc1.popOn().at(15, 0).text("ab"));
    feed.feed(List.of(new CcData(true, 0, 'a' | 0x80, 'b')));
    feed.feed(List.of(new CcData(true, 0, 0x14, 0x2C)));
    feed.feed(List.of(new CcData(true, 0, 0x94, 0x2E)));
    feed.feed(List.of(new CcData(true, 0, Line21Encoder.withParity('c'), 'f')));
    feed.feed(cc1.endOfCaption()).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("abc█");
    assertThat(feed.decoder().damaged()).isEqualTo(4);
  }

  @Test
  void invalidPacketsAreNothing() {
    feed.feed(cc1.popOn().at(15, 0).text("yes"));
    feed.feed(List.of(new CcData(false, 0, Line21Encoder.withParity('n'), 0x6F)));
    feed.feed(cc1.endOfCaption()).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("yes");
  }

  @Test
  void fourChannelsAreApart() {
    List<List<CcData>> channels = new ArrayList<>();
    for (int channel = 1; channel <= 4; channel++) {
      Line21Encoder encoder = new Line21Encoder(channel);
      channels.add(encoder.popOn().at(15, 0).text("channel " + channel).endOfCaption().take());
    }
    channels.forEach(feed::feed);
    feed.until(80);
    for (int i = 0; i < 4; i++) {
      assertThat(feed.texts(CaptionChannel.ofField(i / 2, i % 2)))
          .containsExactly("channel " + (i + 1));
    }
  }

  /** Both fields come in each picture, and neither disturbs the other. */
  @Test
  void fieldsAreInterleaved() {
    List<CcData> one = cc1.popOn().at(15, 0).text("first").endOfCaption().take();
    Line21Encoder cc3 = new Line21Encoder(3);
    List<CcData> three = cc3.popOn().at(15, 0).text("third").endOfCaption().take();
    for (int i = 0; i < one.size(); i++) {
      feed.together(List.of(one.get(i), three.get(i)));
    }
    feed.until(50);
    assertThat(feed.texts(CaptionChannel.CC1)).containsExactly("first");
    assertThat(feed.texts(CaptionChannel.CC3)).containsExactly("third");
  }

  @Test
  void extendedDataServicesAreNoCaptions() {
    Line21Encoder cc3 = new Line21Encoder(3);
    feed.feed(cc3.popOn().at(15, 0).text("be"));
    feed.feed(cc3.once(0x01, 0x03).text("Programme").once(0x0F, 0x1D));
    feed.feed(cc3.text("fore"));
    feed.feed(cc3.once(0x05, 0x01).text("Network").popOn().text("hand").endOfCaption());
    feed.until(100);
    assertThat(feed.texts(CaptionChannel.CC3)).containsExactly("beforehand");
  }

  @Test
  void textModeIsNoCaption() {
    feed.feed(cc1.rollUp(2).carriageReturn().at(15, 0).text("caption"));
    feed.feed(cc1.command(0x2B).text("stock prices").carriageReturn().backspace());
    feed.feed(cc1.command(0x2A).at(3, 0).text("more").rollUp(2).text("s")).until(90);
    assertThat(feed.texts(CaptionChannel.CC1).getLast()).isEqualTo("captions");
    assertThat(feed.decoder().used()).containsExactly(CaptionChannel.CC1);
  }

  @Test
  void textBeforeAnyModeIsNothing() {
    feed.feed(cc1.at(15, 0).text("tail of a caption").backspace().carriageReturn()).until(60);
    assertThat(feed.texts(CaptionChannel.CC1)).isEmpty();
    assertThat(feed.decoder().used()).isEmpty();
  }

  @Test
  void aCaptionThatIsAbandonedGoesAway() {
    feed.feed(cc1.popOn().at(15, 0).text("stale").endOfCaption());
    long last = feed.picture() - 1;
    feed.until(1000);
    assertThat(feed.cues(CaptionChannel.CC1))
        .containsExactly((last - 1) + "-" + (last - 1 + 400) + " 84.67 10.00 start: stale");
  }

  @Test
  void aCaptionThatGoesOnIsSplitAtTheCut() {
    feed.feed(cc1.popOn().at(15, 0).text("long").endOfCaption()).until(50);
    assertThat(feed.cues(CaptionChannel.CC1)).containsExactly("6-50 84.67 10.00 start: long");
    feed.until(100);
    assertThat(feed.cues(CaptionChannel.CC1)).containsExactly("50-100 84.67 10.00 start: long");
    feed.until(120).feed(cc1.eraseShown()).until(150);
    assertThat(feed.cues(CaptionChannel.CC1)).containsExactly("100-120 84.67 10.00 start: long");
    assertThat(feed.cues(CaptionChannel.CC1)).isEmpty();
  }
}
