package io.millrace.media.cue;

/**
 * What segmentation_type_id says (ANSI/SCTE 35, table 23). Starts are even and their ends one more.
 */
public final class SegmentationTypes {
  public static final int BREAK_START = 0x22;
  public static final int PROVIDER_ADVERTISEMENT_START = 0x30;
  public static final int DISTRIBUTOR_ADVERTISEMENT_START = 0x32;
  public static final int PROVIDER_PLACEMENT_START = 0x34;
  public static final int DISTRIBUTOR_PLACEMENT_START = 0x36;
  public static final int PROVIDER_PROMO_START = 0x3C;
  public static final int DISTRIBUTOR_PROMO_START = 0x3E;
  public static final int ALTERNATE_CONTENT_START = 0x42;
  public static final int PROVIDER_AD_BLOCK_START = 0x44;
  public static final int DISTRIBUTOR_AD_BLOCK_START = 0x46;

  private SegmentationTypes() {}

  /** Whether what starts here may be replaced by something else, until its end. */
  public static boolean leaves(int typeId) {
    return switch (typeId) {
      case BREAK_START,
          PROVIDER_ADVERTISEMENT_START,
          DISTRIBUTOR_ADVERTISEMENT_START,
          PROVIDER_PLACEMENT_START,
          DISTRIBUTOR_PLACEMENT_START,
          PROVIDER_PROMO_START,
          DISTRIBUTOR_PROMO_START,
          ALTERNATE_CONTENT_START,
          PROVIDER_AD_BLOCK_START,
          DISTRIBUTOR_AD_BLOCK_START ->
          true;
      default -> false;
    };
  }

  /** Whether what {@link #leaves} ends here. */
  public static boolean returns(int typeId) {
    return (typeId & 1) == 1 && leaves(startOf(typeId));
  }

  /** The type of the start of what ends. */
  public static int startOf(int endTypeId) {
    return endTypeId - 1;
  }

  /** Whether sub-segments are numbered behind a start of this type. */
  static boolean hasSubSegments(int typeId) {
    return switch (typeId) {
      case 0x30, 0x32, 0x34, 0x36, 0x38, 0x3A, 0x44, 0x46 -> true;
      default -> false;
    };
  }
}
