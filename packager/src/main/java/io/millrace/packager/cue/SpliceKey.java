package io.millrace.packager.cue;

/** By what the end of a splice finds its start. */
public sealed interface SpliceKey {
  /** Of a splice_insert. */
  record Insert(long eventId) implements SpliceKey {}

  /**
   * Of a segmentation_descriptor.
   *
   * @param startType of the start
   */
  record Segmentation(long eventId, int startType) implements SpliceKey {}

  /** Of a cue point that is ended by its id. */
  record ById(String id) implements SpliceKey {}

  /** Whether starts of both kinds are ended alike. */
  default boolean isLike(SpliceKey other) {
    return switch (this) {
      case Insert _ -> other instanceof Insert;
      case Segmentation one -> other instanceof Segmentation two && one.startType == two.startType;
      case ById _ -> equals(other);
    };
  }
}
