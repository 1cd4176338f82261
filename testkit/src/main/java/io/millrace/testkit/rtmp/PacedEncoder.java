package io.millrace.testkit.rtmp;

import io.millrace.testkit.Seeds;
import io.millrace.testkit.rtmp.FlvClip.Tag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FakeEncoder} that sends a clip again and again at its natural speed, its timestamps
 * going on, and that can change to another encoding of the same pictures at a key frame. It sends
 * from a thread of its own; its methods are called by one other thread.
 */
public final class PacedEncoder implements AutoCloseable {
  private static final long TICK_MILLIS = 10;
  private static final long STOP_SECONDS = 10;

  /** How long a jittery one keeps what it has, once in a while, in milliseconds. */
  private static final int LONGEST_HOLD = 900;

  /** The same, most of the time. */
  private static final int USUAL_HOLD = 60;

  /** One in so many holds is a long one. */
  private static final int LONG_HOLDS = 20;

  private final FakeEncoder encoder;
  private final String name;
  private final List<Tag> sound;
  private final long roundMillis;
  private final long began = System.nanoTime();
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

  private final Future<?> sending;

  // The pacing thread's.
  private List<Tag> pictures;
  private int nextPicture;
  private int nextSound;
  private long pictureRounds;
  private long soundRounds;
  private @Nullable RandomGenerator jitter;
  private long heldUntil;

  private volatile @Nullable List<Tag> wanted;
  private volatile Silence silence = new Silence(0, 0);
  private volatile int leftOut;

  /** A time without sound, in milliseconds since it began. */
  private record Silence(long from, long until) {
    boolean covers(long time) {
      return time >= from && time < until;
    }
  }

  private PacedEncoder(
      FakeEncoder encoder, String name, FlvClip clip, @Nullable RandomGenerator jitter) {
    this.encoder = encoder;
    this.name = name;
    this.pictures = media(clip, Message.VIDEO);
    this.roundMillis = pictures.getLast().timestamp() + pictures.get(1).timestamp();
    // What is longer than the pictures would overlap with the next round.
    this.sound =
        media(clip, Message.AUDIO).stream().filter(tag -> tag.timestamp() < roundMillis).toList();
    this.jitter = jitter;
    this.sending = pace.scheduleAtFixedRate(this::sendDue, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Publishes a clip as OBS does.
   *
   * @param name the stream's, with its key
   * @param clip with pictures and sound whose times begin at 0; it is repeated without a seam where
   *     whole pictures and whole AAC frames take the same time, as 24 seconds do
   */
  public static PacedEncoder publish(int port, String name, FlvClip clip) {
    return publish(port, name, clip, null);
  }

  /**
   * The same over a bad line: what is sent waits, for up to 60 ms mostly, now and then for up to
   * 900, and comes at once then. Timestamps stay what they are.
   *
   * @param seed of the waits
   */
  public static PacedEncoder publishJittery(int port, String name, FlvClip clip, long seed) {
    return publish(port, name, clip, Seeds.random(seed));
  }

  private static PacedEncoder publish(
      int port, String name, FlvClip clip, @Nullable RandomGenerator jitter) {
    FakeEncoder encoder = FakeEncoder.open(port, Dialect.OBS);
    encoder.publish("live", name);
    encoder.media(clip.headers(), 0);
    return new PacedEncoder(encoder, name, clip, jitter);
  }

  /** From the next key frame on the pictures are those of this clip; the sound goes on. */
  public void changeTo(FlvClip clip) {
    List<Tag> changed = new ArrayList<>();
    clip.headers().stream().filter(tag -> tag.type() == Message.VIDEO).forEach(changed::add);
    changed.addAll(media(clip, Message.VIDEO));
    wanted = changed;
  }

  /** From now on no sound is sent for so long; then it goes on as if it had been. */
  public void pauseSound(Duration length) {
    long now = (System.nanoTime() - began) / 1_000_000;
    silence = new Silence(now, now + length.toMillis());
  }

  /** How many frames of sound were not sent, in all pauses so far. */
  public int soundLeftOut() {
    return leftOut;
  }

  /** Whether the server has closed the connection, or does not take what is sent. */
  public boolean isBroken() {
    return sending.isDone() || encoder.isOver();
  }

  /** Ends as a user's click does. */
  public void unpublish() {
    stop();
    encoder.unpublish(name);
    encoder.close();
  }

  /** Ends as a crash does: the connection is reset in the middle of whatever was sent. */
  public void kill() {
    stop();
    encoder.reset();
  }

  @Override
  public void close() {
    pace.shutdownNow();
    encoder.close();
  }

  private void stop() {
    pace.shutdown();
    try {
      if (!pace.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the encoder does not stop sending");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void sendDue() {
    long now = (System.nanoTime() - began) / 1_000_000;
    if (isHeld(now)) {
      return;
    }
    List<Tag> due = new ArrayList<>();
    while (at(pictures.get(nextPicture), pictureRounds) <= now) {
      Tag picture = pictures.get(nextPicture);
      long time = at(picture, pictureRounds);
      List<Tag> other = wanted;
      if (other != null && isKeyFrame(picture)) {
        wanted = null;
        due.add(moved(other.getFirst(), time));
        pictures = other.subList(1, other.size());
        picture = pictures.get(nextPicture);
      }
      due.add(moved(picture, time));
      nextPicture = (nextPicture + 1) % pictures.size();
      pictureRounds += nextPicture == 0 ? 1 : 0;
    }
    int missing = leftOut;
    while (at(sound.get(nextSound), soundRounds) <= now) {
      long time = at(sound.get(nextSound), soundRounds);
      if (silence.covers(time)) {
        missing++;
      } else {
        due.add(moved(sound.get(nextSound), time));
      }
      nextSound = (nextSound + 1) % sound.size();
      soundRounds += nextSound == 0 ? 1 : 0;
    }
    leftOut = missing;
    due.sort(Comparator.comparingLong(Tag::timestamp));
    encoder.media(due, 0);
  }

  private boolean isHeld(long now) {
    if (now < heldUntil) {
      return true;
    }
    if (jitter != null) {
      heldUntil = now + jitter.nextInt(jitter.nextInt(LONG_HOLDS) == 0 ? LONGEST_HOLD : USUAL_HOLD);
    }
    return false;
  }

  private long at(Tag tag, long rounds) {
    return tag.timestamp() + rounds * roundMillis;
  }

  private static Tag moved(Tag tag, long time) {
    return new Tag(tag.type(), time, tag.payload());
  }

  /** The highest bit says that it is Enhanced RTMP's. */
  private static boolean isKeyFrame(Tag picture) {
    return (picture.payload()[0] & 0x70) == 0x10;
  }

  private static List<Tag> media(FlvClip clip, int type) {
    return clip.media().stream().filter(tag -> tag.type() == type).toList();
  }
}
