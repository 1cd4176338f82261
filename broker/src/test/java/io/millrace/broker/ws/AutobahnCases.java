package io.millrace.broker.ws;

import static io.millrace.broker.ws.AutobahnCase.BINARY;
import static io.millrace.broker.ws.AutobahnCase.CLOSE;
import static io.millrace.broker.ws.AutobahnCase.CONTINUATION;
import static io.millrace.broker.ws.AutobahnCase.PING;
import static io.millrace.broker.ws.AutobahnCase.PONG;
import static io.millrace.broker.ws.AutobahnCase.TEXT;
import static io.millrace.broker.ws.AutobahnCase.utf8;

import io.millrace.broker.ws.AutobahnCase.Chop;
import io.millrace.broker.ws.AutobahnCase.End;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The cases 1 to 7 and 10 of the Autobahn test suite by number, written anew from what its
 * documentation says that each is about: framing, pings, reserved bits and opcodes, fragments,
 * UTF-8, closing, automatic fragments. 9 is performance; 12 and 13 are compression, which this
 * server does not offer.
 */
final class AutobahnCases {
  private static final byte[] EMPTY = {};
  private static final byte[] HELLO = utf8("Hello, world!");

  private final List<AutobahnCase> cases = new ArrayList<>();

  private AutobahnCases() {}

  static List<AutobahnCase> all() {
    AutobahnCases made = new AutobahnCases();
    made.framing();
    made.pings();
    made.reservedBits();
    made.reservedOpcodes();
    made.fragments();
    made.texts();
    made.badTexts();
    made.goodTexts();
    made.closing();
    made.closeCodes();
    made.add("10.1.1").fragments(TEXT, filled(65536), 1300).expect(TEXT, filled(65536));
    return made.cases;
  }

  private AutobahnCase add(String id) {
    AutobahnCase made = new AutobahnCase(id);
    cases.add(made);
    return made;
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) '*');
    return bytes;
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }

  private void framing() {
    int[] lengths = {0, 125, 126, 127, 128, 65535, 65536};
    for (int i = 0; i < lengths.length; i++) {
      add("1.1." + (i + 1)).echo(TEXT, filled(lengths[i]));
      byte[] binary = new byte[lengths[i]];
      Arrays.fill(binary, (byte) 0xFE);
      add("1.2." + (i + 1)).echo(BINARY, binary);
    }
    add("1.1.8").chop(Chop.FRAMES).echo(TEXT, filled(65536));
    add("1.2.8").chop(Chop.FRAMES).echo(BINARY, filled(65536));
  }

  private void pings() {
    add("2.1").send(PING, EMPTY).expect(PONG, EMPTY);
    add("2.2").send(PING, HELLO).expect(PONG, HELLO);
    add("2.3").send(PING, hex("00FFFEFDFCFB00FF")).expect(PONG, hex("00FFFEFDFCFB00FF"));
    add("2.4").send(PING, filled(125)).expect(PONG, filled(125));
    add("2.5").send(PING, filled(126)).ends(End.PROTOCOL_ERROR);
    add("2.6").chop(Chop.OCTETS).send(PING, filled(125)).expect(PONG, filled(125));
    add("2.7").send(PONG, EMPTY);
    add("2.8").send(PONG, HELLO);
    add("2.9").send(PONG, HELLO).send(PING, utf8("ping")).expect(PONG, utf8("ping"));
    for (Chop chop : List.of(Chop.WHOLE, Chop.OCTETS)) {
      AutobahnCase many = add(chop == Chop.WHOLE ? "2.10" : "2.11").chop(chop);
      for (int i = 0; i < 10; i++) {
        many.send(PING, utf8("payload-" + i)).expect(PONG, utf8("payload-" + i));
      }
    }
  }

  private void reservedBits() {
    add("3.1").send(TEXT, true, 1, HELLO).ends(End.PROTOCOL_ERROR);
    Chop[] chops = Chop.values();
    for (int i = 0; i < chops.length; i++) {
      add("3." + (i + 2))
          .chop(chops[i])
          .echo(TEXT, HELLO)
          .send(TEXT, true, i + 2, HELLO)
          .send(PING, EMPTY)
          .ends(End.PROTOCOL_ERROR);
    }
    add("3.5").send(BINARY, true, 5, filled(8)).ends(End.PROTOCOL_ERROR);
    add("3.6").send(PING, true, 6, HELLO).ends(End.PROTOCOL_ERROR);
    add("3.7").send(CLOSE, true, 7, hex("03E8")).ends(End.PROTOCOL_ERROR);
  }

  private void reservedOpcodes() {
    for (int group = 1; group <= 2; group++) {
      int opcode = group == 1 ? 3 : 11;
      String id = "4." + group + ".";
      add(id + 1).send(opcode, EMPTY).ends(End.PROTOCOL_ERROR);
      add(id + 2).send(opcode + 1, utf8("reserved")).ends(End.PROTOCOL_ERROR);
      for (int i = 0; i < 3; i++) {
        add(id + (i + 3))
            .chop(i == 2 ? Chop.OCTETS : Chop.WHOLE)
            .echo(TEXT, HELLO)
            .send(opcode + 2 + i, i == 0 ? EMPTY : utf8("reserved"))
            .send(PING, EMPTY)
            .ends(End.PROTOCOL_ERROR);
      }
    }
  }

  private void fragments() {
    byte[] one = utf8("fragment1");
    byte[] two = utf8("fragment2");
    byte[] both = join(one, two);
    add("5.1").fragment(PING, one).send(CONTINUATION, two).ends(End.PROTOCOL_ERROR);
    add("5.2").fragment(PONG, one).send(CONTINUATION, two).ends(End.PROTOCOL_ERROR);
    Chop[] chops = Chop.values();
    for (int i = 0; i < chops.length; i++) {
      add("5." + (3 + i))
          .chop(chops[i])
          .fragment(TEXT, one)
          .send(CONTINUATION, two)
          .expect(TEXT, both);
      add("5." + (6 + i))
          .chop(chops[i])
          .fragment(TEXT, one)
          .send(PING, utf8("ping"))
          .expect(PONG, utf8("ping"))
          .send(CONTINUATION, two)
          .expect(TEXT, both);
      add("5." + (9 + i))
          .chop(chops[i])
          .send(CONTINUATION, one)
          .send(TEXT, HELLO)
          .ends(End.PROTOCOL_ERROR);
      add("5." + (12 + i))
          .chop(chops[i])
          .fragment(CONTINUATION, one)
          .send(TEXT, HELLO)
          .ends(End.PROTOCOL_ERROR);
    }
    add("5.15")
        .fragment(TEXT, one)
        .send(CONTINUATION, two)
        .expect(TEXT, both)
        .fragment(CONTINUATION, utf8("fragment3"))
        .send(TEXT, utf8("fragment4"))
        .ends(End.PROTOCOL_ERROR);
    for (int i = 0; i < 2; i++) {
      AutobahnCase repeated = add("5." + (16 + i)).ends(End.PROTOCOL_ERROR);
      for (int round = 0; round < 2; round++) {
        repeated.send(CONTINUATION, i == 1, 0, one).fragment(TEXT, one).send(CONTINUATION, two);
      }
    }
    add("5.18").fragment(TEXT, one).send(TEXT, two).ends(End.PROTOCOL_ERROR);
    for (int i = 0; i < 2; i++) {
      add("5." + (19 + i))
          .chop(i == 0 ? Chop.FRAMES : Chop.OCTETS)
          .fragment(TEXT, one)
          .fragment(CONTINUATION, two)
          .send(PING, utf8("pong"))
          .expect(PONG, utf8("pong"))
          .fragment(CONTINUATION, one)
          .fragment(CONTINUATION, two)
          .send(PING, utf8("pong2"))
          .expect(PONG, utf8("pong2"))
          .send(CONTINUATION, one)
          .expect(TEXT, join(both, both, one));
    }
  }

  private void texts() {
    add("6.1.1").echo(TEXT, EMPTY);
    add("6.1.2")
        .fragment(TEXT, EMPTY)
        .fragment(CONTINUATION, EMPTY)
        .send(CONTINUATION, EMPTY)
        .expect(TEXT, EMPTY);
    add("6.1.3")
        .fragment(TEXT, EMPTY)
        .fragment(CONTINUATION, utf8("middle frame payload"))
        .send(CONTINUATION, EMPTY)
        .expect(TEXT, utf8("middle frame payload"));
    byte[] mixed = utf8("Hello-µ@ßöäüàá-UTF-8!!");
    add("6.2.1").echo(TEXT, mixed);
    byte[] head = utf8("Hello-µ@ßöä");
    add("6.2.2")
        .fragment(TEXT, head)
        .send(CONTINUATION, Arrays.copyOfRange(mixed, head.length, mixed.length))
        .expect(TEXT, mixed);
    add("6.2.3").fragments(TEXT, mixed, 1).expect(TEXT, mixed);
    byte[] greek = hex("CEBAE1BDB9CF83CEBCCEB5");
    add("6.2.4").fragments(TEXT, greek, 1).expect(TEXT, greek);
    byte[] broken = join(greek, hex("EDA080"), utf8("edited"));
    add("6.3.1").send(TEXT, broken).ends(End.NOT_UTF8);
    add("6.3.2").fragments(TEXT, broken, 1).ends(End.NOT_UTF8);
    // Where it is to be told as soon as possible, it may also be told at the end of the message.
    byte[] tooHigh = hex("F4908080");
    for (int i = 0; i < 4; i++) {
      byte[] first = i % 2 == 0 ? greek : join(greek, hex("F4"));
      byte[] second = i % 2 == 0 ? tooHigh : hex("90");
      byte[] third = i % 2 == 0 ? utf8("edited") : hex("8080");
      add("6.4." + (i + 1))
          .chop(i < 2 ? Chop.WHOLE : Chop.FRAMES)
          .fragment(TEXT, first)
          .fragment(CONTINUATION, second)
          .send(CONTINUATION, third)
          .ends(End.NOT_UTF8);
    }
    List<String> whole =
        List.of("hello$world", "hello¢world", "hello€world", "hello\uD852\uDF62world", "κόσμε");
    for (int i = 0; i < whole.size(); i++) {
      add("6.5." + (i + 1)).echo(TEXT, utf8(whole.get(i)));
    }
    for (int length = 1; length <= greek.length; length++) {
      byte[] prefix = Arrays.copyOf(greek, length);
      if (List.of(2, 5, 7, 9, 11).contains(length)) {
        add("6.6." + length).echo(TEXT, prefix);
      } else {
        add("6.6." + length).send(TEXT, prefix).ends(End.NOT_UTF8);
      }
    }
  }

  private void bad(String group, int from, String... sequences) {
    for (int i = 0; i < sequences.length; i++) {
      add(group + (from + i)).send(TEXT, hex(sequences[i])).ends(End.NOT_UTF8);
    }
  }

  private void badTexts() {
    bad("6.8.", 1, "F888808080", "FC8480808080");
    bad("6.10.", 1, "F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF");
    bad("6.11.", 5, "F4908080");
    bad("6.12.", 1, "80", "BF", "80BF", "80BF80", "80BF80BF", "80BF80BF80", "80BF80BF80BE");
    bad("6.12.", 8, run(0x80, 0xBF, ""));
    bad("6.13.", 1, run(0xC0, 0xDF, "20"), run(0xE0, 0xEF, "20"), run(0xF0, 0xF7, "20"));
    bad("6.13.", 4, run(0xF8, 0xFB, "20"), run(0xFC, 0xFD, "20"));
    String[] cut = {
      "C0",
      "E080",
      "F08080",
      "F8808080",
      "FC80808080",
      "DF",
      "EFBF",
      "F7BFBF",
      "FBBFBFBF",
      "FDBFBFBFBF"
    };
    bad("6.14.", 1, cut);
    bad("6.15.", 1, String.join("", cut));
    bad("6.16.", 1, "FE", "FF", "FEFEFFFF");
    bad("6.17.", 1, "C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF");
    bad("6.18.", 1, "C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF");
    bad("6.19.", 1, "C080", "E08080", "F0808080", "F880808080", "FC8080808080");
    bad("6.20.", 1, "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF");
    bad("6.21.", 1, "EDA080EDB080", "EDA080EDBFBF", "EDADBFEDB080", "EDADBFEDBFBF");
    bad("6.21.", 5, "EDAE80EDB080", "EDAE80EDBFBF", "EDAFBFEDB080", "EDAFBFEDBFBF");
  }

  private static String run(int from, int to, String behind) {
    StringBuilder run = new StringBuilder();
    for (int value = from; value <= to; value++) {
      run.append(HexFormat.of().toHexDigits((byte) value)).append(behind);
    }
    return run.toString();
  }

  private void good(String group, int... points) {
    for (int i = 0; i < points.length; i++) {
      add(group + (i + 1)).echo(TEXT, utf8(Character.toString(points[i])));
    }
  }

  private void goodTexts() {
    good("6.7.", 0, 0x80, 0x800, 0x10000);
    good("6.9.", 0x7F, 0x7FF, 0xFFFF, 0x10FFFF);
    good("6.11.", 0xD7FF, 0xE000, 0xFFFD, 0x10FFFF);
    int[] noncharacters = new int[34];
    for (int i = 0; i < noncharacters.length; i++) {
      noncharacters[i] = ((i / 2) << 16) + 0xFFFE + i % 2;
    }
    good("6.22.", noncharacters);
    good("6.23.", 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF);
  }

  private void closing() {
    add("7.1.1").echo(TEXT, HELLO).close(1000, EMPTY);
    add("7.1.2").close(1000, EMPTY).close(1000, EMPTY);
    add("7.1.3").close(1000, EMPTY).send(PING, EMPTY);
    add("7.1.4").close(1000, EMPTY).send(TEXT, HELLO);
    add("7.1.5").fragment(TEXT, HELLO).close(1000, EMPTY).send(CONTINUATION, HELLO);
    byte[] large = filled(256 * 1024);
    add("7.1.6").echo(TEXT, large).echo(TEXT, HELLO).close(1000, EMPTY).send(PING, EMPTY);
    AutobahnCase bare = add("7.3.1").send(CLOSE, EMPTY).ends(End.ANSWERED);
    bare.code = 1005;
    add("7.3.2").send(CLOSE, utf8("a")).ends(End.PROTOCOL_ERROR);
    add("7.3.3").close(1000, EMPTY);
    add("7.3.4").close(1000, HELLO);
    add("7.3.5").close(1000, filled(123));
    add("7.3.6").send(CLOSE, join(hex("03E8"), filled(124))).ends(End.PROTOCOL_ERROR);
    add("7.5.1")
        .send(CLOSE, join(hex("03E8"), utf8("κόσμε"), hex("EDA080"), utf8("edited")))
        .ends(End.NOT_UTF8);
  }

  private void closeCodes() {
    int[] valid = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
    for (int i = 0; i < valid.length; i++) {
      add("7.7." + (i + 1)).close(valid[i], EMPTY);
    }
    int[] invalid = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999};
    for (int i = 0; i < invalid.length; i++) {
      add("7.9." + (i + 1)).close(invalid[i], EMPTY).ends(End.PROTOCOL_ERROR);
    }
    // RFC 6455 section 7.4.2 says nothing of these; they are answered as they are.
    add("7.13.1").close(5000, EMPTY);
    add("7.13.2").close(65535, EMPTY);
  }
}
