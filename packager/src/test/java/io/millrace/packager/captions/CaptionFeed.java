package io.millrace.packager.captions;

import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Feeds a decoder pictures of 40 ms with one packet each. */
final class CaptionFeed {
  static final long PICTURE = 40_000_000;

  private final CaptionDecoder decoder;
  private long picture;

  CaptionFeed() {
    this(true);
  }

  CaptionFeed(boolean wide) {
    decoder = new CaptionDecoder(wide);
  }

  CaptionDecoder decoder() {
    return decoder;
  }

  CaptionFeed feed(Line21Encoder encoder) {
    return feed(encoder.take());
  }

  /** A CTA-708 packet in one picture. */
  CaptionFeed feed(DtvccEncoder encoder) {
    return together(encoder.packet());
  }

  CaptionFeed feed(List<CcData> packets) {
    packets.forEach(packet -> together(List.of(packet)));
    return this;
  }

  /** Pairs of the first field as SCC files write them: with parity, in hexadecimal digits. */
  CaptionFeed scc(String pairs) {
    for (String pair : pairs.split(" ", -1)) {
      byte[] bytes = HexFormat.of().parseHex(pair);
      together(List.of(new CcData(true, 0, bytes[0] & 0xFF, bytes[1] & 0xFF)));
    }
    return this;
  }

  CaptionFeed together(List<CcData> packets) {
    decoder.picture(picture * PICTURE, Buffer.buffer(CcData.bytes(packets)));
    picture++;
    return this;
  }

  /** Pictures without captions until this one, which comes next. */
  CaptionFeed until(long next) {
    while (picture < next) {
      together(List.of());
    }
    return this;
  }

  long picture() {
    return picture;
  }

  /** What was shown until now. */
  List<TimedCaption> cut(CaptionChannel channel) {
    decoder.tick(picture * PICTURE);
    return decoder.cut(channel, picture * PICTURE);
  }

  List<String> texts(CaptionChannel channel) {
    return cut(channel).stream().map(cue -> cue.caption().text()).toList();
  }

  /** Pictures from and to, line and position in percent, and text. */
  List<String> cues(CaptionChannel channel) {
    return cut(channel).stream().map(CaptionFeed::describe).toList();
  }

  static String describe(TimedCaption cue) {
    CaptionPlacement placement = cue.caption().placement();
    return String.format(
        Locale.ROOT,
        "%d-%d %.2f %.2f %s: %s",
        cue.startNanos() / PICTURE,
        cue.endNanos() / PICTURE,
        placement.line() / 100.0,
        placement.position() / 100.0,
        placement.align().name().toLowerCase(Locale.ROOT),
        cue.caption().text());
  }
}
