package io.millrace.ingest.rtmp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class RtmpHandshakeTest {
  private static final int LENGTH = 1536;
  private static final byte[] SUFFIX =
      HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");
  private static final byte[] PLAYER = "Genuine Adobe Flash Player 001".getBytes(US_ASCII);
  private static final byte[] SERVER = "Genuine Adobe Flash Media Server 001".getBytes(US_ASCII);

  // RTMP R1, R3
  @Test
  void aPlainClientGetsItsOwnBytesBackHoweverTheyWereSplit() {
    Seeds.forEach(
        30,
        random -> {
          byte[] c1 = new byte[LENGTH];
          random.nextBytes(c1);
          Arrays.fill(c1, 4, 8, (byte) 0);
          RtmpHandshake handshake = new RtmpHandshake(random);
          Buffer client =
              Buffer.buffer().appendByte((byte) 3).appendBytes(c1).appendBytes(new byte[LENGTH]);
          client.appendString("connect");
          Buffer answer = Buffer.buffer();
          for (int at = 0; at < client.length(); ) {
            int to = Math.min(client.length(), at + 1 + random.nextInt(400));
            answer.appendBuffer(handshake.receive(client.getBuffer(at, to)));
            at = to;
          }
          assertThat(answer.length()).isEqualTo(1 + 2 * LENGTH);
          assertThat(answer.getByte(0)).isEqualTo((byte) 3);
          assertThat(answer.getInt(5)).isZero();
          assertThat(answer.getBytes(1 + LENGTH, 1 + 2 * LENGTH)).isEqualTo(c1);
          assertThat(handshake.isDone()).isTrue();
          assertThat(handshake.rest().toString()).isEqualTo("connect");
        });
  }

  // RTMP R2
  @Test
  void aClientWithADigestOfEitherSchemeGetsDigestsThatItCanVerify() {
    for (int base : new int[] {8, 772}) {
      Seeds.forEach(
          50,
          random -> {
            byte[] c1 = signedC1(random, base);
            Buffer answer =
                new RtmpHandshake(random)
                    .receive(Buffer.buffer().appendByte((byte) 3).appendBytes(c1));
            byte[] s1 = answer.getBytes(1, 1 + LENGTH);
            int position = position(s1, base);
            assertThat(Arrays.copyOfRange(s1, position, position + 32))
                .isEqualTo(hmac(SERVER, without(s1, position)));

            byte[] s2 = answer.getBytes(1 + LENGTH, 1 + 2 * LENGTH);
            int sent = position(c1, base);
            byte[] key = hmac(concat(SERVER, SUFFIX), Arrays.copyOfRange(c1, sent, sent + 32));
            assertThat(Arrays.copyOfRange(s2, LENGTH - 32, LENGTH))
                .isEqualTo(hmac(key, Arrays.copyOf(s2, LENGTH - 32)));
          });
    }
  }

  // RTMP R2
  @Test
  void aVersionWithoutARightDigestIsAnsweredPlainly() {
    RandomGenerator random = Seeds.random(1);
    byte[] c1 = signedC1(random, 8);
    c1[1000] ^= 1;
    Buffer answer =
        new RtmpHandshake(random).receive(Buffer.buffer().appendByte((byte) 3).appendBytes(c1));
    assertThat(answer.getInt(5)).isZero();
    assertThat(answer.getBytes(1 + LENGTH, 1 + 2 * LENGTH)).isEqualTo(c1);
  }

  // RTMP R3
  @Test
  void otherVersionsAreRefusedAtTheFirstByte() {
    assertThatThrownBy(() -> new RtmpHandshake(Seeds.random(1)).receive(Buffer.buffer("GET /")))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("is not RTMP");
    assertThatThrownBy(
            () -> new RtmpHandshake(Seeds.random(1)).receive(Buffer.buffer(new byte[] {6})))
        .hasMessageContaining("RTMPE");
    assertThatThrownBy(
            () -> new RtmpHandshake(Seeds.random(1)).receive(Buffer.buffer(new byte[] {22, 3, 1})))
        .hasMessageContainingAll("this is TLS", "RTMPS has a port of its own (ingest.rtmps.port)");
  }

  private static byte[] signedC1(RandomGenerator random, int base) {
    byte[] c1 = new byte[LENGTH];
    random.nextBytes(c1);
    c1[4] = 9;
    int position = position(c1, base);
    System.arraycopy(hmac(PLAYER, without(c1, position)), 0, c1, position, 32);
    return c1;
  }

  private static int position(byte[] block, int base) {
    int sum = 0;
    for (int i = base; i < base + 4; i++) {
      sum += block[i] & 0xFF;
    }
    return sum % 728 + base + 4;
  }

  private static byte[] without(byte[] block, int position) {
    return concat(Arrays.copyOf(block, position), Arrays.copyOfRange(block, position + 32, LENGTH));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    return Buffer.buffer().appendBytes(a).appendBytes(b).getBytes();
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
