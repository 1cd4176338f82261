package io.millrace.ingest.elementary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** RTMP R29: NAL units in whatever form they come. */
class NalUnitsTest {
  @Test
  void everyFormGivesTheSameUnitsBehindLengthsOfFour() {
    Seeds.forEach(
        500,
        random -> {
          List<Buffer> units = units(random);
          Buffer expected = withLengths(units, 4, random, false);
          for (int size : new int[] {1, 2, 4}) {
            assertThat(read(withLengths(units, size, random, true), size))
                .as("lengths of " + size)
                .isEqualTo(expected);
          }
          // A short code at the beginning may be a length of 256 to 511, where so much is there.
          assertThat(read(withStartCodes(units, 3, random), 4)).isEqualTo(expected);
          Buffer small = Buffer.buffer().appendBytes(units.getFirst().getBytes());
          assertThat(read(withStartCodes(List.of(small), 2, random), 4))
              .isEqualTo(withLengths(List.of(small), 4, random, false));
        });
  }

  @Test
  void visitsEveryUnitOnce() {
    List<Integer> types = new ArrayList<>();
    Buffer data = Buffer.buffer(new byte[] {0, 0, 0, 1, 9, 0, 0, 0, 2, 5, 1, 0, 0, 0, 0});
    NalUnits.read(
        "unit", data, 4, (units, from, length) -> types.add(units.getByte(from) + length));
    assertThat(types).containsExactly(10, 7);
  }

  @Test
  void dataInTheRightShapeIsNotCopied() {
    Buffer data = Buffer.buffer(new byte[] {0, 0, 0, 1, 9, 0, 0, 0, 2, 5, 1});
    assertThat(NalUnits.read("unit", data, 4, (units, from, length) -> {})).isSameAs(data);
  }

  @Test
  void wrongLengthsAreMalformedAndVisitNothing() {
    Buffer data = Buffer.buffer(new byte[] {0, 0, 0, 2, 9, 16, 0, 0, 0, 3, 5, 1});
    assertThatThrownBy(
            () ->
                NalUnits.read(
                    "unit",
                    data,
                    4,
                    (units, from, length) -> {
                      throw new AssertionError("visited");
                    }))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("unit at byte 6: NAL unit of 3 bytes goes past the end");
  }

  @Test
  void aLengthOf256To511IsNoStartCodeEvenWhenALaterLengthIsWrong() {
    for (int length : new int[] {256, 0x165, 511}) {
      Buffer data = Buffer.buffer().appendInt(length).appendByte((byte) 0x65);
      data.appendBytes(new byte[length - 1]).appendInt(9).appendByte((byte) 0x41);
      assertThatThrownBy(() -> read(data, 4))
          .isInstanceOf(MalformedMediaException.class)
          .hasMessageContaining("NAL unit of 9 bytes goes past the end");
    }
  }

  private static Buffer read(Buffer data, int lengthSize) {
    return NalUnits.read("unit", data, lengthSize, (units, from, length) -> {});
  }

  /** Units as an encoder makes them: no start code inside, no zero at the end. */
  private static List<Buffer> units(RandomGenerator random) {
    List<Buffer> units = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      byte[] bytes = new byte[2 + random.nextInt(200)];
      for (int at = 0; at < bytes.length; at++) {
        boolean zeroAllowed = at > 0 && at < bytes.length - 1 && bytes[at - 1] != 0;
        bytes[at] = (byte) (zeroAllowed && random.nextInt(3) == 0 ? 0 : 4 + random.nextInt(250));
      }
      units.add(Buffer.buffer(bytes));
    }
    return units;
  }

  private static Buffer withLengths(
      List<Buffer> units, int size, RandomGenerator random, boolean withEmpty) {
    Buffer out = Buffer.buffer();
    for (Buffer unit : units) {
      if (withEmpty && random.nextInt(4) == 0) {
        out.appendBytes(new byte[size]);
      }
      out.appendBytes(new byte[size - 1]).appendByte((byte) unit.length()).appendBuffer(unit);
    }
    return withEmpty ? out.appendBytes(new byte[random.nextInt(size)]) : out;
  }

  private static Buffer withStartCodes(List<Buffer> units, int firstZeros, RandomGenerator random) {
    Buffer out = Buffer.buffer();
    for (Buffer unit : units) {
      int zeros = out.length() == 0 ? firstZeros : 2 + random.nextInt(2);
      out.appendBytes(new byte[zeros]).appendByte((byte) 1).appendBuffer(unit);
    }
    return out.appendBytes(new byte[random.nextInt(4)]);
  }
}
