package io.millrace.media.cue;

import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceCommand.Component;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The bytes of commands (ANSI/SCTE 35, 9.7). */
final class CommandSyntax {
  private static final int NULL = 0;
  private static final int SCHEDULE = 4;
  private static final int INSERT = 5;
  private static final int TIME_SIGNAL = 6;
  private static final int BANDWIDTH_RESERVATION = 7;
  private static final int PRIVATE = 0xFF;

  private static final int FLAG = 0x80;
  private static final int RESERVED_7 = 0x7F;
  private static final int OUT_OF_NETWORK = 0x80;
  private static final int PROGRAM = 0x40;
  private static final int DURATION = 0x20;
  private static final int IMMEDIATE = 0x10;
  private static final int RESERVED_4 = 0x0F;
  private static final int RESERVED_6 = 0x7E;

  private CommandSyntax() {}

  /**
   * Reads the command and leaves the cursor behind it.
   *
   * @param length of the command, or {@link SpliceInfoSection#UNTOLD_LENGTH}
   */
  static SpliceCommand read(SectionCursor in, int type, int length) {
    if (length == SpliceInfoSection.UNTOLD_LENGTH) {
      return switch (type) {
        case NULL, INSERT, TIME_SIGNAL, BANDWIDTH_RESERVATION -> known(in, type);
        default -> throw in.malformed("a command of type " + type + " without its length");
      };
    }
    return known(in.part(length), type);
  }

  private static SpliceCommand known(SectionCursor in, int type) {
    return switch (type) {
      case NULL -> new SpliceCommand.Null();
      case SCHEDULE -> new SpliceCommand.Schedule(in.rest());
      case INSERT -> insert(in);
      case TIME_SIGNAL -> new SpliceCommand.TimeSignal(time(in));
      case BANDWIDTH_RESERVATION -> new SpliceCommand.BandwidthReservation();
      case PRIVATE -> new SpliceCommand.Private(in.u32(), in.rest());
      default -> new SpliceCommand.Reserved(type, in.rest());
    };
  }

  private static SpliceCommand insert(SectionCursor in) {
    long eventId = in.u32();
    if ((in.u8() & FLAG) != 0) {
      return new SpliceCommand.CancelInsert(eventId);
    }
    int flags = in.u8();
    boolean immediate = (flags & IMMEDIATE) != 0;
    OptionalLong time = OptionalLong.empty();
    List<Component> components = List.of();
    if ((flags & PROGRAM) == 0) {
      components = components(in, immediate);
    } else if (!immediate) {
      time = time(in);
    }
    Optional<BreakDuration> duration =
        (flags & DURATION) != 0 ? Optional.of(duration(in)) : Optional.empty();
    return new SpliceCommand.Insert(
        eventId,
        (flags & OUT_OF_NETWORK) != 0,
        immediate,
        time,
        components,
        duration,
        in.u16(),
        in.u8(),
        in.u8());
  }

  private static List<Component> components(SectionCursor in, boolean immediate) {
    int count = in.u8();
    if (count == 0) {
      throw in.malformed("a splice of no component");
    }
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int tag = in.u8();
      components.add(new Component(tag, immediate ? OptionalLong.empty() : time(in)));
    }
    return components;
  }

  private static OptionalLong time(SectionCursor in) {
    int first = in.u8();
    return (first & FLAG) != 0 ? OptionalLong.of(in.time33(first)) : OptionalLong.empty();
  }

  private static BreakDuration duration(SectionCursor in) {
    int first = in.u8();
    return new BreakDuration((first & FLAG) != 0, in.time33(first));
  }

  static int type(SpliceCommand command) {
    return switch (command) {
      case SpliceCommand.Null _ -> NULL;
      case SpliceCommand.Schedule _ -> SCHEDULE;
      case SpliceCommand.Insert _, SpliceCommand.CancelInsert _ -> INSERT;
      case SpliceCommand.TimeSignal _ -> TIME_SIGNAL;
      case SpliceCommand.BandwidthReservation _ -> BANDWIDTH_RESERVATION;
      case SpliceCommand.Private _ -> PRIVATE;
      case SpliceCommand.Reserved reserved -> reserved.type();
      case SpliceCommand.Encrypted _ ->
          throw new IllegalArgumentException("the type is encrypted too");
    };
  }

  /** What is behind the command's type. */
  static Buffer write(SpliceCommand command) {
    Buffer out = Buffer.buffer();
    switch (command) {
      case SpliceCommand.Null _, SpliceCommand.BandwidthReservation _ -> {}
      case SpliceCommand.Schedule(Buffer body) -> out.appendBuffer(body);
      case SpliceCommand.Insert insert -> insert(out, insert);
      case SpliceCommand.CancelInsert(long eventId) ->
          out.appendInt((int) eventId).appendByte((byte) (FLAG | RESERVED_7));
      case SpliceCommand.TimeSignal(OptionalLong time) -> time(out, time);
      case SpliceCommand.Private(long identifier, Buffer body) ->
          out.appendInt((int) identifier).appendBuffer(body);
      case SpliceCommand.Reserved(int _, Buffer body) -> out.appendBuffer(body);
      case SpliceCommand.Encrypted secret -> out.appendBuffer(secret.body());
    }
    return out;
  }

  private static void insert(Buffer out, SpliceCommand.Insert insert) {
    boolean program = insert.components().isEmpty();
    out.appendInt((int) insert.eventId()).appendByte((byte) RESERVED_7);
    out.appendByte(
        (byte)
            ((insert.outOfNetwork() ? OUT_OF_NETWORK : 0)
                | (program ? PROGRAM : 0)
                | (insert.duration().isPresent() ? DURATION : 0)
                | (insert.immediate() ? IMMEDIATE : 0)
                | RESERVED_4));
    if (!program) {
      out.appendByte((byte) insert.components().size());
      for (Component component : insert.components()) {
        out.appendByte((byte) component.tag());
        if (!insert.immediate()) {
          time(out, component.time());
        }
      }
    } else if (!insert.immediate()) {
      time(out, insert.time());
    }
    insert.duration().ifPresent(each -> time33(out, each.autoReturn() ? FLAG : 0, each.ticks()));
    out.appendUnsignedShort(insert.uniqueProgramId());
    out.appendByte((byte) insert.availNum()).appendByte((byte) insert.availsExpected());
  }

  private static void time(Buffer out, OptionalLong time) {
    if (time.isPresent()) {
      time33(out, FLAG, time.getAsLong());
    } else {
      out.appendByte((byte) RESERVED_7);
    }
  }

  private static void time33(Buffer out, int flag, long ticks) {
    out.appendByte((byte) (flag | RESERVED_6 | ((int) (ticks >> 32) & 1))).appendInt((int) ticks);
  }
}
