package io.millrace.transcoding;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.transcoding.protocol.Frame;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * Makes pictures of this node's streams, one after the other, in one child process for all: it is
 * started when somebody asks, and ended when nobody has asked for a minute. Streams never notice;
 * {@link PictureQueue} has what happens when the child dies. Thread-safe.
 */
public final class StillMaker {
  private static final long WATCH_MILLIS = 200;

  private final Vertx vertx;
  private final Context context;
  private final PictureQueue queue;

  /**
   * @param context on which the child is talked to
   * @param hangTimeout how long the first picture of a run may take
   */
  StillMaker(
      Vertx vertx,
      Context context,
      PictureQueue.Runs runs,
      TranscodingMetrics metrics,
      Duration hangTimeout) {
    this.vertx = vertx;
    this.context = context;
    this.queue = new PictureQueue(runs, metrics, hangTimeout, System::nanoTime);
    vertx.setPeriodic(WATCH_MILLIS, _ -> context.runOnContext(_ -> queue.watch()));
  }

  /**
   * Makes a JPEG of a key frame, no larger than it is.
   *
   * @param source whose it is; one whose pictures make decoders crash is refused for a while
   * @param lines of its shorter side
   * @return completes on the caller's context, never fails
   */
  public Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines) {
    return ask(
        source,
        number ->
            new Frame.KeyFrame(number, lines, WireMedia.track(track), WireMedia.sample(keyFrame)));
  }

  /**
   * Makes a key frame small, as one tile of a sheet.
   *
   * @param source as above
   * @param file the beginning of an MP4 file or of a transport stream, with one picture
   * @param width of the tile in pixels, even; the picture is fitted in, with black beside it
   * @param height likewise
   * @return planes of {@code width * height * 3 / 2} bytes (Y, Cb, Cr of 4:2:0, full range);
   *     completes on the caller's context, never fails
   */
  public Future<PictureOutcome> tile(String source, Buffer file, int width, int height) {
    return ask(
        source, number -> new Frame.Tile(number, width, height, ByteBuffer.wrap(file.getBytes())));
  }

  /**
   * Makes a JPEG of planes as {@link #tile} has them.
   *
   * @param width in pixels, even
   * @param height likewise
   * @return completes on the caller's context, never fails
   */
  public Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height) {
    return ask(
        source,
        number -> new Frame.Sheet(number, width, height, ByteBuffer.wrap(planes.getBytes())));
  }

  private Future<PictureOutcome> ask(String source, IntFunction<Frame> frame) {
    Context caller = vertx.getOrCreateContext();
    Promise<PictureOutcome> answer = Promise.promise();
    context.runOnContext(
        _ ->
            queue.ask(
                source, frame, outcome -> caller.runOnContext(_ -> answer.complete(outcome))));
    return answer.future();
  }

  /** The process that works now; negative while there is none. From any thread. */
  public long pid() {
    return queue.pid();
  }
}
