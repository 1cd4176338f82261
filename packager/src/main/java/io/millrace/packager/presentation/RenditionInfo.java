package io.millrace.packager.presentation;

import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackLabel;
import java.util.Comparator;
import java.util.Locale;

/**
 * What a multivariant playlist says of a rendition.
 *
 * @param name {@code video} or {@code audio}, from the second of its kind with a number behind it
 *     ({@code audio-2}), what is made of the source with the rung's word ({@code video-480p},
 *     {@code audio-aac}), or {@code text} and the captions that it is of ({@code text-cc1}); the
 *     directory of its objects
 * @param codecs RFC 6381
 * @param width pixels; 0 for audio and text
 * @param height pixels; 0 for audio and text
 * @param channels of sound; 0 where there is none
 * @param frameRate pictures a second as measured; 0 for audio, text and while unknown
 * @param label what it is to viewers: of sound and of text
 */
public record RenditionInfo(
    String name,
    String codecs,
    int width,
    int height,
    int channels,
    double frameRate,
    TrackLabel label) {
  /** The sound that is made of the source's. */
  public static final String MADE_SOUND = "audio-aac";

  /** What names may look like; a number has three digits at most. */
  public static final String NAME_PATTERN =
      "(video|audio)(-([2-9]|[1-9][0-9]{1,2}))?|video-[1-9][0-9]{2,3}p|"
          + MADE_SOUND
          + "|text-(cc[1-4]|service[1-6])";

  private static final String TEXT = "text";

  /**
   * The picture first, text last, then by number or name; behind each kind its rungs, the largest
   * first.
   */
  public static final Comparator<RenditionInfo> ORDER =
      Comparator.comparing((RenditionInfo info) -> !info.isVideo())
          .thenComparing(RenditionInfo::isText)
          .thenComparing(RenditionInfo::isRung)
          .thenComparingInt(info -> info.isRung() ? -info.lines() : info.number())
          .thenComparing(info -> info.name());

  /** Of which nothing is said. */
  public RenditionInfo(
      String name, String codecs, int width, int height, int channels, double frameRate) {
    this(name, codecs, width, height, channels, frameRate, TrackLabel.NONE);
  }

  /** The name of the nth rendition of a kind. */
  public static String name(String kind, int number) {
    return number == 1 ? kind : kind + "-" + number;
  }

  /** A track as a rendition of its own; its rate of pictures is unknown. */
  public static RenditionInfo of(String name, Track track) {
    return switch (track.format()) {
      case TrackFormat.Video video ->
          new RenditionInfo(name, video.codecs(), video.width(), video.height(), 0, 0);
      case TrackFormat.Audio audio ->
          new RenditionInfo(name, audio.codecs(), 0, 0, audio.channels(), 0, track.label());
    };
  }

  /**
   * Captions as text of their own, in WebVTT.
   *
   * @param instreamId which of the picture's captions, as INSTREAM-ID says it
   */
  public static RenditionInfo text(String instreamId, TrackLabel label) {
    String name = TEXT + "-" + instreamId.toLowerCase(Locale.ROOT);
    return new RenditionInfo(name, "wvtt", 0, 0, 0, 0, label);
  }

  /** {@code video}, {@code audio} or {@code text}. */
  public String kind() {
    int dash = name.indexOf('-');
    return dash < 0 ? name : name.substring(0, dash);
  }

  /** Which of its kind it is, from 1; 0 for a rung. Texts have no numbers. */
  public int number() {
    int dash = name.indexOf('-');
    return dash < 0 || isText() ? 1 : isRung() ? 0 : Integer.parseInt(name.substring(dash + 1));
  }

  /** Whether it is made of the source, by a transcoder. */
  public boolean isRung() {
    return name.equals(MADE_SOUND) || name.endsWith("p");
  }

  /** The name of a rung of pictures of so many lines. */
  public static String rung(int lines) {
    return "video-" + lines + "p";
  }

  /** Of a rung of pictures, as it is called; else 0. */
  private int lines() {
    return isRung() && isVideo()
        ? Integer.parseInt(name.substring(name.indexOf('-') + 1, name.length() - 1))
        : 0;
  }

  public boolean isVideo() {
    return kind().equals("video");
  }

  public boolean isText() {
    return kind().equals(TEXT);
  }

  /** Of a text: the captions that it is of, as INSTREAM-ID says it (RFC 8216bis 4.4.6.1). */
  public String instreamId() {
    return name.substring(TEXT.length() + 1).toUpperCase(Locale.ROOT);
  }

  /** The same with a measured rate. */
  public RenditionInfo withFrameRate(double measured) {
    return new RenditionInfo(name, codecs, width, height, channels, measured, label);
  }

  /** The same under another name. */
  public RenditionInfo withName(String newName) {
    return new RenditionInfo(newName, codecs, width, height, channels, frameRate, label);
  }

  /** The same with another label. */
  public RenditionInfo withLabel(TrackLabel other) {
    return new RenditionInfo(name, codecs, width, height, channels, frameRate, other);
  }
}
