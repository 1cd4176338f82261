package io.millrace.validator.media;

/** Whether decoding can start at a sample, by what its bitstream says. */
public enum Access {
  /** An IDR or BLA picture, a key frame, any audio frame. */
  KEY,
  /** A CRA picture or a recovery point: pictures that are shown before it may be lost. */
  OPEN,
  /** Needs samples before it. */
  NONE,
  /** Not looked at: an unknown codec, or encrypted. */
  UNKNOWN
}
