package io.millrace.testkit.captions;

import java.util.List;

/**
 * One {@code cc_data_pkt} (CTA-708 4.4): what a picture carries any number of.
 *
 * @param type 0 and 1 are the fields of CTA-608, 2 is data of a CTA-708 packet, 3 its start
 */
public record CcData(boolean valid, int type, int first, int second) {
  /** The three bytes of it. */
  public byte[] bytes() {
    return new byte[] {(byte) (0xF8 | (valid ? 4 : 0) | type), (byte) first, (byte) second};
  }

  /** The bytes of several. */
  public static byte[] bytes(List<CcData> packets) {
    byte[] all = new byte[3 * packets.size()];
    for (int i = 0; i < packets.size(); i++) {
      System.arraycopy(packets.get(i).bytes(), 0, all, 3 * i, 3);
    }
    return all;
  }
}
