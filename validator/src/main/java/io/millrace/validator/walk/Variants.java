package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.media.FormatRules;
import io.millrace.validator.media.TrackFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The variants of a presentation: which media playlists each is played from, and whether the media
 * keeps what the multivariant playlist says of it. Without one there are none. Any thread may use
 * it.
 */
final class Variants {
  /** What a live average is taken over. */
  private static final double AVERAGED_SECONDS = 3600;

  /** How long caches may give a multivariant playlist that its origin has replaced. */
  private static final long FOLLOWS_WITHIN_NANOS = 4_000_000_000L;

  private static final long RETRY_NANOS = 200_000_000L;
  private static final long RATES_RETRY_NANOS = 1_000_000_000L;

  private final HlsWalker walker;
  private final URI address;
  private final Map<String, Set<URI>> lists = new ConcurrentHashMap<>();
  private final AtomicBoolean measuring = new AtomicBoolean();
  private volatile Optional<MultivariantPlaylist> multivariant;

  /**
   * @param address of the multivariant playlist
   */
  Variants(HlsWalker walker, URI address, Optional<MultivariantPlaylist> multivariant) {
    this.walker = walker;
    this.address = address;
    this.multivariant = multivariant;
    multivariant.ifPresent(this::keepLists);
  }

  /** What a variant has been played from counts for its rates, though it be no longer offered. */
  private void keepLists(MultivariantPlaylist many) {
    for (MultivariantPlaylist.Variant variant : many.variants()) {
      lists
          .computeIfAbsent(variant.uri(), uri -> ConcurrentHashMap.newKeySet())
          .addAll(listsOf(many, variant));
    }
  }

  /** Whether all segments are promised to be independent. */
  boolean allIndependent() {
    return multivariant.map(MultivariantPlaylist::independentSegments).orElse(false);
  }

  /**
   * M2: judges the variants that a playlist belongs to. Where they seem wrong, the multivariant
   * playlist is read again, for it may have followed since: as long as a cache may give the former
   * one (H4), that is no violation. It waits on a thread of its own.
   *
   * @param changed whether other formats are listed too
   * @param judged run once, when it is
   */
  void formatSeen(URI list, TrackFormat format, boolean changed, Runnable judged) {
    Thread.ofVirtual()
        .name("format " + list.getPath())
        .start(
            () -> {
              try {
                walker.findings().add(judgeInTime(list, format, changed));
              } catch (RuntimeException e) {
                walker.findings().failed(list.toString(), e);
              } finally {
                judged.run();
              }
            });
  }

  private List<Violation> judgeInTime(URI list, TrackFormat format, boolean changed) {
    List<Violation> violations = judge(list, format, changed);
    long deadline = System.nanoTime() + FOLLOWS_WITHIN_NANOS;
    while (!violations.isEmpty() && System.nanoTime() - deadline < 0 && !walker.isClosed()) {
      LockSupport.parkNanos(RETRY_NANOS);
      readAgain();
      violations = judge(list, format, changed);
    }
    return violations;
  }

  private List<Violation> judge(URI list, TrackFormat format, boolean changed) {
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null) {
      return List.of();
    }
    return withIFrames(many)
        .filter(variant -> listsOf(many, variant).contains(list))
        .flatMap(
            variant ->
                FormatRules.check(address.toString(), variant, List.of(format), changed).stream())
        .toList();
  }

  /**
   * M1: more has been measured. Where more comes than is declared, the multivariant playlist is
   * read again: while a broadcast is on air, nobody can know at its start what the encoder will
   * reach. It waits on a thread of its own, one at a time.
   *
   * @param judged run once, when it is
   */
  void measured(List<MediaPlaylistWalk> walks, Runnable judged) {
    if (bandwidths(walks).isEmpty() || !measuring.compareAndSet(false, true)) {
      judged.run();
      return;
    }
    Thread.ofVirtual()
        .name("rates " + address.getPath())
        .start(
            () -> {
              long deadline = System.nanoTime() + FOLLOWS_WITHIN_NANOS;
              try {
                readAgain();
                while (isToFollow(walks, deadline)) {
                  LockSupport.parkNanos(RATES_RETRY_NANOS);
                  readAgain();
                }
              } catch (RuntimeException e) {
                walker.findings().failed(address.toString(), e);
              } finally {
                measuring.set(false);
              }
              if (isToFollow(walks, deadline)) {
                // It has been measured just now, by somebody who saw this thread at work.
                measured(walks, judged);
              } else {
                judged.run();
              }
            });
  }

  private boolean isToFollow(List<MediaPlaylistWalk> walks, long deadline) {
    return System.nanoTime() - deadline < 0
        && !walker.isClosed()
        && walker.findings().failures().isEmpty()
        && !bandwidths(walks).isEmpty();
  }

  /** M1_PEAK and M1_AVERAGE by what was measured so far, and by what was declared last. */
  List<Violation> bandwidths(List<MediaPlaylistWalk> walks) {
    List<Violation> violations = new ArrayList<>();
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null) {
      return violations;
    }
    for (MultivariantPlaylist.Variant variant : withIFrames(many).toList()) {
      double peak = 0;
      double average = 0;
      double seconds = 0;
      boolean live = true;
      Optional<URI> own = walker.resolve(address, variant.uri());
      double renditionPeak = 0;
      double renditionAverage = 0;
      for (MediaPlaylistWalk walk : walks) {
        if (own.equals(Optional.of(walk.uri()))) {
          peak = walk.rates().peak();
          average = walk.rates().average();
          seconds = walk.rates().seconds();
          live = walk.started() && !walk.latest().ended();
        } else if (lists.getOrDefault(variant.uri(), Set.of()).contains(walk.uri())) {
          renditionPeak = Math.max(renditionPeak, walk.rates().peak());
          renditionAverage = Math.max(renditionAverage, walk.rates().average());
        }
      }
      live |= walks.stream().anyMatch(walk -> walk.versionCount() > 1);
      violations.addAll(
          MultivariantRules.peak(address.toString(), variant, peak + renditionPeak, live));
      if (!live || seconds >= AVERAGED_SECONDS) {
        violations.addAll(
            MultivariantRules.average(address.toString(), variant, average + renditionAverage));
      }
    }
    return violations;
  }

  private static Stream<MultivariantPlaylist.Variant> withIFrames(MultivariantPlaylist many) {
    return Stream.concat(
        many.variants().stream(), many.iFrames().stream().map(MultivariantRules::asVariant));
  }

  /** M5: a list is of I-frames where the multivariant playlist says so, and only there. */
  List<Violation> judgeKind(URI list, MediaPlaylist playlist) {
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null || isIFrames(many, list) == playlist.iFramesOnly()) {
      return List.of();
    }
    return List.of(
        new Violation(
            Rule.M5,
            list.toString(),
            playlist.iFramesOnly()
                ? "EXT-X-I-FRAMES-ONLY in the playlist of a variant"
                : "no EXT-X-I-FRAMES-ONLY"));
  }

  private boolean isIFrames(MultivariantPlaylist many, URI list) {
    return many.iFrames().stream()
        .flatMap(stream -> stream.text("URI").stream())
        .anyMatch(uri -> walker.resolve(address, uri).equals(Optional.of(list)));
  }

  /** Whether a list is subtitles or I-frames, which keep their own time. */
  boolean isSideList(URI list) {
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null) {
      return false;
    }
    Stream<AttributeList> side =
        Stream.concat(
            many.iFrames().stream(),
            many.renditions().stream()
                .filter(rendition -> rendition.text("TYPE").equals(Optional.of("SUBTITLES"))));
    return side.map(attributes -> attributes.text("URI"))
        .flatMap(Optional::stream)
        .anyMatch(uri -> walker.resolve(address, uri).equals(Optional.of(list)));
  }

  private void readAgain() {
    try {
      Fetcher.Answer answer = walker.fetcher().playlist(address, Map.of());
      if (answer.status() == 200
          && PlaylistReader.read(new String(answer.body(), StandardCharsets.UTF_8), problem -> {})
              instanceof MultivariantPlaylist many) {
        keepLists(many);
        multivariant = Optional.of(many);
      }
    } catch (IOException | MalformedPlaylistException e) {
      walker
          .findings()
          .note("the multivariant playlist could not be read again: " + e.getMessage());
    }
  }

  /** The playlists that a variant is played from: its own, and its renditions'. */
  private Set<URI> listsOf(MultivariantPlaylist many, MultivariantPlaylist.Variant variant) {
    Set<URI> lists = new HashSet<>();
    walker.resolve(address, variant.uri()).ifPresent(lists::add);
    Stream.of("AUDIO", "VIDEO")
        .flatMap(type -> many.renditionsOf(variant, type))
        .map(rendition -> rendition.text("URI"))
        .flatMap(Optional::stream)
        .map(uri -> walker.resolve(address, uri))
        .flatMap(Optional::stream)
        .forEach(lists::add);
    return lists;
  }
}
