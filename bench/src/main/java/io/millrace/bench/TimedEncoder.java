package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.FlvClip.Tag;
import io.millrace.testkit.rtmp.Message;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes a clip again and again at its natural speed, each tag by itself when its time has come,
 * and knows when each picture was sent. The clip's pictures and sounds begin at 0, and one round
 * lasts as long as its pictures.
 */
final class TimedEncoder implements AutoCloseable {
  private static final int MOST_PICTURES = 100_000;

  private final FakeEncoder encoder;
  private final List<Tag> tags;
  private final int roundMillis;
  private final long[] sentAt = new long[MOST_PICTURES];
  private final Thread thread;
  private volatile int pictures;
  private volatile boolean over;

  private TimedEncoder(FakeEncoder encoder, FlvClip clip) {
    List<Tag> media = clip.media();
    List<Tag> shown = media.stream().filter(tag -> tag.type() == Message.VIDEO).toList();
    this.encoder = encoder;
    this.roundMillis =
        Math.toIntExact(
            Math.round(shown.size() * shown.getLast().timestamp() / (shown.size() - 1.0)));
    this.tags =
        media.stream()
            .filter(tag -> tag.timestamp() < roundMillis)
            .sorted(Comparator.comparingLong(Tag::timestamp))
            .toList();
    this.thread = Thread.ofPlatform().name("encoder").start(this::send);
  }

  static TimedEncoder publish(int port, String stream, FlvClip clip) {
    FakeEncoder encoder = FakeEncoder.open(port, Dialect.OBS);
    encoder.publish("live", stream + "?key=" + MillraceProcess.PUBLISH_KEY);
    encoder.media(clip.headers(), 0);
    return new TimedEncoder(encoder, clip);
  }

  /**
   * When a picture began to be sent.
   *
   * @param picture by its number, from 0
   * @return {@link System#nanoTime}
   */
  long sentAtNanos(int picture) {
    if (picture >= pictures) {
      throw new IllegalArgumentException("picture " + picture + " of " + pictures);
    }
    return sentAt[picture];
  }

  private void send() {
    long began = System.nanoTime();
    int sent = 0;
    for (long round = 0; !over; round++) {
      for (Tag tag : tags) {
        long due = began + (tag.timestamp() + round * roundMillis) * 1_000_000;
        for (long left = due - System.nanoTime();
            left > 0 && !over;
            left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        if (over || sent == MOST_PICTURES) {
          return;
        }
        if (tag.type() == Message.VIDEO) {
          sentAt[sent] = System.nanoTime();
          sent++;
          pictures = sent;
        }
        encoder.media(List.of(tag), round * roundMillis);
      }
    }
  }

  @Override
  public void close() {
    over = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    encoder.close();
  }
}
