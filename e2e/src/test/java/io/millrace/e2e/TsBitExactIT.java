package io.millrace.e2e;

/** Every kind of media that MPEG-TS can carry comes out of it bit-exact. */
class TsBitExactIT extends BitExact {
  TsBitExactIT() {
    super("ts");
  }
}
