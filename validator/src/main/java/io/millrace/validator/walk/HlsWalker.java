package io.millrace.validator.walk;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.PresentationRules;
import io.millrace.validator.media.FormatRules;
import io.millrace.validator.media.TrackFormat;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * A client that follows a presentation to its end and judges everything it is given: every version
 * of every playlist, every listed segment, and how the server answers. Each media playlist has two
 * virtual threads of its own; everything public may be called at any time, from any thread.
 */
public final class HlsWalker implements AutoCloseable {
  private static final long RETRY_NANOS = 500_000_000L;
  private static final int SHOWN_OF_A_BODY = 40;

  /** What a live average is taken over. */
  private static final double AVERAGED_SECONDS = 3600;

  /** What wall clocks of playlists may differ in: a decoding delay, a frame of sound. */
  private static final double CLOCKS_APART_SECONDS = 0.15;

  private final WalkOptions options;
  private final Fetcher fetcher;
  private final Findings findings = new Findings();
  private final List<MediaPlaylistWalk> walks = new ArrayList<>();
  private final URI address;
  private volatile Optional<MultivariantPlaylist> multivariant = Optional.empty();
  private volatile boolean closed;

  private HlsWalker(URI address, WalkOptions options) {
    this.address = address;
    this.options = options;
    this.fetcher = new Fetcher(options);
  }

  /**
   * Starts to follow a stream, which must be on air already, and looks often.
   *
   * @param address of its multivariant playlist, or of a media playlist
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static HlsWalker follow(URI address) {
    return follow(address, WalkOptions.defaults().eager());
  }

  /**
   * Starts to follow a stream.
   *
   * @throws CannotLookException when it can't be fetched or is none
   */
  public static HlsWalker follow(URI address, WalkOptions options) {
    HlsWalker walker = new HlsWalker(address, options);
    try {
      walker.start();
    } catch (CannotLookException e) {
      walker.close();
      throw e;
    }
    return walker;
  }

  /** Every MUST that was broken so far. */
  public List<Violation> violations() {
    return Stream.concat(
            findings.must().stream(), walks.stream().flatMap(walk -> walk.stale().stream()))
        .toList();
  }

  /** Every SHOULD that was broken so far. */
  public List<Violation> remarks() {
    return Stream.concat(findings.should().stream(), bandwidths().stream()).toList();
  }

  /** The media playlists it follows. */
  public List<MediaPlaylistWalk> walks() {
    return List.copyOf(walks);
  }

  /**
   * Whether every media playlist has ended (EXT-X-ENDLIST) and all that they list was looked at.
   */
  public boolean ended() {
    return walks.stream().allMatch(walk -> walk.sawAll() && walk.latest().ended());
  }

  /** Whether every media playlist was seen. */
  public boolean started() {
    return walks.stream().allMatch(MediaPlaylistWalk::started);
  }

  /** Whether every media playlist was seen, and everything that it listed. */
  public boolean sawAll() {
    return walks.stream().allMatch(MediaPlaylistWalk::sawAll);
  }

  /** How much was looked at so far. */
  public ValidationReport.Looked looked() {
    return new ValidationReport.Looked(
        walks.size(),
        walks.stream().mapToInt(MediaPlaylistWalk::versionCount).sum(),
        walks.stream().mapToInt(walk -> walk.segments().size()).sum(),
        walks.stream().mapToLong(MediaPlaylistWalk::bytes).sum(),
        walks.stream().mapToDouble(walk -> walk.rates().seconds()).sum(),
        ended());
  }

  /** What was found so far. */
  public ValidationReport report() {
    return new ValidationReport(violations(), remarks(), looked(), findings.notes());
  }

  /** Stops to follow. */
  @Override
  public void close() {
    closed = true;
    walks.forEach(MediaPlaylistWalk::interrupt);
    fetcher.close();
  }

  private void start() {
    Fetcher.Answer answer = first();
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    Playlist playlist = read(answer, body);
    switch (playlist) {
      case MediaPlaylist media -> {
        if (media.segments().isEmpty() && media.nextParts().isEmpty()) {
          findings.add(new Violation(Rule.H9, address.toString(), "200 with an empty playlist"));
        }
        walks.add(new MediaPlaylistWalk(this, answer.uri()));
      }
      case MultivariantPlaylist many -> {
        multivariant = Optional.of(many);
        findings.add(PlaylistRules.body(address.toString(), answer.header("content-type"), body));
        findings.add(MultivariantRules.check(address.toString(), many));
        addressesOf(answer.uri(), many).forEach(uri -> walks.add(new MediaPlaylistWalk(this, uri)));
      }
    }
    walks.forEach(MediaPlaylistWalk::start);
  }

  /** The first answer; waits for it as long as the options say. */
  private Fetcher.Answer first() {
    long deadline = System.nanoTime() + options.patience().toNanos();
    while (true) {
      Fetcher.Answer answer;
      try {
        answer = fetcher.playlist(address, Map.of());
      } catch (IOException e) {
        throw new CannotLookException(words(e));
      }
      if (answer.status() == 200) {
        return answer;
      }
      boolean notYet = answer.status() == 404 || answer.status() == 503;
      if (!notYet || System.nanoTime() > deadline) {
        throw new CannotLookException(words(answer.status()));
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  private String words(int status) {
    return switch (status) {
      case 401, 403 -> address + " answers " + status + ": it wants a token or another viewer";
      case 404 -> address + " answers 404: there is no such stream, or it is not on air";
      case 503 -> address + " answers 503: the stream has nothing to play yet";
      default -> address + " answers " + status;
    };
  }

  private String words(IOException failure) {
    String reason =
        switch (failure) {
          case SSLException e -> "TLS fails: " + e.getMessage();
          case HttpTimeoutException e -> "no answer in time";
          case ConnectException e ->
              e.getCause() instanceof UnresolvedAddressException
                      || String.valueOf(e.getCause()).contains("Unresolved")
                  ? "there is no such host, or this machine is offline"
                  : "nothing listens there";
          default -> String.valueOf(failure.getMessage());
        };
    return address + " cannot be read: " + reason;
  }

  private Playlist read(Fetcher.Answer answer, String body) {
    try {
      return PlaylistReader.read(body, problem -> report(answer.uri(), problem));
    } catch (MalformedPlaylistException e) {
      String start = body.strip();
      throw new CannotLookException(
          "%s is no HLS playlist: %s (it starts with '%s', Content-Type %s)"
              .formatted(
                  address,
                  e.getMessage(),
                  start
                      .substring(0, Math.min(SHOWN_OF_A_BODY, start.length()))
                      .replaceAll("\\p{Cntrl}", " "),
                  answer.header("content-type")));
    }
  }

  /** The media playlists of variants and renditions, each once. */
  private Set<URI> addressesOf(URI base, MultivariantPlaylist many) {
    Set<URI> addresses = new java.util.LinkedHashSet<>();
    List<String> uris = new ArrayList<>();
    many.variants().forEach(variant -> uris.add(variant.uri()));
    many.renditions().forEach(rendition -> rendition.text("URI").ifPresent(uris::add));
    many.iFrames().forEach(stream -> stream.text("URI").ifPresent(uris::add));
    for (String uri : uris) {
      Optional<URI> resolved = resolve(base, uri);
      if (resolved.isPresent() && addresses.size() >= options.maxPlaylists()) {
        findings.note("only the first " + options.maxPlaylists() + " media playlists are followed");
        break;
      }
      resolved.ifPresent(addresses::add);
    }
    return addresses;
  }

  /** A relative address of a playlist; what is none is told as a violation. */
  Optional<URI> resolve(URI base, String uri) {
    try {
      return Optional.of(base.resolve(uri));
    } catch (IllegalArgumentException e) {
      findings.add(new Violation(Rule.B1, base.toString(), "not an address: " + uri));
      return Optional.empty();
    }
  }

  void report(URI where, MalformedPlaylistException problem) {
    findings.add(
        new Violation(Rule.B1, Place.of(where.toString()).atLine(problem.line()), problem.words()));
  }

  Findings findings() {
    return findings;
  }

  Fetcher fetcher() {
    return fetcher;
  }

  WalkOptions options() {
    return options;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the multivariant playlist promises it for all segments. */
  boolean allIndependent() {
    return multivariant.map(MultivariantPlaylist::independentSegments).orElse(false);
  }

  /** D4, D5, D7, M6: compares all lists; called when one has a new version. */
  void compare() {
    if (walks.size() < 2) {
      return;
    }
    Map<String, MediaPlaylist> latest = new HashMap<>();
    List<MediaPlaylistWalk> clocked = new ArrayList<>();
    for (MediaPlaylistWalk walk : walks) {
      if (walk.started() && !walk.isSideList()) {
        latest.put(walk.uri().toString(), walk.latest());
        if (walk.clock().isPresent()) {
          clocked.add(walk);
        }
      }
    }
    findings.add(PresentationRules.check(latest));
    for (int i = 1; i < clocked.size(); i++) {
      MediaPlaylistWalk.Clock one = clocked.getFirst().clock().orElseThrow();
      MediaPlaylistWalk.Clock other = clocked.get(i).clock().orElseThrow();
      double apart = one.secondsTo(other);
      if (one.discontinuity() == other.discontinuity() && Math.abs(apart) > CLOCKS_APART_SECONDS) {
        findings.add(
            new Violation(
                Rule.D7,
                clocked.get(i).uri().toString(),
                "dates and timestamps are %.2f s apart from those of %s"
                    .formatted(apart, clocked.getFirst().uri())));
      }
    }
  }

  /**
   * M2: judges the variants that a playlist belongs to.
   *
   * @param first whether it is the first format of that playlist; for a later one the multivariant
   *     playlist is read again, since it may have followed
   */
  void formatSeen(URI list, TrackFormat format, boolean first) {
    if (!first && multivariant.isPresent()) {
      try {
        Fetcher.Answer answer = fetcher.playlist(address, Map.of());
        if (answer.status() == 200
            && PlaylistReader.read(new String(answer.body(), StandardCharsets.UTF_8), problem -> {})
                instanceof MultivariantPlaylist many) {
          multivariant = Optional.of(many);
        }
      } catch (IOException | MalformedPlaylistException e) {
        findings.note("the multivariant playlist could not be read again: " + e.getMessage());
      }
    }
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null) {
      return;
    }
    for (MultivariantPlaylist.Variant variant : many.variants()) {
      if (listsOf(many, variant).contains(list)) {
        findings.add(FormatRules.check(address.toString(), variant, List.of(format)));
      }
    }
  }

  /** The playlists that a variant is played from: its own, and its renditions'. */
  private Set<URI> listsOf(MultivariantPlaylist many, MultivariantPlaylist.Variant variant) {
    Set<URI> lists = new HashSet<>();
    resolve(address, variant.uri()).ifPresent(lists::add);
    Stream.of("AUDIO", "VIDEO")
        .flatMap(type -> many.renditionsOf(variant, type))
        .map(rendition -> rendition.text("URI"))
        .flatMap(Optional::stream)
        .map(uri -> resolve(address, uri))
        .flatMap(Optional::stream)
        .forEach(lists::add);
    return lists;
  }

  /** M1_PEAK and M1_AVERAGE by what was measured so far. */
  private List<Violation> bandwidths() {
    List<Violation> violations = new ArrayList<>();
    MultivariantPlaylist many = multivariant.orElse(null);
    if (many == null) {
      return violations;
    }
    for (MultivariantPlaylist.Variant variant : many.variants()) {
      double peak = 0;
      double average = 0;
      double seconds = 0;
      boolean live = true;
      Optional<URI> own = resolve(address, variant.uri());
      double renditionPeak = 0;
      double renditionAverage = 0;
      for (MediaPlaylistWalk walk : walks) {
        if (own.equals(Optional.of(walk.uri()))) {
          peak = walk.rates().peak();
          average = walk.rates().average();
          seconds = walk.rates().seconds();
          live = walk.started() && !walk.latest().ended();
        } else if (listsOf(many, variant).contains(walk.uri())) {
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
        .anyMatch(uri -> resolve(address, uri).equals(Optional.of(list)));
  }
}
