package io.millrace.testkit.rtmp;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The real clip as the messages that an encoder would send: metadata, sequence headers, audio and
 * video, in the order of their times.
 */
public final class FlvClip {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /** What an H.264 tag holds: neither a sequence header nor the sequence's end. */
  private static final int PICTURE = 1;

  /** Types of H.264's NAL units up to this one are those of slices. */
  private static final int LAST_SLICE = 5;

  /**
   * One message's content.
   *
   * @param type {@link Message#AUDIO}, {@link Message#VIDEO} or {@link Message#DATA}
   * @param timestamp milliseconds
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared and never changed.
  public record Tag(int type, long timestamp, byte[] payload) {
    /** Whether it is a sequence header, or Enhanced RTMP's multichannel layout. */
    public boolean isHeader() {
      if (type == Message.VIDEO && (payload[0] & 0x80) != 0) {
        return (payload[0] & 0x0F) == 0;
      }
      boolean layout = type == Message.AUDIO && (payload[0] & 0xFF) == 0x94;
      return layout || (type != Message.DATA && payload.length > 1 && payload[1] == 0);
    }

    /** Whether it says that the pictures are over, and is none. */
    public boolean isEnd() {
      if (type != Message.VIDEO) {
        return false;
      }
      boolean enhanced = (payload[0] & 0x80) != 0;
      return enhanced ? (payload[0] & 0x0F) == 2 : payload.length > 1 && payload[1] == 2;
    }
  }

  private final List<Tag> tags;

  private FlvClip(List<Tag> tags) {
    this.tags = List.copyOf(tags);
  }

  /** The whole clip of thirty seconds. Made anew by each call: keep it. */
  public static FlvClip bigBuckBunny() {
    return of("-i", Clips.bigBuckBunny().toString(), "-c", "copy");
  }

  /**
   * The clip's beginning encoded anew: H.264 with a key frame every second, 24 pictures a second,
   * AAC with two channels. Made anew by each call: keep it.
   *
   * @param size of the pictures, as {@code 426x240}
   */
  public static FlvClip encoded(String size, Duration length) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-t", Long.toString(length.toSeconds())));
    arguments.addAll(List.of("-i", Clips.bigBuckBunny().toString()));
    arguments.addAll(List.of("-vf", "scale=" + size + ",setsar=1"));
    arguments.addAll(List.of("-c:v", "libx264", "-preset", "veryfast", "-sc_threshold", "0"));
    arguments.addAll(List.of("-g", "24", "-keyint_min", "24", "-ac", "2", "-c:a", "aac"));
    return of(arguments.toArray(String[]::new));
  }

  /** What FFmpeg makes of these arguments. */
  public static FlvClip of(String... input) {
    try {
      Path file = Files.createTempFile("clip", ".flv");
      try {
        List<String> arguments = new ArrayList<>(List.of("-y"));
        arguments.addAll(Arrays.asList(input));
        arguments.addAll(
            List.of("-f", "flv", "-flvflags", "no_duration_filesize", file.toString()));
        Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
        return new FlvClip(read(ByteBuffer.wrap(Files.readAllBytes(file))));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same with captions in its H.264 pictures.
   *
   * @param packets what each picture carries, in the order of presentation; pictures behind the
   *     last carry none
   */
  public FlvClip captioned(List<List<CcData>> packets) {
    List<Tag> shown =
        tags.stream()
            .filter(tag -> tag.type() == Message.VIDEO && tag.payload()[1] == PICTURE)
            .sorted(Comparator.comparingLong(FlvClip::presented))
            .toList();
    IdentityHashMap<Tag, List<CcData>> carried = new IdentityHashMap<>();
    for (int i = 0; i < Math.min(shown.size(), packets.size()); i++) {
      carried.put(shown.get(i), packets.get(i));
    }
    return new FlvClip(
        tags.stream()
            .map(tag -> carried.containsKey(tag) ? captioned(tag, carried.get(tag)) : tag)
            .toList());
  }

  private static long presented(Tag picture) {
    return picture.timestamp() + (medium(ByteBuffer.wrap(picture.payload(), 2, 3)) << 8 >> 8);
  }

  /** The message stands before the picture's first slice. */
  private static Tag captioned(Tag picture, List<CcData> packets) {
    ByteBuffer units = ByteBuffer.wrap(picture.payload()).position(5);
    while ((picture.payload()[units.position() + 4] & 0x1F) > LAST_SLICE) {
      units.position(units.position() + 4 + units.getInt(units.position()));
    }
    byte[] message = CaptionNal.accessUnit(CaptionNal.avc(packets));
    ByteBuffer payload = ByteBuffer.allocate(picture.payload().length + message.length);
    payload.put(picture.payload(), 0, units.position()).put(message).put(units);
    return new Tag(picture.type(), picture.timestamp(), payload.array());
  }

  /** Every tag, in the file's order. */
  public List<Tag> tags() {
    return tags;
  }

  /** What is sent once, before everything else: metadata and sequence headers. */
  public List<Tag> headers() {
    return tags.stream().filter(tag -> tag.type() == Message.DATA || tag.isHeader()).toList();
  }

  /**
   * Pictures and sounds, and nothing else: what an encoder that repeats the clip sends in each
   * round. FFmpeg ends a file with a tag that says that the pictures are over.
   */
  public List<Tag> media() {
    return tags.stream()
        .filter(tag -> tag.type() != Message.DATA && !tag.isHeader() && !tag.isEnd())
        .toList();
  }

  /** The beginning, up to a time. */
  public List<Tag> first(Duration length) {
    return tags.stream().filter(tag -> tag.timestamp() < length.toMillis()).toList();
  }

  private static List<Tag> read(ByteBuffer file) {
    List<Tag> tags = new ArrayList<>();
    file.position(9 + 4);
    while (file.remaining() > 11) {
      int type = file.get();
      int length = medium(file);
      long timestamp = medium(file) | ((long) (file.get() & 0xFF) << 24);
      medium(file);
      byte[] payload = new byte[length];
      file.get(payload).getInt();
      tags.add(new Tag(type, timestamp, payload));
    }
    return tags;
  }

  private static int medium(ByteBuffer file) {
    return ((file.get() & 0xFF) << 16) | (file.getShort() & 0xFFFF);
  }
}
