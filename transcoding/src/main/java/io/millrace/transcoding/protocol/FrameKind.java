package io.millrace.transcoding.protocol;

import org.jspecify.annotations.Nullable;

/** The byte that tells frames apart. */
enum FrameKind {
  HELLO(1),
  OPEN(16),
  TRACKS(17),
  SOURCE_SAMPLE(18),
  BREAK(19),
  END(20),
  KEY_FRAME(21),
  TILE(22),
  SHEET(23),
  OPEN_FILE(24),
  TAKEN(32),
  RUNG_TRACKS(33),
  RUNG_SAMPLE(34),
  RUNG_BREAK(35),
  STILL(36),
  REFUSED(37),
  ENDED(38),
  FILE_TRACKS(39),
  FILE_SAMPLE(40);

  final int number;

  FrameKind(int number) {
    this.number = number;
  }

  static @Nullable FrameKind of(int number) {
    for (FrameKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    return null;
  }
}
