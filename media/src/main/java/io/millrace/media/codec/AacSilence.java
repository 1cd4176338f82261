package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * An AAC frame in which nothing is heard: a raw_data_block (ISO/IEC 14496-3 4.4.2.1) whose channels
 * have no scale factor bands. A decoder of HE-AAC takes it as a frame without SBR.
 */
final class AacSilence {
  private static final int SINGLE = 0;
  private static final int PAIR = 1;
  private static final int LOW_FREQUENCY = 3;
  private static final int END = 7;

  /** Elements by channel configuration (table 1.19). */
  private static final int[][] ELEMENTS = {
    {},
    {SINGLE},
    {PAIR},
    {SINGLE, PAIR},
    {SINGLE, PAIR, SINGLE},
    {SINGLE, PAIR, PAIR},
    {SINGLE, PAIR, PAIR, LOW_FREQUENCY},
    {SINGLE, PAIR, PAIR, PAIR, LOW_FREQUENCY}
  };

  private AacSilence() {}

  /** Empty where the channel configuration does not tell of the elements. */
  static Optional<Buffer> of(int channelConfiguration) {
    if (channelConfiguration < 1 || channelConfiguration >= ELEMENTS.length) {
      return Optional.empty();
    }
    BitWriter out = new BitWriter();
    int[] instances = new int[END];
    for (int element : ELEMENTS[channelConfiguration]) {
      out.bits(element, 3);
      out.bits(instances[element]++, 4);
      if (element == PAIR) {
        // common_window
        out.bits(0, 1);
        channel(out);
      }
      channel(out);
    }
    out.bits(END, 3);
    return Optional.of(out.aligned());
  }

  /** An individual_channel_stream: a long window with max_sfb 0, and no tool in use. */
  private static void channel(BitWriter out) {
    // global_gain
    out.bits(0, 8);
    // ics_reserved_bit, window_sequence, window_shape, max_sfb, predictor_data_present
    out.bits(0, 1 + 2 + 1 + 6 + 1);
    // pulse_data_present, tns_data_present, gain_control_data_present
    out.bits(0, 3);
  }
}
