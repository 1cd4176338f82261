package io.millrace.transcoding;

import java.util.Locale;

/** Why a transcoder is started again. */
enum ChildFailure {
  /** It ended by itself, or was killed. */
  DIED,
  /** It was ended because it did not answer. */
  HUNG,
  /** It never answered at all, or could not be started. */
  START;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
