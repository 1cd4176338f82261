package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's side of the handshake (RTMP 1.0, 5.2), plain or with Flash's undocumented digests: a
 * client that sets a version in C1 hides an HMAC-SHA256 of C1 in it, at a place that four bytes
 * near the start (scheme 0) or the middle (scheme 1) tell, and expects the same in S1 and an answer
 * to its digest in S2. When neither place holds a right digest, the plain handshake is made. C2 is
 * read and not verified: many encoders send something else.
 *
 * <pre>
 *   waiting for C0+C1 --(answer S0+S1+S2)--> waiting for C2 --> done
 * </pre>
 */
final class RtmpHandshake {
  static final int LENGTH = 1536;

  private static final int VERSION = 3;

  /** The first byte of what a TLS client sends. */
  private static final int TLS_HANDSHAKE = 22;

  private static final int DIGEST_LENGTH = 32;
  private static final byte[] SUFFIX =
      HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");
  private static final byte[] CLIENT_KEY = key("Genuine Adobe Flash Player 001");
  private static final byte[] SERVER_KEY = key("Genuine Adobe Flash Media Server 001");
  private static final int CLIENT_PARTIAL = 30;
  private static final int SERVER_PARTIAL = 36;
  private static final int[] SCHEME_BASES = {8, 772};

  private final RandomGenerator random;
  private final Buffer pending = Buffer.buffer();
  private boolean answered;
  private boolean done;

  RtmpHandshake(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Takes bytes from the client.
   *
   * @return what to send now; empty when nothing
   * @throws MalformedMediaException when the client does not speak RTMP
   */
  Buffer receive(Buffer bytes) {
    pending.appendBuffer(bytes);
    Buffer out = Buffer.buffer();
    if (!answered && pending.length() > 0) {
      checkVersion(pending.getUnsignedByte(0));
      if (pending.length() > LENGTH) {
        answer(pending.getBytes(1, 1 + LENGTH), out);
        answered = true;
      }
    }
    done = answered && pending.length() > 2 * LENGTH;
    return out;
  }

  boolean isDone() {
    return done;
  }

  /** What came after the handshake in the same read. */
  Buffer rest() {
    return pending.getBuffer(1 + 2 * LENGTH, pending.length());
  }

  private static void checkVersion(int version) {
    if (version != VERSION) {
      throw new MalformedMediaException(
          "handshake",
          0,
          switch (version) {
            case 6, 8 -> "encrypted RTMP (RTMPE) is not supported";
            case TLS_HANDSHAKE ->
                "this is TLS, not RTMP; RTMPS has a port of its own (ingest.rtmps.port)";
            default -> "version " + version + " is not RTMP";
          });
    }
  }

  private void answer(byte[] c1, Buffer out) {
    byte[] s1 = new byte[LENGTH];
    byte[] s2 = c1;
    random.nextBytes(s1);
    Arrays.fill(s1, 0, 8, (byte) 0);
    int base = digestBase(c1);
    if (base >= 0) {
      s1[4] = 4;
      s1[5] = 5;
      s1[7] = 1;
      int position = digestPosition(s1, base);
      System.arraycopy(
          digest(s1, position, SERVER_KEY, SERVER_PARTIAL), 0, s1, position, DIGEST_LENGTH);
      s2 = answerTo(c1, digestPosition(c1, base));
    }
    out.appendByte((byte) VERSION).appendBytes(s1).appendBytes(s2);
  }

  private byte[] answerTo(byte[] c1, int position) {
    byte[] s2 = new byte[LENGTH];
    random.nextBytes(s2);
    byte[] digest = Arrays.copyOfRange(c1, position, position + DIGEST_LENGTH);
    byte[] key = hmac(SERVER_KEY, SERVER_KEY.length, digest, digest.length, 0);
    int signed = LENGTH - DIGEST_LENGTH;
    System.arraycopy(hmac(key, key.length, s2, signed, 0), 0, s2, signed, DIGEST_LENGTH);
    return s2;
  }

  /** Where the client's digest offset is told, or -1 when C1 carries no right digest. */
  private static int digestBase(byte[] c1) {
    if (c1[4] == 0 && c1[5] == 0 && c1[6] == 0 && c1[7] == 0) {
      return -1;
    }
    for (int base : SCHEME_BASES) {
      int position = digestPosition(c1, base);
      byte[] sent = Arrays.copyOfRange(c1, position, position + DIGEST_LENGTH);
      if (MessageDigest.isEqual(sent, digest(c1, position, CLIENT_KEY, CLIENT_PARTIAL))) {
        return base;
      }
    }
    return -1;
  }

  static int digestPosition(byte[] block, int base) {
    int sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += block[base + i] & 0xFF;
    }
    return base + 4 + sum % 728;
  }

  /** The digest of C1 or S1 without the 32 bytes where it stands itself. */
  private static byte[] digest(byte[] block, int position, byte[] key, int keyLength) {
    return hmac(key, keyLength, block, position, position + DIGEST_LENGTH);
  }

  /** HMAC of the data up to {@code end} and, when {@code from} is not 0, from there on. */
  private static byte[] hmac(byte[] key, int keyLength, byte[] data, int end, int from) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, 0, keyLength, "HmacSHA256"));
      mac.update(data, 0, end);
      if (from > 0) {
        mac.update(data, from, data.length - from);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
    }
  }

  private static byte[] key(String words) {
    byte[] text = words.getBytes(StandardCharsets.US_ASCII);
    byte[] key = Arrays.copyOf(text, text.length + SUFFIX.length);
    System.arraycopy(SUFFIX, 0, key, text.length, SUFFIX.length);
    return key;
  }
}
