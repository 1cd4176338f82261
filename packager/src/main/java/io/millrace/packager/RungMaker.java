package io.millrace.packager;

import io.millrace.media.MediaEvent;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.TranscodingWish;
import io.vertx.core.Context;

/** Has the rungs of broadcasts made, whoever does it. */
@FunctionalInterface
public interface RungMaker {
  /**
   * Begins with a broadcast. On the stream's home context, on which the listener is called too, but
   * not before this has returned.
   *
   * @param stream for people
   */
  Making start(String stream, Context home, TranscodingWish wish, RungListener listener);

  /** One broadcast whose rungs are being made. On its home context. */
  interface Making {
    /** The source's next event. */
    void accept(MediaEvent event);

    /**
     * The source's next picture starts a segment, be it a key frame or not: it is to be one of
     * every rung. Of no concern to makers that encode nothing.
     */
    default void startSegment() {}

    /** Nothing more is wanted; what is under way is lost. */
    void close();
  }
}
