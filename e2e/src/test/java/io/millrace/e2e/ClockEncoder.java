package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * A camera that looks at the real clip and at this machine's clock, and an encoder behind it that
 * publishes both as it is filmed: 854 × 480, 24 pictures a second, H.264 without anything to wait
 * for, a key frame every two seconds, and AAC.
 *
 * <p>Each picture has the moment at which it was due in a row of blocks, white for 1 and black for
 * 0: 24 bits of the milliseconds since 1970, then a sum of 8 bits, the highest first. {@code
 * e2e/browser/clock.js} reads it. FFmpeg lays the row over the clip's pictures; the row and the
 * sound come to it by two sockets, each part of them when its time has come and no sooner.
 */
final class ClockEncoder implements AutoCloseable {
  private static final int PICTURES_A_SECOND = 24;
  private static final long SECOND_NANOS = 1_000_000_000;

  private static final int BLOCKS = 32;
  private static final int SUM_BITS = 8;
  private static final int SUM_SEED = 0xA5;

  /** Pixels; those of the reader are the same. */
  private static final int SIDE = 24;

  private static final int LEFT = 43;
  private static final int TOP = 8;

  private static final int SOUND_RATE = 48_000;
  private static final int BYTES_A_SAMPLE = 4;
  private static final int SAMPLES_A_PICTURE = SOUND_RATE / PICTURES_A_SECOND;
  private static final int LOUDNESS = 3_000;

  /** Vibrations a second. */
  private static final int TONE = 440;

  private final ServerSocket clockDoor;
  private final ServerSocket soundDoor;
  private final Program ffmpeg;

  /** The first picture's moment, by the clock that counts and by the one that is shown. */
  private final long began = System.nanoTime();

  private final long beganMillis = System.currentTimeMillis();
  private volatile boolean over;

  private ClockEncoder(String url) {
    try {
      InetAddress here = InetAddress.getLoopbackAddress();
      this.clockDoor = new ServerSocket(0, 1, here);
      this.soundDoor = new ServerSocket(0, 1, here);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String size = BLOCKS * SIDE + "x" + SIDE;
    String overlay =
        "[0:v]setpts=N/%d/TB[film];[film][1:v]overlay=x=%d:y=%d:eof_action=endall[out]"
            .formatted(PICTURES_A_SECOND, LEFT, TOP);
    this.ffmpeg =
        Ffmpeg.start(
            ("-stream_loop -1 -i %s -analyzeduration 0 -probesize 32 -f rawvideo -pixel_format gray -video_size %s -framerate %d -i"
                    + " %s -analyzeduration 0 -probesize 32 -f s16le -ar %d -ch_layout stereo -i %s -filter_complex %s -map [out]"
                    + " -map 2:a -c:v libx264 -preset superfast -tune zerolatency -threads 1 -g 48"
                    + " -keyint_min 48 -sc_threshold 0 -b:v 1500k -maxrate 1500k -bufsize 750k"
                    + " -pix_fmt yuv420p -c:a aac -b:a 96k -flush_packets 1 -f flv %s")
                .formatted(
                    Clips.bigBuckBunny(),
                    size,
                    PICTURES_A_SECOND,
                    address(clockDoor),
                    SOUND_RATE,
                    address(soundDoor),
                    overlay,
                    url)
                .split(" "));
    send(clockDoor, picture -> row(beganMillis + dueNanos(picture) / 1_000_000));
    send(soundDoor, ClockEncoder::tone);
  }

  /** Publishes until it is closed. */
  static ClockEncoder publish(String url) {
    return new ClockEncoder(url);
  }

  /** Fails with the encoder's own words once it has ended. */
  void mustLive() {
    if (!ffmpeg.isAlive()) {
      throw new AssertionError("the encoder has ended: " + ffmpeg.errorsSoFar());
    }
  }

  @Override
  public void close() {
    over = true;
    ffmpeg.close();
    try (clockDoor;
        soundDoor) {
      // Whoever still waits for FFmpeg is told.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends what belongs to each picture when that is due, from a thread of its own. */
  private void send(ServerSocket door, LongFunction<byte[]> belongings) {
    Thread.ofPlatform()
        .name("camera")
        .daemon()
        .start(
            () -> {
              try (Socket socket = door.accept()) {
                send(socket.getOutputStream(), belongings);
              } catch (IOException e) {
                if (!over) {
                  throw new UncheckedIOException("the encoder takes no more", e);
                }
              }
            });
  }

  private void send(OutputStream out, LongFunction<byte[]> belongings) throws IOException {
    for (long picture = 0; !over; picture++) {
      long due = began + dueNanos(picture);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      out.write(belongings.apply(picture));
    }
  }

  private static long dueNanos(long picture) {
    return picture * SECOND_NANOS / PICTURES_A_SECOND;
  }

  /** The blocks of a moment, as FFmpeg's {@code gray}. */
  private static byte[] row(long millis) {
    int clock = (int) (millis & 0xFFFFFF);
    int sum = SUM_SEED ^ (clock >> 16) ^ (clock >> 8 & 0xFF) ^ (clock & 0xFF);
    long bits = (long) clock << SUM_BITS | sum;
    byte[] line = new byte[BLOCKS * SIDE];
    for (int block = 0; block < BLOCKS; block++) {
      boolean isSet = (bits >> (BLOCKS - 1 - block) & 1) == 1;
      Arrays.fill(line, block * SIDE, (block + 1) * SIDE, (byte) (isSet ? 0xFF : 0));
    }
    byte[] row = new byte[line.length * SIDE];
    for (int y = 0; y < SIDE; y++) {
      System.arraycopy(line, 0, row, y * line.length, line.length);
    }
    return row;
  }

  /** What was heard since the picture before: samples of 16 bits, the same for both ears. */
  private static byte[] tone(long picture) {
    long first = (picture - 1) * SAMPLES_A_PICTURE;
    ByteBuffer samples =
        ByteBuffer.allocate(SAMPLES_A_PICTURE * BYTES_A_SAMPLE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < SAMPLES_A_PICTURE; i++) {
      short level = (short) (LOUDNESS * Math.sin(2 * Math.PI * TONE * (first + i) / SOUND_RATE));
      samples.putShort(level).putShort(level);
    }
    return samples.array();
  }

  private static String address(ServerSocket door) {
    return "tcp://127.0.0.1:" + door.getLocalPort();
  }
}
