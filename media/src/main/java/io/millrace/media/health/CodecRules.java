package io.millrace.media.health;

import static io.millrace.media.HealthFinding.Severity.INFO;
import static io.millrace.media.HealthFinding.Severity.WARNING;
import static io.millrace.media.health.HealthRule.GOOD;
import static io.millrace.media.health.HealthRules.bad;

import io.millrace.media.HealthFinding.Severity;
import java.util.List;

/** Formats that not every player can show: told by the RFC 6381 name, whatever the encoder says. */
final class CodecRules {
  private CodecRules() {}

  static List<HealthRule> all() {
    return List.of(
        rule(
            "codec-hevc",
            WARNING,
            "H.265 (HEVC)",
            "Firefox on some systems and older Android, Windows and Linux browsers show no picture.",
            "Use H.264 to reach every player.",
            "hvc1",
            "hev1"),
        rule(
            "codec-av1",
            WARNING,
            "AV1",
            "iPhones before 15 Pro, older Macs and many television sets show no picture.",
            "Use H.264 to reach every player.",
            "av01"),
        rule(
            "codec-vp9",
            WARNING,
            "VP9",
            "Apple's own players show no picture of it in HLS.",
            "Use H.264 to reach every player.",
            "vp09"),
        rule(
            "codec-opus",
            WARNING,
            "Opus",
            "Apple's devices before iOS 17 and many television sets are silent.",
            "Use AAC to reach every player.",
            "opus"),
        rule(
            "codec-flac",
            INFO,
            "FLAC",
            "Older players are silent, and sound needs several times the bandwidth.",
            "Use AAC to reach every player.",
            "flac"),
        rule(
            "codec-ac3",
            WARNING,
            "Dolby Digital (AC-3)",
            "Chrome and Firefox are silent.",
            "Use AAC to reach every player.",
            "ac-3",
            "ec-3"),
        rule(
            "codec-he-aac",
            INFO,
            "HE-AAC",
            "A few browsers play it without its upper frequencies.",
            "From 64 kbit/s on, use AAC-LC.",
            "mp4a.40.5",
            "mp4a.40.29"));
  }

  private static HealthRule rule(
      String code, Severity severity, String name, String effect, String advice, String... codecs) {
    return new HealthRule(
        code,
        1,
        1,
        seen -> {
          for (String used : seen.codecs()) {
            for (String codec : codecs) {
              if (used.equals(codec) || used.startsWith(codec + ".")) {
                return bad(severity, "The stream uses " + name + ".", effect, advice);
              }
            }
          }
          return GOOD;
        });
  }
}
