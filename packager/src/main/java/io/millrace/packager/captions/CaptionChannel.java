package io.millrace.packager.captions;

/** One of the captions that a picture track can carry side by side. */
public enum CaptionChannel {
  CC1,
  CC2,
  CC3,
  CC4,
  SERVICE1,
  SERVICE2,
  SERVICE3,
  SERVICE4,
  SERVICE5,
  SERVICE6;

  /** CTA-708 services that are decoded: 1 is the primary caption service (CTA-708 4.5). */
  static final int SERVICES = 6;

  /** The value of INSTREAM-ID in a playlist (RFC 8216bis 4.4.6.1). */
  public String instreamId() {
    return name();
  }

  /**
   * @param field 0 or 1
   * @param channel 0 or 1 within the field
   */
  static CaptionChannel ofField(int field, int channel) {
    return valueOf("CC" + (2 * field + channel + 1));
  }

  /**
   * @param number from 1
   */
  static CaptionChannel ofService(int number) {
    return valueOf("SERVICE" + number);
  }
}
