package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a section says besides its command (ANSI/SCTE 35, 10.3). */
public sealed interface SpliceDescriptor {
  /** {@code CUEI}, the owner of the descriptors that the standard itself has. */
  long CUEI = 0x43554549;

  /**
   * An opportunity to splice, as its provider numbers it.
   *
   * @param providerAvailId 32 bits
   */
  record Avail(long providerAvailId) implements SpliceDescriptor {}

  /**
   * What an analogue network heard as tones.
   *
   * @param prerollTenths tenths of a second from the last tone to the splice, 8 bits
   * @param tones at most 7 of {@code 0-9*#}
   */
  record Dtmf(int prerollTenths, String tones) implements SpliceDescriptor {}

  /**
   * A segment of content starts or ends.
   *
   * @param eventId 32 bits
   * @param restrictions where delivery is restricted
   * @param components whose times differ; empty for all alike
   * @param durationTicks 40 bits of a 90 kHz clock
   * @param upidType what kind of name {@code upid} is
   * @param upid at most 255 bytes
   * @param typeId what starts or ends, see {@link SegmentationTypes}
   * @param segmentNum 8 bits
   * @param segmentsExpected 8 bits
   */
  record Segmentation(
      long eventId,
      Optional<DeliveryRestrictions> restrictions,
      List<ComponentOffset> components,
      OptionalLong durationTicks,
      int upidType,
      Buffer upid,
      int typeId,
      int segmentNum,
      int segmentsExpected,
      Optional<SubSegments> subSegments)
      implements SpliceDescriptor {
    public Segmentation {
      components = List.copyOf(components);
    }
  }

  /** The segmentation of this event, told before, is off. */
  record CancelSegmentation(long eventId) implements SpliceDescriptor {}

  /**
   * The wall clock where the section was made.
   *
   * @param taiSeconds 48 bits
   * @param taiNanos 32 bits
   * @param utcOffset seconds that TAI is ahead, 16 bits
   */
  record Time(long taiSeconds, long taiNanos, int utcOffset) implements SpliceDescriptor {}

  /**
   * Another one, as it came.
   *
   * @param tag 8 bits
   * @param identifier of its owner, 32 bits
   */
  record Other(int tag, long identifier, Buffer body) implements SpliceDescriptor {}

  /**
   * To whom a segment may not go.
   *
   * @param device 0 to 3, of which 3 restricts no device
   */
  record DeliveryRestrictions(
      boolean webAllowed, boolean noRegionalBlackout, boolean archiveAllowed, int device) {}

  /**
   * One elementary stream's time.
   *
   * @param tag 8 bits
   * @param ticks 33 bits of a 90 kHz clock, added to the command's time
   */
  record ComponentOffset(int tag, long ticks) {}

  /** Which part of a segment this is, each 8 bits. */
  record SubSegments(int num, int expected) {}
}
