package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Short media of every kind that encoders send, made from the real clip, and how FFmpeg pushes it.
 */
enum Material {
  FILM_RATE("-r 24000/1001 " + Material.H264 + Material.AAC),
  NTSC_RATE("-r 30000/1001 " + Material.H264 + Material.AAC),
  FIFTY_A_SECOND("-r 50 " + Material.H264 + Material.AAC),
  OPEN_GOP(Material.H264 + "-x264-params open-gop=1:bframes=3:scenecut=0 " + Material.AAC),
  VARIABLE_RATE(
      "-vf scale=426:240,select=not(mod(n\\,5))+lt(mod(t\\,2)\\,1) -fps_mode vfr "
          + Material.H264_UNSCALED
          + Material.AAC),
  AUDIO_LATE(Material.H264 + Material.AAC, "", "3", false),
  VIDEO_ONLY(Material.H264 + "-an "),
  AUDIO_ONLY("-vn " + Material.AAC),
  HEVC_AAC(Material.HEVC + Material.AAC),
  HEVC_OPUS(Material.HEVC + Material.OPUS, "", "0", true),
  AV1_OPUS(
      "-vf scale=426:240 -c:v libsvtav1 -preset 10 -g 48 -svtav1-params lp=1 " + Material.OPUS,
      "",
      "0",
      true),
  VP9_FLAC(
      "-vf scale=426:240 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 48 "
          + "-strict experimental -ac 2 -c:a flac ",
      "",
      "0",
      true),
  H264_AC3(Material.H264 + "-c:a ac3 "),
  FIVE_HOURS_IN(Material.H264 + Material.AAC, "-output_ts_offset 18000 ", "0", false),
  /** Three seconds in, the 31 bits of milliseconds are used up that FFmpeg sends. */
  TIMESTAMPS_WRAP(Material.H264 + Material.AAC, "-output_ts_offset 2147480.648 ", "0", false),
  TWO_AUDIO_TRACKS(
      "-map 0:v:0 -map 0:a:0 -map 0:a:0 "
          + Material.H264
          + "-ac 2 -c:a:0 aac -c:a:1 aac -b:a:1 64k ");

  private static final String H264_UNSCALED = "-c:v libx264 -preset veryfast -g 48 -keyint_min 48 ";
  private static final String H264 = "-vf scale=426:240 " + H264_UNSCALED;
  private static final String HEVC =
      "-vf scale=426:240 -c:v libx265 -preset ultrafast -x265-params keyint=48:log-level=none ";
  private static final String AAC = "-ac 2 -c:a aac ";
  private static final String OPUS = "-ac 2 -c:a libopus ";

  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final String SECONDS = "8";

  private final String making;
  private final String pushing;
  private final String audioDelaySeconds;
  private final boolean onlyCmaf;

  Material(String making) {
    this(making, "", "0", false);
  }

  /**
   * @param making FFmpeg's arguments between the clip and the file
   * @param pushing more of them when the file is pushed
   * @param audioDelaySeconds by how much the sound comes after the picture
   * @param onlyCmaf whether MPEG-TS cannot carry it
   */
  Material(String making, String pushing, String audioDelaySeconds, boolean onlyCmaf) {
    this.making = making;
    this.pushing = pushing;
    this.audioDelaySeconds = audioDelaySeconds;
    this.onlyCmaf = onlyCmaf;
  }

  boolean fits(String container) {
    return container.equals("cmaf") || !onlyCmaf;
  }

  /** The name of its stream. */
  String stream() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean hasVideo() {
    return this != AUDIO_ONLY;
  }

  boolean hasAudio() {
    return this != VIDEO_ONLY;
  }

  /** Whether its sound is AAC, which has headers in MPEG-TS only that a comparison leaves out. */
  boolean needsAdtsToAsc(String container) {
    return container.equals("ts") && making.contains(" aac ");
  }

  int audioTracks() {
    return this == TWO_AUDIO_TRACKS ? 2 : hasAudio() ? 1 : 0;
  }

  /** Makes it in a folder. */
  Path make(Path folder) {
    Path file = folder.resolve(stream() + ".mkv");
    List<String> arguments = new ArrayList<>();
    String clip = Clips.bigBuckBunny().toString();
    if (audioDelaySeconds.equals("0")) {
      arguments.addAll(List.of("-t", SECONDS, "-i", clip));
    } else {
      arguments.addAll(List.of("-t", SECONDS, "-i", clip, "-itsoffset", audioDelaySeconds));
      arguments.addAll(List.of("-t", SECONDS, "-i", clip, "-map", "0:v:0", "-map", "1:a:0"));
    }
    arguments.addAll(words(making));
    arguments.addAll(List.of("-y", file.toString()));
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
    return file;
  }

  /** FFmpeg's arguments that push the file at its natural speed. */
  List<String> push(Path file, String url) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-re", "-i", file.toString(), "-map", "0", "-c", "copy"));
    arguments.addAll(words(pushing));
    arguments.addAll(List.of("-f", "flv", url));
    return arguments;
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split(" +", -1));
  }
}
