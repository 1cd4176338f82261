package io.millrace.ingest.elementary;

import io.millrace.ingest.elementary.VideoUnit.Kind;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a codec whose access units consist of NAL units. Parameter sets that come in the access
 * units are compared with the configuration: where an encoder changes them without a new record,
 * one is built of them at the next key frame.
 */
abstract sealed class NalReader implements VideoReader permits H264Reader, H265Reader {
  /** {@code payloadType} of a recovery point message, the same in AVC and HEVC. */
  private static final int RECOVERY_POINT = 6;

  private final String codec;
  private final NalUnits.Visitor visitor = this::unit;
  private int lengthSize = 4;
  private @Nullable Buffer record;

  // The access unit that is being read.
  private boolean sync;
  private boolean picture;
  private boolean recoveryPoint;

  private boolean setsChanged;

  /**
   * @param codec its name in problems
   */
  NalReader(String codec) {
    this.codec = codec;
  }

  @Override
  public final void configure(Buffer told) {
    if (told.length() == 0 || told.equals(record)) {
      return;
    }
    if (NalUnits.startsWithStartCode(told)) {
      NalUnits.readAnnexB(codec + " parameter sets", told, visitor);
      adoptChangedSets();
    } else {
      lengthSize = adoptRecord(told);
      setsChanged = false;
    }
    record = told.copy();
  }

  @Override
  public final @Nullable VideoUnit read(Buffer data) {
    sync = false;
    picture = false;
    recoveryPoint = false;
    Buffer units = NalUnits.read(codec + " access unit", data, lengthSize, visitor);
    if (sync && setsChanged) {
      adoptChangedSets();
    }
    return format() == null && picture ? null : new VideoUnit(units, kind());
  }

  /** Takes a configuration record over, and returns how many bytes NAL lengths have with it. */
  abstract int adoptRecord(Buffer told);

  /**
   * Makes a configuration of the parameter sets that came by themselves, where there are enough.
   */
  abstract void adoptSets();

  /** Looks at a NAL unit and says what it is by the methods below; as {@link NalUnits.Visitor}. */
  abstract void unit(Buffer data, int from, int length);

  /** The unit is a slice. */
  final void sawPicture(boolean keyFrame) {
    picture = true;
    sync |= keyFrame;
  }

  /** The unit is a parameter set. */
  final void sawSet(boolean isNews) {
    setsChanged |= isNews;
  }

  /** The unit is a message (SEI), whose first type stands here. */
  final void sawMessage(Buffer data, int typeAt, int end) {
    recoveryPoint |= typeAt < end && data.getByte(typeAt) == RECOVERY_POINT;
  }

  private void adoptChangedSets() {
    setsChanged = false;
    adoptSets();
  }

  private Kind kind() {
    if (!picture) {
      return Kind.NO_PICTURE;
    }
    return sync ? Kind.SYNC : recoveryPoint ? Kind.RECOVERY_POINT : Kind.INTER;
  }
}
