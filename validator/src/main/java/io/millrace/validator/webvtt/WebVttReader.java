package io.millrace.validator.webvtt;

import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.webvtt.WebVtt.Cue;
import io.millrace.validator.webvtt.WebVtt.TimestampMap;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a WebVTT segment as its writer should have written it (WebVTT 4.1, RFC 8216bis 3.1.4);
 * settings and tags of cues are not looked into. Pure.
 */
public final class WebVttReader {
  private static final String SIGNATURE = "WEBVTT";
  private static final String ARROW = "-->";
  private static final String TIME = "(?:(\\d{2,6}):)?([0-5]\\d):([0-5]\\d)\\.(\\d{3})";
  private static final Pattern TIMES =
      Pattern.compile(TIME + "[ \\t]+-->[ \\t]+" + TIME + "(?:[ \\t].*)?");
  private static final Pattern MAP =
      Pattern.compile("X-TIMESTAMP-MAP=(?=.*LOCAL:" + TIME + ")(?=.*MPEGTS:(\\d{1,10})(?:,|$)).*");
  private static final Pattern NO_CUE = Pattern.compile("(NOTE|STYLE|REGION)([ \\t].*)?");

  private final String[] lines;
  private int at;

  private WebVttReader(String[] lines) {
    this.lines = lines;
  }

  /** Whether a file says that it is WebVTT. */
  public static boolean isText(byte[] file) {
    int bom = file.length > 2 && file[0] == (byte) 0xEF ? 3 : 0;
    return new String(
            file, bom, Math.min(SIGNATURE.length(), file.length - bom), StandardCharsets.UTF_8)
        .equals(SIGNATURE);
  }

  /**
   * Reads a whole file.
   *
   * @throws MalformedFileException naming the line
   */
  public static WebVtt read(byte[] file) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedFileException("line 1", "not UTF-8");
    }
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return new WebVttReader(body.split("\r\n|\n|\r", -1)).read();
  }

  private WebVtt read() {
    if (!lines[0].matches(SIGNATURE + "([ \\t].*)?")) {
      throw malformed("does not begin with WEBVTT");
    }
    Optional<TimestampMap> map = header();
    List<Cue> cues = new ArrayList<>();
    while (skipBlank()) {
      if (NO_CUE.matcher(lines[at]).matches()) {
        skipBlock();
      } else {
        cues.add(cue());
      }
    }
    return new WebVtt(map, cues);
  }

  private Optional<TimestampMap> header() {
    Optional<TimestampMap> map = Optional.empty();
    for (at = 1; at < lines.length && !lines[at].isEmpty(); at++) {
      if (lines[at].startsWith("X-TIMESTAMP-MAP")) {
        Matcher matcher = MAP.matcher(lines[at]);
        if (!matcher.matches() || Long.parseLong(matcher.group(5)) >= 1L << 33) {
          throw malformed("no timestamp map: " + lines[at]);
        }
        map = Optional.of(new TimestampMap(seconds(matcher, 1), Long.parseLong(matcher.group(5))));
      } else if (lines[at].contains(ARROW)) {
        throw malformed("no empty line behind the header");
      }
    }
    return map;
  }

  private Cue cue() {
    if (!lines[at].contains(ARROW)) {
      at++;
    }
    Matcher times = TIMES.matcher(at < lines.length ? lines[at] : "");
    if (!times.matches()) {
      throw malformed("a cue without times");
    }
    double from = seconds(times, 1);
    double to = seconds(times, 5);
    if (from >= to) {
      throw malformed("a cue ends before it begins");
    }
    int line = at + 1;
    at++;
    List<String> text = new ArrayList<>();
    for (; at < lines.length && !lines[at].isEmpty(); at++) {
      if (lines[at].contains(ARROW)) {
        throw malformed("no empty line before a cue");
      }
      text.add(lines[at]);
    }
    return new Cue(line, from, to, String.join("\n", text));
  }

  private boolean skipBlank() {
    while (at < lines.length && lines[at].isEmpty()) {
      at++;
    }
    return at < lines.length;
  }

  private void skipBlock() {
    while (at < lines.length && !lines[at].isEmpty()) {
      at++;
    }
  }

  private static double seconds(Matcher time, int group) {
    String hours = time.group(group);
    return (hours == null ? 0 : Integer.parseInt(hours)) * 3600
        + Integer.parseInt(time.group(group + 1)) * 60
        + Integer.parseInt(time.group(group + 2))
        + Integer.parseInt(time.group(group + 3)) / 1000.0;
  }

  private MalformedFileException malformed(String words) {
    return new MalformedFileException("line " + (Math.min(at, lines.length - 1) + 1), words);
  }
}
