package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a section asks for (ANSI/SCTE 35, 9.7). Times are 33 bits of a 90 kHz clock. */
public sealed interface SpliceCommand {
  /** Asks for nothing; sent to show that the sender lives. */
  record Null() implements SpliceCommand {}

  /**
   * Splices at times of day, as they came.
   *
   * @param body all behind the command's type
   */
  record Schedule(Buffer body) implements SpliceCommand {}

  /**
   * Leave the network's programme, or return to it.
   *
   * @param eventId 32 bits
   * @param outOfNetwork whether it leaves
   * @param immediate at the next opportunity; then no time is given
   * @param time of all components; empty when it is not told, is immediate or told for each one
   * @param components of which each is spliced at its own time; empty for all at once
   * @param duration of the break
   * @param uniqueProgramId 16 bits
   * @param availNum 8 bits
   * @param availsExpected 8 bits
   */
  record Insert(
      long eventId,
      boolean outOfNetwork,
      boolean immediate,
      OptionalLong time,
      List<Component> components,
      Optional<BreakDuration> duration,
      int uniqueProgramId,
      int availNum,
      int availsExpected)
      implements SpliceCommand {
    public Insert {
      components = List.copyOf(components);
    }
  }

  /** The splice of this event, told before, is off. */
  record CancelInsert(long eventId) implements SpliceCommand {}

  /**
   * A moment; the section's descriptors say of what.
   *
   * @param time empty for when it comes
   */
  record TimeSignal(OptionalLong time) implements SpliceCommand {}

  /** Keeps its sender's share of the stream; asks for nothing. */
  record BandwidthReservation() implements SpliceCommand {}

  /**
   * Of whoever owns the identifier.
   *
   * @param identifier 32 bits
   * @param body as it came
   */
  record Private(long identifier, Buffer body) implements SpliceCommand {}

  /**
   * A command of a type that has no meaning (yet), as it came.
   *
   * @param type 8 bits
   */
  record Reserved(int type, Buffer body) implements SpliceCommand {}

  /**
   * What only whoever has the key can read, its type among it.
   *
   * @param algorithm 6 bits (ANSI/SCTE 35, 11.3)
   * @param commandLength as the section tells it, 12 bits
   * @param body all that is behind the command's length and before the section's CRC
   */
  record Encrypted(int algorithm, int commandLength, Buffer body) implements SpliceCommand {}

  /**
   * One elementary stream's splice.
   *
   * @param tag 8 bits
   * @param time empty when it is not told
   */
  record Component(int tag, OptionalLong time) {}

  /**
   * How long a break lasts.
   *
   * @param autoReturn whether it ends by itself then
   * @param ticks 33 bits of a 90 kHz clock
   */
  record BreakDuration(boolean autoReturn, long ticks) {}
}
