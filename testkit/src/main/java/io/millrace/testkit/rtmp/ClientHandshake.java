package io.millrace.testkit.rtmp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A client's half of the handshake, and what it expects of the server's. */
public final class ClientHandshake {
  /** Which digest C1 carries. */
  public enum Kind {
    /** None: the version is zero, C2 echoes S1. */
    PLAIN,
    /** As {@link #PLAIN}, and C2 is noise. */
    CARELESS,
    /** Its place is told at byte 8. */
    DIGEST_AT_8,
    /** Its place is told at byte 772. */
    DIGEST_AT_772
  }

  static final int LENGTH = 1536;
  private static final int DIGEST = 32;
  private static final byte[] SUFFIX =
      HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");
  private static final byte[] PLAYER = ascii("Genuine Adobe Flash Player 001");
  private static final byte[] SERVER = ascii("Genuine Adobe Flash Media Server 001");

  private final Kind kind;
  private final RandomGenerator random;
  private final byte[] c1 = new byte[LENGTH];

  public ClientHandshake(Kind kind, RandomGenerator random) {
    this.kind = kind;
    this.random = random;
    random.nextBytes(c1);
    Arrays.fill(c1, 4, 8, (byte) 0);
    if (base() > 0) {
      c1[4] = 9;
      c1[6] = 124;
      c1[7] = 2;
      int position = position(c1, base());
      System.arraycopy(hmac(PLAYER, without(c1, position)), 0, c1, position, DIGEST);
    }
  }

  /** C0 and C1. */
  public byte[] first() {
    return new Bytes().u8(3).add(c1).toArray();
  }

  /**
   * C2, the answer to S0, S1 and S2.
   *
   * @throws IllegalStateException when a client of this kind would not go on
   */
  public byte[] second(byte[] answer) {
    if (answer.length != 1 + 2 * LENGTH || answer[0] != 3) {
      throw new IllegalStateException("S0 to S2 are " + answer.length + " bytes");
    }
    byte[] s1 = Arrays.copyOfRange(answer, 1, 1 + LENGTH);
    byte[] s2 = Arrays.copyOfRange(answer, 1 + LENGTH, answer.length);
    if (base() > 0) {
      int position = position(s1, base());
      byte[] sent = Arrays.copyOfRange(s1, position, position + DIGEST);
      byte[] own = Arrays.copyOfRange(c1, position(c1, base()), position(c1, base()) + DIGEST);
      byte[] key = hmac(new Bytes().add(SERVER).add(SUFFIX).toArray(), own);
      boolean right =
          Arrays.equals(sent, hmac(SERVER, without(s1, position)))
              && Arrays.equals(
                  Arrays.copyOfRange(s2, LENGTH - DIGEST, LENGTH),
                  hmac(key, Arrays.copyOf(s2, LENGTH - DIGEST)));
      if (!right) {
        throw new IllegalStateException("the server's digests are wrong");
      }
    } else if (!Arrays.equals(s2, c1)) {
      throw new IllegalStateException("S2 does not echo C1");
    }
    if (kind != Kind.PLAIN) {
      random.nextBytes(s1);
    }
    return s1;
  }

  private int base() {
    return switch (kind) {
      case PLAIN, CARELESS -> 0;
      case DIGEST_AT_8 -> 8;
      case DIGEST_AT_772 -> 772;
    };
  }

  private static int position(byte[] block, int base) {
    int sum = 0;
    for (int i = base; i < base + 4; i++) {
      sum += block[i] & 0xFF;
    }
    return sum % 728 + base + 4;
  }

  private static byte[] without(byte[] block, int position) {
    return new Bytes()
        .add(block, 0, position)
        .add(block, position + DIGEST, LENGTH - position - DIGEST)
        .toArray();
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
