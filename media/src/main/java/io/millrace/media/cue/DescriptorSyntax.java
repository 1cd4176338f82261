package io.millrace.media.cue;

import io.millrace.media.cue.SpliceDescriptor.ComponentOffset;
import io.millrace.media.cue.SpliceDescriptor.DeliveryRestrictions;
import io.millrace.media.cue.SpliceDescriptor.Segmentation;
import io.millrace.media.cue.SpliceDescriptor.SubSegments;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The bytes of descriptors (ANSI/SCTE 35, 10.3). What a later edition adds behind the fields that
 * are known is skipped.
 */
final class DescriptorSyntax {
  private static final int AVAIL = 0;
  private static final int DTMF = 1;
  private static final int SEGMENTATION = 2;
  private static final int TIME = 3;

  private static final int CANCEL = 0x80;
  private static final int RESERVED_7 = 0x7F;
  private static final int PROGRAM = 0x80;
  private static final int DURATION = 0x40;
  private static final int NOT_RESTRICTED = 0x20;
  private static final int RESERVED_5 = 0x1F;
  private static final int WEB = 0x10;
  private static final int NO_BLACKOUT = 0x08;
  private static final int ARCHIVE = 0x04;

  private DescriptorSyntax() {}

  static List<SpliceDescriptor> read(SectionCursor loop, int most) {
    List<SpliceDescriptor> descriptors = new ArrayList<>();
    while (loop.left() > 0) {
      if (descriptors.size() == most) {
        throw loop.malformed("more than " + most + " descriptors");
      }
      int tag = loop.u8();
      descriptors.add(one(tag, loop.part(loop.u8())));
    }
    return descriptors;
  }

  private static SpliceDescriptor one(int tag, SectionCursor in) {
    long identifier = in.u32();
    return switch (identifier == SpliceDescriptor.CUEI ? tag : -1) {
      case AVAIL -> new SpliceDescriptor.Avail(in.u32());
      case DTMF -> dtmf(in);
      case SEGMENTATION -> segmentation(in);
      case TIME -> new SpliceDescriptor.Time((long) in.u16() << 32 | in.u32(), in.u32(), in.u16());
      default -> new SpliceDescriptor.Other(tag, identifier, in.rest());
    };
  }

  private static SpliceDescriptor dtmf(SectionCursor in) {
    int preroll = in.u8();
    String tones = in.bytes(in.u8() >> 5).toString(StandardCharsets.ISO_8859_1);
    return new SpliceDescriptor.Dtmf(preroll, tones);
  }

  private static SpliceDescriptor segmentation(SectionCursor in) {
    long eventId = in.u32();
    if ((in.u8() & CANCEL) != 0) {
      return new SpliceDescriptor.CancelSegmentation(eventId);
    }
    int flags = in.u8();
    Optional<DeliveryRestrictions> restrictions =
        (flags & NOT_RESTRICTED) != 0
            ? Optional.empty()
            : Optional.of(
                new DeliveryRestrictions(
                    (flags & WEB) != 0,
                    (flags & NO_BLACKOUT) != 0,
                    (flags & ARCHIVE) != 0,
                    flags & 3));
    List<ComponentOffset> components = new ArrayList<>();
    if ((flags & PROGRAM) == 0) {
      int count = in.u8();
      if (count == 0) {
        throw in.malformed("a segmentation of no component");
      }
      for (int i = 0; i < count; i++) {
        int tag = in.u8();
        components.add(new ComponentOffset(tag, in.time33(in.u8())));
      }
    }
    OptionalLong duration =
        (flags & DURATION) != 0
            ? OptionalLong.of((long) in.u8() << 32 | in.u32())
            : OptionalLong.empty();
    int upidType = in.u8();
    Buffer upid = in.bytes(in.u8());
    int typeId = in.u8();
    int num = in.u8();
    int expected = in.u8();
    Optional<SubSegments> subSegments =
        SegmentationTypes.hasSubSegments(typeId) && in.left() >= 2
            ? Optional.of(new SubSegments(in.u8(), in.u8()))
            : Optional.empty();
    return new Segmentation(
        eventId,
        restrictions,
        components,
        duration,
        upidType,
        upid,
        typeId,
        num,
        expected,
        subSegments);
  }

  static Buffer write(List<SpliceDescriptor> descriptors) {
    Buffer loop = Buffer.buffer();
    for (SpliceDescriptor descriptor : descriptors) {
      int start = loop.length();
      loop.appendByte((byte) tag(descriptor)).appendByte((byte) 0);
      loop.appendInt((int) identifier(descriptor));
      body(loop, descriptor);
      int length = loop.length() - start - 2;
      if (length > 255) {
        throw new IllegalArgumentException("a descriptor of " + length + " bytes");
      }
      loop.setByte(start + 1, (byte) length);
    }
    return loop;
  }

  private static int tag(SpliceDescriptor descriptor) {
    return switch (descriptor) {
      case SpliceDescriptor.Avail _ -> AVAIL;
      case SpliceDescriptor.Dtmf _ -> DTMF;
      case Segmentation _, SpliceDescriptor.CancelSegmentation _ -> SEGMENTATION;
      case SpliceDescriptor.Time _ -> TIME;
      case SpliceDescriptor.Other other -> other.tag();
    };
  }

  private static long identifier(SpliceDescriptor descriptor) {
    return descriptor instanceof SpliceDescriptor.Other other
        ? other.identifier()
        : SpliceDescriptor.CUEI;
  }

  private static void body(Buffer out, SpliceDescriptor descriptor) {
    switch (descriptor) {
      case SpliceDescriptor.Avail(long id) -> out.appendInt((int) id);
      case SpliceDescriptor.Dtmf(int preroll, String tones) ->
          out.appendByte((byte) preroll)
              .appendByte((byte) (tones.length() << 5 | RESERVED_5))
              .appendBytes(tones.getBytes(StandardCharsets.ISO_8859_1));
      case Segmentation segmentation -> segmentation(out, segmentation);
      case SpliceDescriptor.CancelSegmentation(long eventId) ->
          out.appendInt((int) eventId).appendByte((byte) (CANCEL | RESERVED_7));
      case SpliceDescriptor.Time(long seconds, long nanos, int offset) ->
          out.appendUnsignedShort((int) (seconds >> 32))
              .appendInt((int) seconds)
              .appendInt((int) nanos)
              .appendUnsignedShort(offset);
      case SpliceDescriptor.Other other -> out.appendBuffer(other.body());
    }
  }

  private static void segmentation(Buffer out, Segmentation segmentation) {
    boolean program = segmentation.components().isEmpty();
    int flags = (program ? PROGRAM : 0) | (segmentation.durationTicks().isPresent() ? DURATION : 0);
    out.appendInt((int) segmentation.eventId()).appendByte((byte) RESERVED_7);
    out.appendByte(
        (byte)
            (flags
                | segmentation
                    .restrictions()
                    .map(DescriptorSyntax::flags)
                    .orElse(NOT_RESTRICTED | RESERVED_5)));
    if (!program) {
      out.appendByte((byte) segmentation.components().size());
      for (ComponentOffset component : segmentation.components()) {
        out.appendByte((byte) component.tag());
        out.appendByte((byte) (0xFE | ((int) (component.ticks() >> 32) & 1)));
        out.appendInt((int) component.ticks());
      }
    }
    segmentation
        .durationTicks()
        .ifPresent(ticks -> out.appendByte((byte) (ticks >> 32)).appendInt((int) ticks));
    out.appendByte((byte) segmentation.upidType());
    out.appendByte((byte) segmentation.upid().length()).appendBuffer(segmentation.upid());
    out.appendByte((byte) segmentation.typeId());
    out.appendByte((byte) segmentation.segmentNum());
    out.appendByte((byte) segmentation.segmentsExpected());
    segmentation
        .subSegments()
        .ifPresent(sub -> out.appendByte((byte) sub.num()).appendByte((byte) sub.expected()));
  }

  private static int flags(DeliveryRestrictions restrictions) {
    return (restrictions.webAllowed() ? WEB : 0)
        | (restrictions.noRegionalBlackout() ? NO_BLACKOUT : 0)
        | (restrictions.archiveAllowed() ? ARCHIVE : 0)
        | restrictions.device();
  }
}
