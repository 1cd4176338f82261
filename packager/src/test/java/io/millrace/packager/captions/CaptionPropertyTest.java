package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CaptionPropertyTest {
  private static final long FRAME = 3_600;
  private static final int PICTURES = 300;
  private static final byte[] SLICE = {0x41, 1, 2, 3};

  /** Pictures are reordered, and what each carries is split into messages and units at random. */
  @Test
  void anySplitIntoUnitsAndAnyOrderOfDecodingGivesTheSameCues() {
    Seeds.forEach(
        150,
        random -> {
          List<List<CcData>> pictures = pictures(random);
          CaptionDecoder plain = new CaptionDecoder(true);
          for (int i = 0; i < PICTURES; i++) {
            plain.picture(nanos(i), Buffer.buffer(CcData.bytes(pictures.get(i))));
          }
          Map<CaptionChannel, List<TimedCaption>> expected = new EnumMap<>(CaptionChannel.class);
          plain.tick(nanos(PICTURES));
          for (CaptionChannel channel : CaptionChannel.values()) {
            List<TimedCaption> cues = plain.cut(channel, nanos(PICTURES));
            if (!cues.isEmpty()) {
              expected.put(channel, cues);
            }
          }
          assertThat(expected).as("the script shows something").hasSizeGreaterThan(2);

          int group = 1 + random.nextInt(6);
          CaptionReader reader =
              CaptionReader.of(RandomBroadcast.video(Timescale.VIDEO)).orElseThrow();
          long dts = -group * FRAME;
          for (int first = 0; first < PICTURES; first += group) {
            List<Integer> order = new ArrayList<>();
            for (int i = first; i < Math.min(first + group, PICTURES); i++) {
              order.add(i);
            }
            Collections.shuffle(order, random);
            for (int picture : order) {
              reader.accept(sample(random, dts, picture * FRAME, pictures.get(picture)));
              dts += FRAME;
            }
          }
          assertThat(reader.cut(nanos(PICTURES))).isEqualTo(expected);
          assertThat(reader.damaged()).isZero();
        });
  }

  /** Packets of a channel may come with any pictures: the texts are the same in the same order. */
  @Test
  void popOnTextsDoNotDependOnThePicturesThatCarryThem() {
    Seeds.forEach(
        100,
        random -> {
          Line21Encoder cc1 = new Line21Encoder(1);
          List<String> texts = new ArrayList<>();
          List<CcData> packets = new ArrayList<>();
          List<Integer> ends = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            String text = "caption " + i + (random.nextBoolean() ? " É♪" : "");
            texts.add(text);
            packets.addAll(cc1.popOn().eraseHidden().at(15, 4).text(text).endOfCaption().take());
            ends.add(packets.size());
          }
          CaptionDecoder decoder = new CaptionDecoder(true);
          int picture = 0;
          int from = 0;
          for (int end : ends) {
            while (from < end) {
              int until = Math.min(end, from + 1 + random.nextInt(10));
              decoder.picture(
                  nanos(picture++), Buffer.buffer(CcData.bytes(packets.subList(from, until))));
              from = until;
            }
            picture++;
          }
          assertThat(
                  decoder.cut(CaptionChannel.CC1, nanos(picture)).stream()
                      .map(cue -> cue.caption().text()))
              .containsExactlyElementsOf(texts);
        });
  }

  /** Cuts anywhere split cues and change nothing else, but for text that was being gathered. */
  @Test
  void cutsOnlySplitCues() {
    Seeds.forEach(
        100,
        random -> {
          CaptionDecoder whole = new CaptionDecoder(true);
          CaptionDecoder cut = new CaptionDecoder(true);
          List<TimedCaption> pieces = new ArrayList<>();
          List<CcData> script = popOnScript(random);
          for (int i = 0; i < PICTURES; i++) {
            List<CcData> captions = i < script.size() ? List.of(script.get(i)) : List.of();
            Buffer bytes = Buffer.buffer(CcData.bytes(captions));
            if (random.nextInt(20) == 0) {
              cut.tick(nanos(i));
              pieces.addAll(cut.cut(CaptionChannel.CC1, nanos(i)));
            }
            whole.picture(nanos(i), bytes);
            cut.picture(nanos(i), bytes);
          }
          pieces.addAll(cut.cut(CaptionChannel.CC1, nanos(PICTURES)));
          assertThat(joined(pieces)).isEqualTo(whole.cut(CaptionChannel.CC1, nanos(PICTURES)));
        });
  }

  /** Whatever comes: nothing is thrown, and every cue can be written. */
  @Test
  void damagedCaptionsGiveCuesThatCanBeWritten() {
    List<byte[]> corpus = new ArrayList<>();
    for (int seed = 0; seed < 8; seed++) {
      List<CcData> all = new ArrayList<>();
      pictures(Seeds.random(seed)).forEach(all::addAll);
      corpus.add(CcData.bytes(all.subList(0, Math.min(all.size(), 400))));
    }
    Fuzz.Outcome outcome =
        Fuzz.of(corpus)
            .allocating(4 << 20, 2_048)
            .run(
                bytes -> {
                  CaptionDecoder decoder = new CaptionDecoder(bytes.length % 2 == 0);
                  long now = 0;
                  for (int at = 0; at < bytes.length; at += 60) {
                    Buffer all = Buffer.buffer(bytes);
                    decoder.picture(now, all.slice(at, Math.min(at + 60, bytes.length)));
                    now += 40_000_000;
                  }
                  for (CaptionChannel channel : CaptionChannel.values()) {
                    check(decoder.cut(channel, now), now);
                  }
                });
    assertThat(outcome.accepted()).isPositive();
  }

  private static void check(List<TimedCaption> cues, long until) {
    for (TimedCaption cue : cues) {
      assertThat(cue.startNanos()).isNotNegative().isLessThan(cue.endNanos());
      assertThat(cue.endNanos()).isLessThanOrEqualTo(until);
      CaptionPlacement placement = cue.caption().placement();
      assertThat(placement.line()).isBetween(0, 10_000);
      assertThat(placement.position()).isBetween(0, 10_000);
      assertThat(cue.caption().text()).doesNotContain("\r", "\u0000").doesNotContain("\n\n");
    }
    String written = WebVttWriter.segment(cues, 0, until).toString(StandardCharsets.UTF_8);
    long arrows = written.lines().filter(line -> line.contains("-->")).count();
    assertThat(arrows).isEqualTo(cues.size());
  }

  private static List<TimedCaption> joined(List<TimedCaption> pieces) {
    List<TimedCaption> joined = new ArrayList<>();
    for (TimedCaption piece : pieces) {
      TimedCaption last = joined.isEmpty() ? null : joined.getLast();
      if (last != null
          && last.endNanos() == piece.startNanos()
          && last.caption().equals(piece.caption())) {
        joined.set(
            joined.size() - 1,
            new TimedCaption(last.startNanos(), piece.endNanos(), piece.caption()));
      } else {
        joined.add(piece);
      }
    }
    return joined;
  }

  private static List<CcData> popOnScript(RandomGenerator random) {
    Line21Encoder cc1 = new Line21Encoder(1);
    for (int i = 0; i < 6; i++) {
      cc1.popOn().eraseHidden().at(1 + random.nextInt(15), random.nextInt(20)).text("text " + i);
      cc1.endOfCaption();
      for (int wait = random.nextInt(15); wait > 0; wait--) {
        cc1.nothing();
      }
      if (random.nextBoolean()) {
        cc1.eraseShown();
      }
    }
    return cc1.take();
  }

  /** What pictures carry: a pair of each field, and CTA-708 packets spread over pictures. */
  private static List<List<CcData>> pictures(RandomGenerator random) {
    List<CcData> first = script(random, new Line21Encoder(1 + random.nextInt(2)));
    List<CcData> second = script(random, new Line21Encoder(3 + random.nextInt(2)));
    List<CcData> third = services(random);
    List<List<CcData>> pictures = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < PICTURES; i++) {
      List<CcData> picture = new ArrayList<>();
      if (i < first.size()) {
        picture.add(first.get(i));
      }
      if (i < second.size()) {
        picture.add(second.get(i));
      }
      for (int left = random.nextInt(10); left > 0 && at < third.size(); left--) {
        picture.add(third.get(at++));
      }
      pictures.add(picture);
    }
    return pictures;
  }

  private static List<CcData> script(RandomGenerator random, Line21Encoder out) {
    for (int i = 0; i < 8; i++) {
      switch (random.nextInt(3)) {
        case 0 -> out.rollUp(2 + random.nextInt(3)).carriageReturn().at(15, 0).text("roll " + i);
        case 1 -> out.popOn().eraseHidden().at(1 + i, i).midRow(i % 8, false).text("pop ♪ " + i);
        default -> out.paintOn().styled(1 + i, i % 8, true).text("painted É " + i).backspace();
      }
      if (random.nextInt(3) == 0) {
        out.endOfCaption();
      }
      if (random.nextInt(4) == 0) {
        out.eraseShown();
      }
    }
    return out.text("the end").endOfCaption().take();
  }

  private static List<CcData> services(RandomGenerator random) {
    DtvccEncoder out = new DtvccEncoder();
    List<CcData> packets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      out.service(1 + random.nextInt(3));
      out.define(random.nextInt(3), random.nextBoolean(), random.nextInt(9), 40, 90, 2, 30);
      out.pen(random.nextInt(2), random.nextInt(8)).text("service " + i).codes(0x0D).text("&");
      out.windows(0x88 + random.nextInt(5), 1 + random.nextInt(7));
      if (random.nextInt(5) == 0) {
        out.codes(0x8D, 1 + random.nextInt(10)).text("delayed");
      }
      packets.addAll(out.packet());
    }
    return packets;
  }

  private static Sample sample(RandomGenerator random, long dts, long pts, List<CcData> captions) {
    List<byte[]> units = new ArrayList<>();
    units.add(new byte[] {9, (byte) 0xF0});
    int from = 0;
    while (from < captions.size()) {
      int until = Math.min(captions.size(), from + 1 + random.nextInt(12));
      units.add(CaptionNal.avc(captions.subList(from, until)));
      if (random.nextInt(3) == 0) {
        units.add(CaptionNal.unit(new byte[] {6}, 5, new byte[random.nextInt(40)]));
      }
      from = until;
    }
    units.add(units.size() > 2 && random.nextBoolean() ? units.size() - 1 : units.size(), SLICE);
    Buffer payload = Buffer.buffer(CaptionNal.accessUnit(units.toArray(byte[][]::new)));
    return new Sample(RandomBroadcast.VIDEO, dts, (int) (pts - dts), false, payload);
  }

  private static long nanos(int picture) {
    return Timescale.VIDEO.toNanos(picture * FRAME);
  }
}
