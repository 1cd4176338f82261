package io.millrace.e2e;

/** Every kind of media comes out of fragmented MP4 bit-exact. */
class CmafBitExactIT extends BitExact {
  CmafBitExactIT() {
    super("cmaf");
  }
}
