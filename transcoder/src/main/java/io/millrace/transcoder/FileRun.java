package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.WireSample;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * Reads one file from its beginning to its end: its first picture and its sound, in the order in
 * which they lie there. What is damaged is refused where it is noticed, whatever came before. For
 * one thread.
 */
final class FileRun {
  /** As many sounds as a stream has. */
  private static final int MOST_SOUNDS = 8;

  /** How much is read before the first access unit of each track must have come. */
  private static final int MOST_WAITING = 4_000;

  private static final long MOST_WAITING_BYTES = 24L << 20;

  /** Without anything of any track. */
  private static final long LONGEST_GAP_NANOS = 60_000_000_000L;

  /** The last packet of a file is often not whole, and no more comes then. */
  private static final int MOST_AFTER_DAMAGE = 32;

  /** A file may be a little shorter than it says. */
  private static final long LACK_NANOS = 500_000_000L;

  private static final double SECOND = 1e9;

  private final MediaFile file;
  private final Consumer<Frame> to;
  private final List<FileTrackReader> tracks = new ArrayList<>();
  private final Deque<WireSample> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean told;
  private long newestNanos;
  private int packetsAfterDamage = -1;

  private FileRun(MediaFile file, Consumer<Frame> to) {
    this.file = file;
    this.to = to;
  }

  /** Reads it; the last frame is {@link Frame.Ended} or {@link Frame.Refused}. */
  static void read(Path path, Consumer<Frame> to) {
    try (MediaFile file = new MediaFile(path)) {
      FileRun run = new FileRun(file, to);
      run.choose();
      run.readAll();
      to.accept(new Frame.Ended());
    } catch (FileRefusal e) {
      to.accept(new Frame.Refused(String.valueOf(e.getMessage())));
    }
  }

  private void choose() {
    boolean hasPicture = false;
    int sounds = 0;
    for (AVStream stream : file.streams()) {
      int type = stream.codecpar().codec_type();
      boolean isPicture =
          type == AVMEDIA_TYPE_VIDEO
              && (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) == 0
              && !hasPicture;
      boolean isSound = type == AVMEDIA_TYPE_AUDIO && sounds < MOST_SOUNDS;
      if (isPicture || isSound) {
        tracks.add(new FileTrackReader(tracks.size() + 1, stream, file.startNanos()));
        hasPicture |= isPicture;
        sounds += isSound ? 1 : 0;
      } else {
        Log.info(
            "of the file, track %d (%s) is left out"
                .formatted(
                    stream.index(), avcodec_get_name(stream.codecpar().codec_id()).getString()));
      }
    }
    if (tracks.isEmpty()) {
      throw new FileRefusal("the file has neither a picture nor sound");
    }
  }

  private void readAll() {
    while (file.next(this::take)) {
      // All is done with the packet.
    }
    tell();
    checkLength();
  }

  private void take(AVPacket packet) {
    Optional<FileTrackReader> track =
        tracks.stream().filter(its -> its.index() == packet.stream_index()).findFirst();
    if (track.isEmpty()) {
      return;
    }
    checkDamage(packet);
    if ((packet.flags() & Native.PACKET_CORRUPT) == 0) {
      sample(track.get(), packet);
    }
  }

  private void checkDamage(AVPacket packet) {
    boolean isDamaged = (packet.flags() & Native.PACKET_CORRUPT) != 0;
    if (packetsAfterDamage >= 0 || (isDamaged && told)) {
      packetsAfterDamage++;
    }
    if (packetsAfterDamage > MOST_AFTER_DAMAGE) {
      throw new FileRefusal(
          "the file is damaged at %.1f s; upload it again, or repair it: ffmpeg -i FILE -c:v libx264 -c:a aac OUT.mp4"
              .formatted(newestNanos / SECOND));
    }
  }

  private void sample(FileTrackReader track, AVPacket packet) {
    Optional<WireSample> sample;
    try {
      sample = track.sample(packet);
    } catch (FileRefusal e) {
      throw new FileRefusal(
          "at %.1f s: %s".formatted(newestNanos / SECOND, String.valueOf(e.getMessage())));
    }
    if (sample.isEmpty()) {
      return;
    }
    long reached = track.reachedNanos();
    if (told && reached - newestNanos > LONGEST_GAP_NANOS) {
      throw new FileRefusal(
          "its clock jumps from %.1f s to %.1f s; remux it: ffmpeg -i FILE -map 0 -c copy OUT.mp4"
              .formatted(newestNanos / SECOND, reached / SECOND));
    }
    newestNanos = Math.max(newestNanos, reached);
    if (told && track.hasChanged()) {
      tellTracks();
    }
    send(sample.get());
  }

  private void send(WireSample sample) {
    if (told) {
      to.accept(new Frame.FileSample(sample));
      return;
    }
    waiting.add(sample);
    waitingBytes += sample.payload().remaining();
    boolean full = waiting.size() >= MOST_WAITING || waitingBytes >= MOST_WAITING_BYTES;
    if (full || tracks.stream().allMatch(FileTrackReader::isKnown)) {
      tell();
    }
  }

  /** What is not known by now is told of when it comes. */
  private void tell() {
    if (told) {
      return;
    }
    told = true;
    if (waiting.isEmpty()) {
      throw new FileRefusal("the file has tracks and nothing in them; it may be damaged");
    }
    tellTracks();
    waiting.forEach(sample -> to.accept(new Frame.FileSample(sample)));
    waiting.clear();
  }

  private void tellTracks() {
    to.accept(
        new Frame.FileTracks(
            file.durationNanos(),
            tracks.stream().filter(FileTrackReader::isKnown).map(FileTrackReader::track).toList()));
  }

  /** Refuses a file that ends before it should. */
  private void checkLength() {
    long duration = file.durationNanos();
    if (newestNanos + LACK_NANOS + duration / 100 < duration) {
      throw new FileRefusal(
          "the file ends after %.1f of %.1f s: it was cut off, or is damaged there; upload it again"
              .formatted(newestNanos / SECOND, duration / SECOND));
    }
  }
}
