package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the multivariant playlist of a broadcast (RFC 8216bis 4.4.6). It stands at the stream's
 * own address and points into {@code b/{broadcast}/}. It covers every format that its playlists
 * still list, so that a player that has read it needs no other version.
 *
 * <p>Sound in several codecs makes a group for each codec, and a variant for each group, when the
 * groups have equally many members (RFC 8216bis 4.4.6.1.1: they must have the same); otherwise all
 * are in one group. The source is the first variant, then come its rungs, the largest first, and
 * sound alone where it is wanted.
 *
 * <p>Captions that the picture has had are declared twice: as they are in the picture, and as text
 * of their own. Every variant names both groups.
 *
 * <p>I-frame playlists are behind the variants ({@link IFrameTags}).
 */
public final class MultivariantPlaylistWriter {
  private static final long STEP = 1000;

  private MultivariantPlaylistWriter() {}

  /** The playlist of a presentation that offers at least one rendition. */
  public static Buffer write(Presentation presentation) {
    List<Rendition> offered = presentation.offered();
    List<Rendition> pictures =
        offered.stream().filter(rendition -> rendition.info().isVideo()).toList();
    Optional<Rendition> video = pictures.stream().findFirst();
    List<Rendition> sound = sound(offered);
    List<Rendition> texts =
        video.isEmpty()
            ? List.of()
            : offered.stream().filter(rendition -> rendition.info().isText()).toList();
    StringBuilder out = new StringBuilder("#EXTM3U\n");
    boolean muxed = video.isPresent() && video.get().info().channels() > 0;
    Map<String, List<Rendition>> groups =
        muxed && !sound.isEmpty() ? Map.of("audio", sound) : groups(sound);
    boolean listsSound = !sound.isEmpty() && (video.isPresent() || sound.size() > 1);
    if (listsSound) {
      groups.forEach(
          (id, members) ->
              members(
                  out,
                  presentation,
                  id,
                  withMain(video, members, muxed),
                  video.orElse(members.getFirst())));
    }
    CaptionTags.members(out, presentation, texts);
    for (Rendition picture : pictures) {
      if (groups.isEmpty()) {
        variant(out, presentation, picture, List.of(), "", texts);
      }
      groups.forEach((id, members) -> variant(out, presentation, picture, members, id, texts));
    }
    if (pictures.isEmpty()) {
      groups.forEach(
          (id, members) ->
              variant(out, presentation, members.getFirst(), members, listsSound ? id : "", texts));
    }
    offered.stream()
        .filter(rendition -> rendition.name().equals(RenditionInfo.MADE_SOUND))
        .filter(made -> !pictures.isEmpty() || !sound.contains(made))
        .forEach(made -> variant(out, presentation, made, List.of(made), "", List.of()));
    IFrameTags.streams(out, presentation, pictures);
    return Buffer.buffer(out.toString());
  }

  /**
   * What is played with pictures, or alone where there are none. The sound that is made of the
   * source's is among it where the source's has another codec; beside its like it is a variant of
   * its own and nothing else.
   */
  private static List<Rendition> sound(List<Rendition> offered) {
    List<Rendition> all =
        offered.stream()
            .filter(rendition -> !rendition.info().isVideo() && !rendition.info().isText())
            .toList();
    List<Rendition> passedThrough = all.stream().filter(sound -> !sound.info().isRung()).toList();
    boolean isOther =
        all.stream()
            .filter(sound -> sound.info().isRung())
            .allMatch(
                made ->
                    passedThrough.stream()
                        .noneMatch(
                            sound ->
                                family(sound.info().codecs())
                                    .equals(family(made.info().codecs()))));
    return isOther ? all : passedThrough;
  }

  /** By group id. */
  private static Map<String, List<Rendition>> groups(List<Rendition> sound) {
    Map<String, List<Rendition>> byCodec = new LinkedHashMap<>();
    for (Rendition rendition : sound) {
      byCodec
          .computeIfAbsent(family(rendition.info().codecs()), family -> new ArrayList<>())
          .add(rendition);
    }
    long sizes = byCodec.values().stream().mapToInt(List::size).distinct().count();
    if (sizes > 1) {
      return Map.of("audio", sound);
    }
    Map<String, List<Rendition>> groups = new LinkedHashMap<>();
    byCodec.forEach(
        (family, members) -> groups.put(groups.isEmpty() ? "audio" : "audio-" + family, members));
    return groups;
  }

  private static String family(String codecs) {
    int dot = codecs.indexOf('.');
    return (dot < 0 ? codecs : codecs.substring(0, dot)).toLowerCase(Locale.ROOT);
  }

  /** Sound that comes with the picture is the group's first member. */
  private static List<Rendition> withMain(
      Optional<Rendition> video, List<Rendition> sound, boolean muxed) {
    List<Rendition> members = new ArrayList<>(sound);
    if (muxed) {
      members.addFirst(video.orElseThrow());
    }
    return members;
  }

  /**
   * What the variant itself carries is listed without an address. The first is played where nobody
   * chooses; another one may be chosen for its language by a player that knows its viewer's.
   */
  private static void members(
      StringBuilder out,
      Presentation presentation,
      String id,
      List<Rendition> members,
      Rendition main) {
    MemberTags tags =
        new MemberTags(
            members.stream().map(rendition -> rendition.info().label()).toList(),
            i -> RenditionInfo.name("Audio", i + 1).replace('-', ' '));
    for (int i = 0; i < members.size(); i++) {
      Rendition rendition = members.get(i);
      tags.open(out, "AUDIO", id, i);
      out.append(i == 0 ? ",DEFAULT=YES" : ",DEFAULT=NO");
      out.append(i == 0 || tags.isFirstOfItsLanguage(i) ? ",AUTOSELECT=YES" : "");
      out.append(",CHANNELS=\"").append(rendition.info().channels()).append('"');
      if (!rendition.name().equals(main.name())) {
        out.append(",URI=\"").append(address(presentation, rendition)).append('"');
      }
      out.append('\n');
    }
  }

  /**
   * @param group whose members are played with it; empty when they are not listed
   */
  private static void variant(
      StringBuilder out,
      Presentation presentation,
      Rendition main,
      List<Rendition> sound,
      String group,
      List<Rendition> texts) {
    boolean hasPicture = main.info().isVideo();
    long peak = hasPicture ? main.bitRate().declaredPeak() : 0;
    long average = hasPicture ? main.bitRate().average() : 0;
    long loudest = 0;
    long loudestAverage = 0;
    Set<String> codecs = new LinkedHashSet<>();
    if (hasPicture) {
      addCodecs(main, codecs);
    }
    for (Rendition rendition : sound) {
      loudest = Math.max(loudest, rendition.bitRate().declaredPeak());
      loudestAverage = Math.max(loudestAverage, rendition.bitRate().average());
      addCodecs(rendition, codecs);
    }
    long text = texts.stream().mapToLong(each -> each.bitRate().declaredPeak()).max().orElse(0);
    long textAverage = texts.stream().mapToLong(each -> each.bitRate().average()).max().orElse(0);
    out.append("#EXT-X-STREAM-INF:BANDWIDTH=").append(bits(peak + loudest + text));
    out.append(",AVERAGE-BANDWIDTH=").append(bits(average + loudestAverage + textAverage));
    out.append(",CODECS=\"").append(String.join(",", codecs)).append('"');
    if (hasPicture) {
      picture(out, main.formats().isEmpty() ? List.of(main.info()) : main.formats().values());
    }
    if (!group.isEmpty()) {
      out.append(",AUDIO=\"").append(group).append('"');
    }
    if (hasPicture) {
      CaptionTags.groups(out, texts);
    }
    out.append('\n').append(address(presentation, main)).append('\n');
  }

  /** Those of the newest segments first, then of all that are still listed. */
  private static void addCodecs(Rendition rendition, Set<String> codecs) {
    codecs.addAll(List.of(rendition.info().codecs().split(",", -1)));
    rendition.formats().values().stream()
        .flatMap(format -> List.of(format.codecs().split(",", -1)).stream())
        .sorted()
        .forEach(codecs::add);
  }

  /** The largest picture and the highest rate. */
  private static void picture(StringBuilder out, Collection<RenditionInfo> formats) {
    RenditionInfo largest = largest(formats);
    double rate = 0;
    for (RenditionInfo format : formats) {
      rate = Math.max(rate, format.frameRate());
    }
    out.append(",RESOLUTION=").append(largest.width()).append('x').append(largest.height());
    if (rate > 0) {
      out.append(",FRAME-RATE=").append(String.format(Locale.ROOT, "%.3f", rate));
    }
  }

  /** The one with the largest picture. */
  static RenditionInfo largest(Collection<RenditionInfo> formats) {
    RenditionInfo largest = formats.iterator().next();
    for (RenditionInfo format : formats) {
      if ((long) format.width() * format.height() > (long) largest.width() * largest.height()) {
        largest = format;
      }
    }
    return largest;
  }

  /** Rounded up, so that no segment measured so far exceeds it. */
  static long bits(long rate) {
    return Math.max(STEP, (rate + STEP - 1) / STEP * STEP);
  }

  static String address(Presentation presentation, Rendition rendition) {
    return folder(presentation, rendition) + "index.m3u8";
  }

  static String folder(Presentation presentation, Rendition rendition) {
    return "b/" + presentation.broadcast().id() + "/" + rendition.name() + "/";
  }
}
