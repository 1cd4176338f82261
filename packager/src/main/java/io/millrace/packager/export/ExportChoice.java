package io.millrace.packager.export;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which renditions of an asset become tracks of one file, and whether they can. Pure. */
sealed interface ExportChoice {
  /** The picture first, then its sound. */
  record Tracks(List<ExportTrack> tracks, Duration duration) implements ExportChoice {}

  /**
   * They cannot.
   *
   * @param rung whether that is since there is no such rung
   */
  record Refused(boolean rung, String words) implements ExportChoice {}

  /** Sound without the picture. */
  String AUDIO = "audio";

  /** What was sent. */
  String SOURCE = "source";

  /**
   * Chooses.
   *
   * @param rung {@code source}, {@code audio}, or a word like {@code 480p}; empty for the top one
   */
  static ExportChoice of(Presentation asset, Optional<String> rung) {
    List<Rendition> pictures = new ArrayList<>();
    List<Rendition> sound = new ArrayList<>();
    for (Rendition rendition : asset.offered()) {
      if (rendition.info().isVideo()) {
        pictures.add(rendition);
      } else if (!rendition.info().isText() && !rendition.info().isRung()) {
        sound.add(rendition);
      }
    }
    String wanted = rung.orElse(pictures.isEmpty() ? AUDIO : wordOf(pictures.getFirst()));
    List<Rendition> chosen = new ArrayList<>();
    pictures.stream().filter(picture -> wordOf(picture).equals(wanted)).forEach(chosen::add);
    if (chosen.isEmpty() && !(wanted.equals(AUDIO) && !sound.isEmpty())) {
      return new Refused(
          true, "there is no rung '" + shown(wanted) + "'; there is " + words(pictures, sound));
    }
    chosen.addAll(sound);
    List<ExportTrack> tracks = new ArrayList<>();
    for (Rendition rendition : chosen) {
      List<Segment> media = rendition.held().stream().filter(one -> !one.gap()).toList();
      if (media.isEmpty()) {
        continue;
      }
      if (!media.getFirst().hasInit()) {
        return new Refused(
            false,
            "its segments are MPEG-TS, and one MP4 of those is not made here; FFmpeg makes it of"
                + " its index.m3u8, with -c copy");
      }
      Optional<String> change = change(rendition, media);
      if (change.isPresent()) {
        return new Refused(false, change.get());
      }
      tracks.add(new ExportTrack(rendition.name(), media.getFirst().init(), media));
    }
    long nanos = chosen.getFirst().held().stream().mapToLong(Segment::durationNanos).sum();
    return new Tracks(tracks, Duration.ofNanos(nanos));
  }

  private static String wordOf(Rendition picture) {
    return picture.name().equals("video") ? SOURCE : picture.name().replaceFirst("^video-", "");
  }

  private static String words(List<Rendition> pictures, List<Rendition> sound) {
    Set<String> words = new TreeSet<>();
    pictures.forEach(picture -> words.add(wordOf(picture)));
    if (!sound.isEmpty()) {
      words.add(AUDIO);
    }
    return String.join(", ", words);
  }

  private static String shown(String word) {
    String clean = word.replaceAll("[^A-Za-z0-9_-]", "?");
    return clean.length() > 32 ? clean.substring(0, 32) + "…" : clean;
  }

  /** Players take one description of what a track is; so it must not change. */
  private static Optional<String> change(Rendition rendition, List<Segment> media) {
    String init = media.getFirst().init();
    long nanos = 0;
    for (Segment segment : rendition.held()) {
      if (!segment.gap() && !segment.init().equals(init)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "its %s changes at %.3f s from %s to %s, and one MP4 holds one of them; export a"
                    + " clip of what is before, and one of what is behind",
                rendition.info().isVideo() ? "picture" : "sound",
                nanos / 1e9,
                describe(rendition, init),
                describe(rendition, segment.init())));
      }
      nanos += segment.durationNanos();
    }
    return Optional.empty();
  }

  private static String describe(Rendition rendition, String init) {
    RenditionInfo info = rendition.formats().getOrDefault(init, rendition.info());
    return info.width() > 0
        ? info.codecs() + " " + info.width() + "x" + info.height()
        : info.codecs() + " with " + info.channels() + " channels";
  }
}
