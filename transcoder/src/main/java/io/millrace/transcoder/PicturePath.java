package io.millrace.transcoder;

import io.millrace.transcoding.protocol.RungWish;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The way of pictures: decoded once, made progressive where they are not, and handed to every rung
 * with the decision whether they are key frames. For one thread; the rungs have their own.
 */
final class PicturePath {
  private final RungEncoder.Common common;
  private final long segmentNanos;
  private final Stills stills;
  private final List<RungEncoder> rungs;

  private WireTrack track;
  private Decoder decoder;
  private KeyFrameGrid grid;
  private DecodeTimes times = new DecodeTimes();
  private @Nullable FilterChain progressive;
  private @Nullable PictureShape interlacedShape;
  private long lastPts = Long.MIN_VALUE;
  private long pictures;

  /**
   * @throws NativeFailure when nothing can decode it
   */
  PicturePath(RungEncoder.Common common, List<RungWish> wishes, long segmentNanos, Stills stills) {
    this.common = common;
    this.segmentNanos = segmentNanos;
    this.stills = stills;
    this.track = common.track();
    this.decoder = new Decoder(track);
    this.grid = newGrid();
    this.rungs = wishes.stream().map(wish -> new RungEncoder(wish, common)).toList();
  }

  private KeyFrameGrid newGrid() {
    return new KeyFrameGrid((long) (segmentNanos / 1e9 * common.track().timescale()));
  }

  /** How many pictures have come out. */
  long pictures() {
    return pictures;
  }

  /**
   * The next access unit.
   *
   * @param startsSegment whether all rungs are to have a key frame that is decoded when it is
   * @return false when it cannot be decoded
   */
  boolean sample(WireSample sample, boolean startsSegment) {
    times.sent(sample, startsSegment);
    return decoder.decode(sample, this::decoded);
  }

  /**
   * Goes on with other parameter sets of the same codec, or another codec of the same timescale;
   * the rungs see no more of it than another size.
   */
  void reopen(WireTrack next) {
    decoder.drain(this::decoded);
    finishProgressive();
    decoder.close();
    decoder = new Decoder(next);
    track = next;
    times = new DecodeTimes();
  }

  /** The timeline is broken: what has come is finished, and told of. */
  void breakAt(long mediaNanos) {
    reopen(track);
    rungs.forEach(rung -> rung.breakAt(mediaNanos));
    grid = newGrid();
    lastPts = Long.MIN_VALUE;
  }

  /** Finishes what has come, and ends. */
  void stop() {
    decoder.drain(this::decoded);
    finishProgressive();
    rungs.forEach(RungEncoder::stop);
    decoder.close();
  }

  private void decoded(AVFrame frame) {
    if ((frame.flags() & Native.FRAME_INTERLACED) != 0 || progressive != null) {
      makeProgressive(frame);
    } else {
      shown(frame);
    }
  }

  private void makeProgressive(AVFrame frame) {
    PictureShape shape = PictureShape.of(frame);
    if (!shape.equals(interlacedShape)) {
      finishProgressive();
      interlacedShape = shape;
      int timescale = common.track().timescale();
      progressive =
          FilterChain.ofPictures(
              shape.input(timescale),
              "bwdif=mode=send_frame:deint=interlaced,settb=1/" + timescale);
    }
    if (progressive != null) {
      progressive.filter(frame, this::shown);
    }
  }

  private void finishProgressive() {
    if (progressive != null) {
      progressive.drain(this::shown);
      progressive.close();
      progressive = null;
      interlacedShape = null;
    }
  }

  /** Pictures come here in the order of presentation. */
  private void shown(AVFrame frame) {
    pictures++;
    // Encoders end at times that do not rise.
    long pts = lastPts != Long.MIN_VALUE && frame.pts() <= lastPts ? lastPts + 1 : frame.pts();
    DecodeTimes.Place place = times.next(frame.pts());
    lastPts = pts;
    frame.pts(pts);
    boolean key = grid.isKey(pts, place.sync() || place.startsSegment());
    for (RungEncoder rung : rungs) {
      rung.encode(frame, place.dts(), key);
    }
    if (place.sync()) {
      stills.offer(frame, common.track().timescale());
    }
  }
}
