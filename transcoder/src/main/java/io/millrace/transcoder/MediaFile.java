package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/**
 * A file with media, of the kinds that are taken: MP4 and QuickTime, Matroska and WebM, MPEG-TS,
 * FLV. It opens no other file, whatever it names. For one thread.
 */
final class MediaFile implements AutoCloseable {
  private static final String FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,flv";

  /** What FFmpeg counts a file's own times in. */
  private static final int MICROSECONDS = 1_000_000;

  /** Less than what files of segments can have before their zero. */
  private static final long LONGEST_LEAD_NANOS = 5_000_000_000L;

  /** The types of the boxes that an MP4 or QuickTime file begins with (ISO/IEC 14496-12 4.3). */
  private static final Set<String> FIRST_BOXES =
      Set.of("ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp");

  private final AVFormatContext format = new AVFormatContext(null);
  private final AVPacket packet = Native.allocated(av_packet_alloc());

  /**
   * @throws FileRefusal when it is none of these kinds, or is broken from the start
   */
  MediaFile(Path path) {
    AVDictionary options = new AVDictionary(null);
    av_dict_set(options, "format_whitelist", FORMATS, 0);
    av_dict_set(options, "protocol_whitelist", "file", 0);
    int opened = avformat_open_input(format, "file:" + path, (AVInputFormat) null, options);
    if (opened < 0) {
      av_packet_free(packet);
      throw new FileRefusal(whyNot(path, opened));
    }
    if (format.iformat().name().getString().startsWith("mov") && isCutOff(path)) {
      close();
      throw new FileRefusal("the file was cut off: its end is missing; upload it again");
    }
    if (avformat_find_stream_info(format, (AVDictionary) null) < 0) {
      close();
      throw new FileRefusal("the file has no tracks that can be read; it may be damaged");
    }
  }

  private static String whyNot(Path path, int error) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() == 0) {
        return "the file is empty";
      }
      byte[] start = new byte[8];
      if (file.read(start) == start.length
          && FIRST_BOXES.contains(new String(start, 4, 4, StandardCharsets.US_ASCII))) {
        return "the file has no index that can be read (moov): it was cut off, or its program never"
            + " finished it; upload it again, or record it anew";
      }
    } catch (IOException e) {
      return "the file cannot be read: "
          + (Files.exists(path) ? NativeFailure.words(error) : "it is not there");
    }
    return "this is no media file of a known kind; MP4, MOV, MKV, WebM, MPEG-TS and FLV can be"
        + " imported";
  }

  /**
   * Whether the last box of an MP4 file is longer than what there is of it (ISO/IEC 14496-12 4.2);
   * what comes behind the boxes, as some cameras have it, is not looked at.
   */
  private static boolean isCutOff(Path path) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long at = 0;
      while (at + 8 <= file.length()) {
        file.seek(at);
        long size = Integer.toUnsignedLong(file.readInt());
        int type = file.readInt();
        if (size == 1 && at + 16 <= file.length()) {
          size = file.readLong();
        }
        boolean isBox = size >= 8 && (type & 0x8080_8080) == 0 && type > 0x1F1F_1F1F;
        if (!isBox) {
          return false;
        }
        if (size > file.length() - at) {
          return true;
        }
        at += size;
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  List<AVStream> streams() {
    List<AVStream> streams = new ArrayList<>();
    for (int i = 0; i < format.nb_streams(); i++) {
      streams.add(format.streams(i));
    }
    return streams;
  }

  /**
   * Where its media begins, in nanoseconds of its own clock. Pictures that an edit list cuts off
   * may come a little before, as decoders need them; where it is more, they are the beginning.
   */
  long startNanos() {
    long start = format.start_time();
    long begins = start == Native.NO_TIME ? 0 : start * (1_000_000_000L / MICROSECONDS);
    long first = streams().stream().mapToLong(MediaFile::firstNanos).min().orElse(begins);
    return begins - first > LONGEST_LEAD_NANOS ? first : begins;
  }

  /** When the first access unit of a track's index is decoded; never before where there is none. */
  private static long firstNanos(AVStream stream) {
    AVIndexEntry first = avformat_index_get_entry(stream, 0);
    if (first == null || first.isNull()) {
      return Long.MAX_VALUE;
    }
    double seconds =
        (double) first.timestamp() * stream.time_base().num() / stream.time_base().den();
    return Math.round(seconds * 1e9);
  }

  /** How long it says that it is; 0 where it doesn't. */
  long durationNanos() {
    long duration = format.duration();
    return duration == Native.NO_TIME || duration < 0
        ? 0
        : duration * (1_000_000_000L / MICROSECONDS);
  }

  /** Takes the next packet. */
  interface Taker {
    void take(AVPacket packet);
  }

  /**
   * Reads the next packet.
   *
   * @return false at the end
   * @throws FileRefusal where it is damaged
   */
  boolean next(Taker to) {
    int read = av_read_frame(format, packet);
    if (read == AVERROR_EOF()) {
      return false;
    }
    if (read < 0) {
      throw new FileRefusal("the file is damaged: " + NativeFailure.words(read));
    }
    try {
      to.take(packet);
    } finally {
      av_packet_unref(packet);
    }
    return true;
  }

  @Override
  public void close() {
    avformat_close_input(format);
    av_packet_free(packet);
  }
}
