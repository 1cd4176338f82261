package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.DashWalker;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The conditions that these tests wait for. */
final class Waiting {
  /** The clip's groups of pictures take up to about ten seconds. */
  static final Duration FIRST_SEGMENT = Duration.ofSeconds(20);

  private static final Duration REFUSAL = Duration.ofSeconds(20);

  private Waiting() {}

  static ConditionFactory within(Duration deadline) {
    return Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(deadline);
  }

  /** Waits until a stream has a segment to play. */
  static void untilPlayable(MillraceProcess server, String stream) {
    within(FIRST_SEGMENT)
        .untilAsserted(
            () -> {
              if (media(server, stream).map(list -> list.segments().isEmpty()).orElse(true)) {
                throw new AssertionError(stream + " is not playable; " + server.log());
              }
            });
  }

  /** Waits until it is playable and follows it. */
  static HlsWalker follow(MillraceProcess server, String stream) {
    untilPlayable(server, stream);
    return HlsWalker.follow(server.playlist(stream));
  }

  /** Waits until it is playable and follows its manifest. */
  static DashWalker followManifest(MillraceProcess server, String stream) {
    untilPlayable(server, stream);
    return DashWalker.follow(manifest(server, stream));
  }

  /** Where the manifest of a stream is. */
  static URI manifest(MillraceProcess server, String stream) {
    return server.http("/play/live/" + stream + "/manifest.mpd");
  }

  /** That all of a manifest was seen and nothing broken, neither a MUST nor a SHOULD. */
  static void keptTheRules(DashWalker manifest) {
    within(Duration.ofSeconds(30)).until(manifest::sawAll);
    assertThat(manifest.violations()).isEmpty();
    assertThat(manifest.warnings()).isEmpty();
    assertThat(manifest.looked().segments()).isPositive();
  }

  /** Without parts that came late: several encoders, servers and players share this machine. */
  static List<Violation> warnings(HlsWalker walker) {
    return walker.warnings().stream().filter(found -> found.rule() != Rule.L6_LATE).toList();
  }

  /** Waits until it is playable and has the validator follow it until the end of the block. */
  static UnderValidation watch(MillraceProcess server, String stream) {
    untilPlayable(server, stream);
    return UnderValidation.of(server.playlist(stream));
  }

  /** Whether of every playlist the validator has fetched media behind its newest discontinuity. */
  static boolean hasFetchedBehindABreak(UnderValidation watched) {
    return watched.walker().walks().stream().allMatch(Waiting::hasFetchedBehindABreak);
  }

  static boolean hasFetchedBehindABreak(MediaPlaylistWalk walk) {
    if (!walk.started()) {
      return false;
    }
    // The first segment of all may be marked too.
    OptionalLong broken =
        walk.latest().segments().stream()
            .filter(segment -> segment.discontinuity() && segment.sequence() > 0)
            .mapToLong(Segment::sequence)
            .max();
    return broken.isPresent()
        && walk.segments().stream()
            .anyMatch(fetched -> fetched.segment().sequence() > broken.getAsLong());
  }

  /**
   * Publishes and waits for the refusal, which must show these words at the encoder.
   *
   * @return what the encoder said, without the address, which it repeats
   */
  static Program.Result refused(String url, String words) {
    try (FfmpegPublisher publisher = FfmpegPublisher.once(url)) {
      Program.Result result = publisher.program().await(REFUSAL);
      String said = result.errors().replace(url, "ADDRESS");
      assertThat(result.exitCode()).as(said).isNotZero();
      assertThat(said).contains(words);
      return new Program.Result(result.exitCode(), result.text(), said);
    }
  }

  /** The newest media playlist of a stream's first variant; empty when there is none now. */
  static Optional<MediaPlaylist> media(MillraceProcess server, String stream) {
    return mediaAddress(server, stream)
        .flatMap(variant -> read(server, variant))
        .filter(MediaPlaylist.class::isInstance)
        .map(MediaPlaylist.class::cast);
  }

  /** Where that is. */
  static Optional<URI> mediaAddress(MillraceProcess server, String stream) {
    URI address = server.playlist(stream);
    Optional<Playlist> first = read(server, address);
    return first.isPresent() && first.get() instanceof MultivariantPlaylist multivariant
        ? Optional.of(address.resolve(multivariant.variants().getFirst().uri()))
        : Optional.empty();
  }

  private static Optional<Playlist> read(MillraceProcess server, URI address) {
    return server
        .fetch(address)
        .filter(answer -> answer.status() == 200)
        .map(Answer::body)
        .map(PlaylistReader::read);
  }
}
