package io.millrace.transcoding;

import io.millrace.media.MediaEvent;
import java.util.Optional;

/** Gets what a transcoder makes, on the home context of the stream. */
public interface RungListener {
  /**
   * The next event of a rung, in the rung's own order: as a stream's reader gets them, with times
   * on the source's timeline. Behind a {@link MediaEvent.Discontinuity} something is missing, or
   * the source's timeline is broken. Tracks that are none mean that the rung is not made any more,
   * for the source has become smaller than it.
   */
  void event(Rung rung, MediaEvent event);

  /**
   * Whoever made a rung is gone: before a {@link MediaEvent.Discontinuity} nothing more comes of
   * it.
   */
  default void lost(Rung rung) {}

  /** A still that was asked for. */
  default void still(Still still) {}

  /**
   * The transcoder has done with some of the source.
   *
   * @param waiting samples of the source that it has not
   */
  default void taken(int waiting) {}

  /**
   * Nothing more comes, of a source that was to be transcoded whole.
   *
   * @param failure why not all of it has come, for the operator; empty where all has
   */
  default void over(Optional<String> failure) {}
}
