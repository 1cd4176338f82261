package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The segment behind the last one that a playlist lists, of which parts are listed already.
 *
 * @param msn media sequence number
 * @param epoch of the writer that makes it
 * @param opening what is said of it before its parts; empty while nothing of it has come
 * @param parts in order
 * @param content the bytes of each part; none of a gap's
 * @param whole whether no more parts of it follow
 * @param nextInit name of the header that the part behind these needs, as far as it is known; else
 *     {@link Segment#NO_INIT}
 */
public record PartialSegment(
    long msn,
    int epoch,
    Optional<Opening> opening,
    List<Part> parts,
    List<Buffer> content,
    boolean whole,
    String nextInit) {
  /**
   * What does not change any more once the first part is listed (HLS L8).
   *
   * @param init name of the header that its bytes need
   */
  public record Opening(
      String init, int timescale, Instant programDateTime, boolean discontinuity) {}

  public PartialSegment {
    parts = List.copyOf(parts);
    content = List.copyOf(content);
  }

  /** One of which nothing has come. */
  public static PartialSegment expected(long msn, int epoch) {
    return new PartialSegment(
        msn, epoch, Optional.empty(), List.of(), List.of(), false, Segment.NO_INIT);
  }

  /** One whose first sample has come. */
  public static PartialSegment opened(long msn, int epoch, Opening opening) {
    return new PartialSegment(
        msn, epoch, Optional.of(opening), List.of(), List.of(), false, opening.init);
  }

  /**
   * What is listed of a gap.
   *
   * @param gap as long as it is by now
   * @param listed how many of its parts
   * @param whole whether no more of them follow
   */
  public static PartialSegment ofGap(Segment gap, int listed, boolean whole) {
    Opening opening =
        new Opening(gap.init(), gap.timescale(), gap.programDateTime(), gap.discontinuity());
    List<Part> parts = gap.parts().subList(0, Math.min(listed, gap.parts().size()));
    return new PartialSegment(
        gap.msn(),
        gap.epoch(),
        Optional.of(opening),
        parts,
        Collections.nCopies(parts.size(), Buffer.buffer()),
        whole,
        whole ? Segment.NO_INIT : gap.init());
  }

  /** With one more part. */
  public PartialSegment with(Part part, Buffer bytes) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    List<Buffer> moreContent = new ArrayList<>(content);
    moreContent.add(bytes);
    return new PartialSegment(msn, epoch, opening, more, moreContent, whole, nextInit);
  }

  /** No more parts follow. */
  public PartialSegment asWhole() {
    return new PartialSegment(msn, epoch, opening, parts, content, true, Segment.NO_INIT);
  }

  /** The same with the header that is needed next, where that is another segment's. */
  public PartialSegment before(String init) {
    return opening.isPresent() && !whole
        ? this
        : new PartialSegment(msn, epoch, opening, parts, content, whole, init);
  }

  /** The part that comes next, by all that is known. */
  public String nextPart() {
    return whole ? Part.name(msn + 1, epoch, 0) : Part.name(msn, epoch, parts.size());
  }
}
