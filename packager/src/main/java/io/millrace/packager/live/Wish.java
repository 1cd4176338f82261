package io.millrace.packager.live;

import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.util.Optional;

/** What a request may wait for. Equal ones are fulfilled together. */
public sealed interface Wish {
  /** Whether there is nothing to wait for (any more). */
  boolean isOver(Presentation presentation);

  /** A playlist that lists a whole segment, or a later one (HLS L13). */
  record Listed(String rendition, long msn) implements Wish {
    @Override
    public boolean isOver(Presentation presentation) {
      return presentation.ended()
          || presentation.rendition(rendition).map(found -> msn < found.nextMsn()).orElse(true);
    }
  }

  /**
   * A playlist that lists a part of a segment, or anything later; a number that a whole segment
   * does not have means the first part of the next one (HLS L14).
   *
   * @param part from 0
   */
  record PartListed(String rendition, long msn, int part) implements Wish {
    @Override
    public boolean isOver(Presentation presentation) {
      return presentation.ended()
          || presentation.rendition(rendition).map(this::isListed).orElse(true);
    }

    private boolean isListed(Rendition found) {
      long missing = msn - found.nextMsn();
      int listed = found.partial().map(next -> next.parts().size()).orElse(0);
      return switch (Math.toIntExact(Math.clamp(missing, -2, 1))) {
        case -2 -> true;
        case -1 -> {
          int parts = found.segment(msn).map(Segment::parts).map(all -> all.size()).orElse(0);
          yield parts == 0 || part < parts || listed > 0;
        }
        case 0 -> part < listed;
        default -> false;
      };
    }
  }

  /**
   * The part that was hinted at: it is listed, or will not be.
   *
   * @param file name of the part
   */
  record Hinted(String rendition, String file) implements Wish {
    @Override
    public boolean isOver(Presentation presentation) {
      Optional<PartialSegment> next = presentation.rendition(rendition).flatMap(Rendition::partial);
      return presentation.ended() || next.isEmpty() || !next.get().nextPart().equals(file);
    }
  }
}
