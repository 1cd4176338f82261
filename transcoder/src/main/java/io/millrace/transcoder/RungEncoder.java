package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_hw_frames_ctx;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.Latency;
import io.millrace.transcoding.protocol.RungWish;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Scales and encodes the pictures of one rung, in a thread of its own behind a queue of {@value
 * #WAITING} pictures; whoever brings more of them waits.
 */
final class RungEncoder {
  /** What holds for every rung. */
  record Common(WireTrack track, List<EncoderKind> encoders, Latency latency, ServerLink link) {}

  private static final ByteBuffer NO_CAPTIONS = ByteBuffer.allocate(0);
  private static final int WAITING = 8;
  private static final int USUAL_MILLI_FRAMES = 30_000;

  private sealed interface Job {
    /** A picture, which is the job's own. */
    record Encode(AVFrame frame, long dts, boolean key) implements Job {}

    /** What comes next continues nothing. */
    record Break(long mediaNanos) implements Job {}

    record Stop() implements Job {}
  }

  /**
   * Of a picture that is being encoded.
   *
   * @param captions what the encoder does not write
   */
  private record Coded(long pts, boolean key, ByteBuffer captions) {}

  private final RungWish wish;
  private final Common common;
  private final ArrayBlockingQueue<Job> queue = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread;

  // The thread's own.
  private @Nullable PictureShape shape;
  private @Nullable FilterChain scaler;
  private @Nullable VideoEncoder encoder;
  private boolean told;

  /** Decoding times of what is in the encoder, rising. */
  private final ArrayDeque<Long> times = new ArrayDeque<>();

  private final List<Coded> coded = new ArrayList<>();

  RungEncoder(RungWish wish, Common common) {
    this.wish = wish;
    this.common = common;
    this.thread = Thread.ofPlatform().name("rung-" + wish.lines()).start(this::run);
  }

  /** Takes a share of a picture; waits where there are many already. */
  void encode(AVFrame frame, long dts, boolean key) {
    put(new Job.Encode(Native.share(frame), dts, key));
  }

  /** Finishes what there is, and tells of the break. */
  void breakAt(long mediaNanos) {
    put(new Job.Break(mediaNanos));
  }

  /** Finishes what there is, and ends. */
  void stop() {
    put(new Job.Stop());
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(Job job) {
    try {
      queue.put(job);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void run() {
    try {
      for (Job job = queue.take(); !(job instanceof Job.Stop); job = queue.take()) {
        switch (job) {
          case Job.Encode(var frame, long dts, boolean key) -> encodeNow(frame, dts, key);
          case Job.Break(long mediaNanos) -> {
            finish();
            common.link().send(new Frame.RungBreak(wish.number(), mediaNanos));
          }
          case Job.Stop() -> throw new IllegalStateException();
        }
      }
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // A rung that is missing is worse than a new start.
      Main.fail(e);
    }
  }

  private void encodeNow(AVFrame frame, long dts, boolean key) {
    PictureShape next = PictureShape.of(frame);
    boolean first = encoder == null;
    if (!next.equals(shape)) {
      finish();
      open(next);
      first = true;
    }
    boolean asKey = key || first;
    times.addLast(dts);
    boolean leavesCaptions = encoder != null && !encoder.kind().writesCaptions();
    coded.add(
        new Coded(frame.pts(), asKey, leavesCaptions ? PictureCaptions.of(frame) : NO_CAPTIONS));
    if (scaler != null) {
      scaler.filter(frame, scaled -> encodeScaled(scaled, asKey));
    }
    av_frame_free(frame);
  }

  private void encodeScaled(AVFrame frame, boolean key) {
    frame.pict_type(key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
    if (encoder != null) {
      encoder.encode(frame, this::packet);
    }
  }

  /** Opens the first of the encoders that takes it. */
  private void open(PictureShape next) {
    int[] size = next.scaledTo(wish.lines());
    int milliFrames = common.track().milliFrames();
    var of =
        new VideoEncoder.Wish(
            size[0],
            size[1],
            common.track().timescale(),
            milliFrames > 0 ? milliFrames : USUAL_MILLI_FRAMES,
            wish.bitRate(),
            common.latency());
    List<String> failures = new ArrayList<>();
    for (EncoderKind kind : common.encoders()) {
      try {
        open(kind, of, next);
        shape = next;
        told = false;
        return;
      } catch (NativeFailure e) {
        closeAll();
        failures.add(String.valueOf(e.getMessage()));
        Log.warn("encoder " + kind.word() + " was passed over: " + e.getMessage());
      }
    }
    throw new NativeFailure("no encoder works: " + String.join("; ", failures));
  }

  private void open(EncoderKind kind, VideoEncoder.Wish of, PictureShape next) {
    String scale =
        "scale=" + of.width() + ":" + of.height() + ":flags=bicubic:out_range=tv,setsar=1";
    String input = next.input(of.timescale());
    if (kind.isOnDevice()) {
      AVBufferRef device = EncoderProbe.device();
      FilterChain chain = FilterChain.ofPictures(input, scale + ",format=nv12,hwupload", device);
      scaler = chain;
      encoder = VideoEncoder.open(kind, of, next, av_buffersink_get_hw_frames_ctx(chain.sink()));
    } else {
      scaler = FilterChain.ofPictures(input, scale + ",format=yuv420p");
      encoder = VideoEncoder.open(kind, of, next, null);
    }
  }

  /**
   * What is coded.
   *
   * @param coder whether the encoder made a key frame of it, asked or (OpenH264 does) by itself
   */
  private void packet(long pts, boolean coder, byte[] bytes) {
    VideoEncoder from = encoder;
    if (from == null) {
      return;
    }
    if (!told) {
      tell(from, bytes);
    }
    boolean key = coder;
    ByteBuffer captions = NO_CAPTIONS;
    for (int i = 0; i < coded.size(); i++) {
      if (coded.get(i).pts == pts) {
        Coded asked = coded.remove(i);
        key |= asked.key;
        captions = asked.captions;
        break;
      }
    }
    Long first = times.pollFirst();
    long dts = first == null ? pts : first;
    ByteBuffer payload = payload(from.kind().codec(), bytes, captions);
    int id = common.track().id();
    int offset = Math.toIntExact(pts - dts);
    var sample = new WireSample(id, dts, offset, key, payload);
    common.link().send(new Frame.RungSample(wish.number(), sample));
  }

  private static ByteBuffer payload(Codec codec, byte[] bytes, ByteBuffer captions) {
    boolean silent = !captions.hasRemaining();
    return codec == Codec.H264
        ? AnnexB.sample(bytes, silent ? List.of() : List.of(PictureCaptions.sei(captions)))
        : Av1Units.sample(bytes, silent ? List.of() : List.of(PictureCaptions.obu(captions)));
  }

  private void tell(VideoEncoder from, byte[] firstPacket) {
    told = true;
    byte[] headers = from.headers().length > 0 ? from.headers() : firstPacket;
    ByteBuffer record =
        from.kind().codec() == Codec.H264
            ? AnnexB.record(headers)
            : Av1Units.sequenceHeader(headers);
    WireTrack source = common.track();
    int[] size = java.util.Objects.requireNonNull(shape).scaledTo(wish.lines());
    WireTrack track =
        WireTrack.video(
            source.id(),
            source.timescale(),
            from.kind().codec(),
            size[0],
            size[1],
            source.milliFrames(),
            record);
    common.link().send(new Frame.RungTracks(wish.number(), from.kind().word(), List.of(track)));
  }

  /** Gives what is under way, and closes all. */
  private void finish() {
    if (scaler != null) {
      scaler.drain(frame -> encodeScaled(frame, false));
    }
    if (encoder != null) {
      encoder.drain(this::packet);
    }
    closeAll();
    times.clear();
    coded.clear();
  }

  private void closeAll() {
    if (scaler != null) {
      scaler.close();
      scaler = null;
    }
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
    shape = null;
  }
}
