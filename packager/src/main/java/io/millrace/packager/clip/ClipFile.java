package io.millrace.packager.clip;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An open progressive MP4 file and how far it has been read. */
public final class ClipFile implements AutoCloseable {
  private static final long MAX_MOOV = 256L << 20;
  private static final int MAX_BOXES = 10_000;

  private final FileChannel channel;
  private final List<Movie.MovieTrack> tracks;
  private final int[] next;

  private ClipFile(FileChannel channel, List<Movie.MovieTrack> tracks) {
    this.channel = channel;
    this.tracks = tracks;
    this.next = new int[tracks.size()];
  }

  public static ClipFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ClipFile(channel, Movie.read(moov(channel), channel.size()));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public List<Track> tracks() {
    return tracks.stream().map(Movie.MovieTrack::track).toList();
  }

  public Duration duration() {
    long first = Long.MAX_VALUE;
    long last = 0;
    for (Movie.MovieTrack movie : tracks) {
      int count = movie.samples().count();
      if (count > 0) {
        long step = count > 1 ? dts(movie, count - 1) - dts(movie, count - 2) : 0;
        first = Math.min(first, movie.track().timescale().toNanos(dts(movie, 0)));
        last = Math.max(last, movie.track().timescale().toNanos(dts(movie, count - 1) + step));
      }
    }
    return first == Long.MAX_VALUE ? Duration.ZERO : Duration.ofNanos(last - first);
  }

  public Optional<Sample> next() throws IOException {
    int earliest = -1;
    long time = Long.MAX_VALUE;
    for (int i = 0; i < next.length; i++) {
      Movie.MovieTrack movie = tracks.get(i);
      if (next[i] < movie.samples().count()) {
        long nanos = movie.track().timescale().toNanos(dts(movie, next[i]));
        if (nanos < time) {
          earliest = i;
          time = nanos;
        }
      }
    }
    if (earliest < 0) {
      return Optional.empty();
    }
    Movie.MovieTrack movie = tracks.get(earliest);
    int index = next[earliest]++;
    SampleTable table = movie.samples();
    return Optional.of(
        new Sample(
            movie.track().id(),
            dts(movie, index),
            table.compositionOffsets()[index],
            table.sync()[index],
            read(channel, table.offsets()[index], table.sizes()[index])));
  }

  public void rewind() {
    java.util.Arrays.fill(next, 0);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static long dts(Movie.MovieTrack movie, int index) {
    return movie.samples().dts()[index] + movie.shift();
  }

  private static Buffer moov(FileChannel channel) throws IOException {
    long position = 0;
    for (int i = 0; i < MAX_BOXES && position + 8 <= channel.size(); i++) {
      Buffer header = read(channel, position, 8);
      String type = header.getString(4, 8, StandardCharsets.ISO_8859_1.name());
      long size = header.getUnsignedInt(0);
      int headerSize = 8;
      if (size == 1) {
        headerSize = 16;
        size = read(channel, position, 16).getLong(8);
      } else if (size == 0) {
        size = channel.size() - position;
      }
      if (size < headerSize || size > channel.size() - position) {
        throw new MalformedMediaException("MP4 file", position, "box of " + size + " bytes");
      }
      if (type.equals("moov")) {
        if (size > MAX_MOOV) {
          throw new MalformedMediaException("MP4 file", position, "moov of " + size + " bytes");
        }
        return read(channel, position + headerSize, (int) size - headerSize);
      }
      position += size;
    }
    throw new MalformedMediaException("MP4 file", position, "has no moov box");
  }

  private static Buffer read(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new MalformedMediaException("MP4 file", channel.size(), "ends too early");
      }
    }
    return Buffer.buffer(bytes.array());
  }
}
