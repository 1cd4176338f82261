package io.millrace.packager.presentation;

/**
 * What a multivariant playlist says of a rendition.
 *
 * @param name {@code video} or {@code audio}; the directory of its objects
 * @param codecs RFC 6381
 * @param width pixels; 0 for audio
 * @param height pixels; 0 for audio
 * @param channels 0 for video
 * @param frameRate pictures a second as measured; 0 for audio and while unknown
 */
public record RenditionInfo(
    String name, String codecs, int width, int height, int channels, double frameRate) {
  public boolean isVideo() {
    return name.equals("video");
  }

  /** The same with a measured rate. */
  public RenditionInfo withFrameRate(double measured) {
    return new RenditionInfo(name, codecs, width, height, channels, measured);
  }
}
