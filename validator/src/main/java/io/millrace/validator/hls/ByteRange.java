package io.millrace.validator.hls;

/** Some bytes of a resource: from {@code offset}, {@code length} of them. */
public record ByteRange(long offset, long length) {
  /** As a Range header says it. */
  public String header() {
    return "bytes=" + offset + "-" + (offset + length - 1);
  }
}
