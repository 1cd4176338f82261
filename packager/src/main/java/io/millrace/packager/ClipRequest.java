package io.millrace.packager;

import io.millrace.media.BroadcastId;
import java.util.Optional;

/**
 * Wish for a clip.
 *
 * @param of the asset, or the broadcast that is on air
 * @param from where it begins; empty for the beginning of what there is
 * @param to where it ends; empty for the end of what there is
 * @param title its own; empty for that of the stream
 * @param key what whoever asks knows it by: the same wish with the same key is the same clip, for
 *     some minutes after it has been made; empty where another wish is another clip then
 */
public record ClipRequest(
    BroadcastId of,
    Optional<ClipMoment> from,
    Optional<ClipMoment> to,
    String title,
    Optional<String> key) {
  /** One without a key. */
  public ClipRequest(
      BroadcastId of, Optional<ClipMoment> from, Optional<ClipMoment> to, String title) {
    this(of, from, to, title, Optional.empty());
  }

  /** The same without its key. */
  public ClipRequest withoutKey() {
    return new ClipRequest(of, from, to, title);
  }
}
