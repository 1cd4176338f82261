package io.millrace.broker.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionTest {
  private static final Position OF_TOPIC =
      new Position.OfTopic(0xCAFE_BABE, 3, 7, 1_234_567, 1_790_000_000_000L);
  private static final Position OF_FILTER =
      new Position.OfFilter(0xCAFE_BABE, 0, Offsets.of(0, 1, 127, 128), 1_790_000_000_000L);

  /** Tokens are kept by clients, so they must be read for ever. */
  @Test
  void tokensAreTheseForEver() {
    assertThat(OF_TOPIC.token()).isEqualTo("Ecr-ur4DgNjBoow0B4etSzjstmY");
    assertThat(OF_FILTER.token()).isEqualTo("Esr-ur4AgNjBoow0BAABf4ABWi2ePg");
    assertThat(Position.parse("Ecr-ur4DgNjBoow0B4etSzjstmY"))
        .isEqualTo(new Parsed.Value<>(OF_TOPIC));
    assertThat(Position.parse("Esr-ur4AgNjBoow0BAABf4ABWi2ePg"))
        .isEqualTo(new Parsed.Value<>(OF_FILTER));
  }

  @Test
  void theLargestTokenIsWithinItsBounds() {
    Position topic =
        new Position.OfTopic(-1, Integer.MAX_VALUE, 1_023, Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(topic.token()).hasSize(PositionWriter.MAX_LENGTH_OF_TOPIC);
    assertThat(Position.parse(topic.token())).isEqualTo(new Parsed.Value<>(topic));
    long[] next = new long[Offsets.MAX_PARTITIONS];
    Arrays.fill(next, Long.MAX_VALUE);
    Position filter =
        new Position.OfFilter(-1, Integer.MAX_VALUE, Offsets.of(next), Long.MAX_VALUE);
    assertThat(filter.token()).hasSize(PositionWriter.MAX_LENGTH);
    assertThat(Position.parse(filter.token())).isEqualTo(new Parsed.Value<>(filter));
    assertThat(PositionWriter.maxLengthOfFilter(1_024)).isEqualTo(PositionWriter.MAX_LENGTH);
  }

  @Test
  void aTokenIsWrittenWhereItIsWanted() {
    byte[] target = new byte[100];
    int end =
        new PositionWriter().write(0xCAFE_BABE, 3, 7, 1_234_567, 1_790_000_000_000L, target, 10);
    assertThat(new String(target, 10, end - 10, StandardCharsets.US_ASCII))
        .isEqualTo(OF_TOPIC.token());
    assertThat(target[9]).isZero();
    assertThat(target[end]).isZero();
  }

  @Test
  void aTokenThatWasDamagedIsRefusedWithWords() {
    String token = OF_TOPIC.token();
    refused("", "a position is not empty");
    refused("ä" + token, "a position has only A-Z, a-z, 0-9, '-' and '_', not what it has at 0");
    refused(token + "=", "a position has only .* at " + token.length());
    refused("A".repeat(PositionWriter.MAX_LENGTH + 1), "a position has at most \\d+ characters");
    for (int cut = 1; cut < token.length(); cut++) {
      refused(token.substring(0, cut), "the position is mistyped or cut off.*");
    }
    refused(token + "A", "the position is mistyped or cut off.*");
    refused(token + token, "the position is mistyped or cut off.*");
  }

  /** Bytes whose checksum agrees and that no writer writes: 'C' is a cluster of four bytes. */
  @ParameterizedTest
  @CsvSource({
    "a later version, 21 C 00 00 00 00",
    "an unknown kind, 13 C 00 00 00 00",
    "no cluster, 11 00 00",
    "no numbers, 11 C",
    "no offset, 11 C 00 00 00",
    "more than there should be, 11 C 00 00 00 00 00",
    "a number longer than it needs, 11 C 80 00 00 00 00",
    "a generation of 32 bits, 11 C 80 80 80 80 08 00 00 00",
    "an offset of 64 bits, 11 C 00 00 00 80 80 80 80 80 80 80 80 80 01",
    "a number without an end, 11 C 00 00 00 FF",
    "partition 1024, 11 C 00 00 80 08 00",
    "no partitions, 12 C 00 00 00",
    "1025 partitions, 12 C 00 00 81 08 00",
    "fewer offsets than announced, 12 C 00 00 03 00 00",
    "more offsets than announced, 12 C 00 00 01 00 00"
  })
  void whatNoWriterWritesIsRefused(String what, String hex) {
    byte[] body = HexFormat.of().parseHex(hex.replace("C", "01020304").replace(" ", ""));
    refused(sealed(body), "(this is not a position that|the position is of a kind that).*");
  }

  @Test
  void aPositionsNumbersAreInRange() {
    assertThatThrownBy(() -> new Position.OfTopic(0, -1, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Position.OfTopic(0, 0, 1_024, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Position.OfTopic(0, 0, 0, -1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Position.OfFilter(0, 0, Offsets.of(1), -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(Offsets::of).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Offsets.of(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Offsets.of(new long[1_025]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClustersFingerprintIsTheBeginningOfItsHash() {
    assertThat(Position.clusterOf("")).isEqualTo(0xE3B0_C442);
    assertThat(Position.clusterOf("MkU3OEVBNTcwNTJENDM2Qg")).isNotEqualTo(Position.clusterOf("x"));
  }

  private static String sealed(byte[] body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    byte[] bytes = Arrays.copyOf(body, body.length + 4);
    for (int i = 0; i < 4; i++) {
      bytes[body.length + i] = (byte) (checksum.getValue() >>> (8 * i));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void refused(String token, String problem) {
    if (Position.parse(token) instanceof Parsed.Refused<Position>(String words)) {
      assertThat(words).matches(problem);
    } else {
      throw new AssertionError("read " + token);
    }
  }
}
