package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GStreamer as publisher and as viewer. */
final class GStreamer {
  private static final Pattern PRESENTATION = Pattern.compile("pts: (\\d:\\d\\d:\\d\\d\\.\\d+)");

  private static final Pattern SIZE =
      Pattern.compile("width=\\(int\\)(\\d+), height=\\(int\\)(\\d+)");

  private GStreamer() {}

  /** Pushes the clip once at its natural speed, by librtmp. */
  static Program publishWithRtmpsink(String url) {
    // librtmp's own syntax: what follows the address are its options.
    return publish("rtmpsink", "location=" + url + " live=1");
  }

  /** Pushes the clip once at its natural speed, by GStreamer's own RTMP. */
  static Program publishWithRtmp2sink(String url) {
    return publish("rtmp2sink", "location=" + url);
  }

  /** Plays a stream as fast as it comes; {@link #pictures} counts in its output. */
  static Program play(URI playlist) {
    return Program.start(
        List.of(
            Tools.require("gst-launch-1.0"),
            "-v",
            "playbin3",
            "uri=" + playlist,
            "video-sink=fakesink name=pictures sync=false silent=false",
            "audio-sink=fakesink name=sound sync=false silent=false"));
  }

  /** The presentation times of the decoded pictures that came out of {@link #play}, in order. */
  static List<Duration> pictures(String output) {
    return times(output, ":pictures: last-message = chain");
  }

  /** The presentation times of the decoded blocks of sound that came out of {@link #play}. */
  static List<Duration> sound(String output) {
    return times(output, ":sound: last-message = chain");
  }

  /** The sizes of the decoded pictures that came out of {@link #play}, in order, as 640x360. */
  static List<String> sizes(String output) {
    return output
        .lines()
        .filter(line -> line.contains(":pictures.GstPad:sink: caps = video/x-raw"))
        .map(SIZE::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1) + "x" + found.group(2))
        .distinct()
        .toList();
  }

  private static List<Duration> times(String output, String sink) {
    return output
        .lines()
        .filter(line -> line.contains(sink))
        .map(PRESENTATION::matcher)
        .filter(Matcher::find)
        .map(found -> LocalTime.parse("0" + found.group(1)))
        .map(time -> Duration.ofNanos(time.toNanoOfDay()))
        // The last message is told again when the sink changes its state.
        .distinct()
        .toList();
  }

  private static Program publish(String sink, String location) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("gst-launch-1.0"), "-q"));
    command.addAll(
        List.of("filesrc", "location=" + Clips.bigBuckBunny(), "!", "qtdemux", "name=d"));
    command.addAll(List.of("flvmux", "name=m", "streamable=true", "!", sink, location));
    command.addAll(List.of("d.video_0", "!", "queue", "!", "h264parse", "!"));
    command.addAll(List.of("video/x-h264,stream-format=avc,alignment=au", "!", "m.video"));
    command.addAll(List.of("d.audio_0", "!", "queue", "!", "aacparse", "!"));
    command.addAll(List.of("audio/mpeg,stream-format=raw", "!", "m.audio"));
    return Program.start(command);
  }
}
