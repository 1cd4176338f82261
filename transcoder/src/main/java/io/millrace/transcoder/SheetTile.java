package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Makes tiles of key frames, and a JPEG of many; a decoder for each tile. */
final class SheetTile {
  private static final int PLANES = 3;

  private final Frame.Tile asked;
  private @Nullable ByteBuffer made;

  private SheetTile(Frame.Tile asked) {
    this.asked = asked;
  }

  /** The answer, which has no planes where none could be made. For one thread. */
  static Frame.Still of(Frame.Tile asked) {
    ByteBuffer planes = new SheetTile(asked).make();
    return planes == null
        ? new Frame.Still(asked.number(), 0, 0, 0, ByteBuffer.allocate(0))
        : new Frame.Still(asked.number(), 0, asked.width(), asked.height(), planes);
  }

  private @Nullable ByteBuffer make() {
    try (MediaStart start = new MediaStart(asked.file())) {
      start.first(this::decode);
    } catch (NativeFailure | IllegalArgumentException e) {
      Log.info("no tile of a key frame: " + e.getMessage());
    }
    return made;
  }

  private void decode(WireTrack track, WireSample sample) {
    try (Decoder decoder = new Decoder(track)) {
      if (decoder.decode(sample, this::take)) {
        decoder.drain(this::take);
      }
    }
  }

  /** The first picture that comes out. */
  private void take(AVFrame frame) {
    if (made != null) {
      return;
    }
    PictureShape shape = PictureShape.of(frame);
    int[] size = shape.fittedInto(asked.width(), asked.height());
    int left = (asked.width() - size[0]) / 4 * 2;
    int top = (asked.height() - size[1]) / 4 * 2;
    String filters =
        "scale=%d:%d:flags=area:out_range=pc,format=yuvj420p,setsar=1,pad=%d:%d:%d:%d"
            .formatted(size[0], size[1], asked.width(), asked.height(), left, top);
    AVFrame shared = Native.share(frame);
    try (FilterChain chain = FilterChain.ofPictures(shape.input(1), filters)) {
      chain.filter(shared, tile -> made = planes(tile));
    } finally {
      av_frame_free(shared);
    }
  }

  /** Without what pads its rows. */
  private static ByteBuffer planes(AVFrame frame) {
    ByteBuffer planes = ByteBuffer.allocate(frame.width() * frame.height() * 3 / 2);
    for (int plane = 0; plane < PLANES; plane++) {
      for (int row = 0; row < rows(frame, plane); row++) {
        planes.put(Native.bytes(row(frame, plane, row), rowBytes(frame, plane)));
      }
    }
    return planes.flip();
  }

  /** A sheet as JPEG. For one thread. */
  static Frame.Still joined(Frame.Sheet sheet) {
    AVFrame frame = Native.allocated(av_frame_alloc());
    try {
      frame.width(sheet.width()).height(sheet.height()).format(AV_PIX_FMT_YUVJ420P);
      NativeFailure.check(av_frame_get_buffer(frame, 0), "a frame for a sheet");
      ByteBuffer planes = sheet.planes();
      for (int plane = 0; plane < PLANES; plane++) {
        for (int row = 0; row < rows(frame, plane); row++) {
          int bytes = rowBytes(frame, plane);
          Native.copy(planes.slice(planes.position(), bytes), row(frame, plane, row));
          planes.position(planes.position() + bytes);
        }
      }
      return new Frame.Still(sheet.number(), 0, sheet.width(), sheet.height(), Stills.jpeg(frame));
    } finally {
      av_frame_free(frame);
    }
  }

  private static int rows(AVFrame frame, int plane) {
    return plane == 0 ? frame.height() : frame.height() / 2;
  }

  private static int rowBytes(AVFrame frame, int plane) {
    return plane == 0 ? frame.width() : frame.width() / 2;
  }

  private static BytePointer row(AVFrame frame, int plane, int row) {
    return frame.data(plane).getPointer((long) row * frame.linesize(plane));
  }
}
