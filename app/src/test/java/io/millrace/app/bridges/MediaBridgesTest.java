package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.Action;
import io.millrace.catalog.AssetEntry;
import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.edge.PlayDecision;
import io.millrace.edge.UpstreamRequest;
import io.millrace.edge.UpstreamResponse;
import io.millrace.ingest.PublishAttempt;
import io.millrace.ingest.PublishDecision;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaBridgesTest {
  private static final StreamProfile LONG_WINDOW =
      new StreamProfile(Optional.empty(), Optional.of(Duration.ofHours(4)));

  private final List<AccessRequest> asked = new ArrayList<>();

  @Test
  void aPublishersQuestionReachesTheRulesWhole() {
    PublishDecision decision =
        MediaBridges.publishing(
                answering(new AccessDecision.Allowed("acme")),
                stream -> Future.succeededFuture(LONG_WINDOW))
            .authorize(
                new PublishAttempt(
                    new StreamKey("live", "cam1"),
                    Optional.of("key"),
                    "rtmp",
                    "192.0.2.7",
                    Map.of("camera", "left")))
            .result();

    assertThat(decision)
        .isEqualTo(new PublishDecision.Allowed("acme", Optional.empty(), LONG_WINDOW));
    assertThat(asked)
        .containsExactly(
            new AccessRequest(
                Action.PUBLISH,
                "live",
                "cam1",
                Optional.of("key"),
                "rtmp",
                "192.0.2.7",
                Map.of("camera", "left")));
  }

  @Test
  void aPublisherIsRefusedInTheRulesWords() {
    AccessDecision refused = new AccessDecision.Refused(Reason.NOT_ALLOWED, "unpaid");

    assertThat(
            MediaBridges.publishing(answering(refused), PackagingBridge.asConfigured())
                .authorize(
                    new PublishAttempt(
                        new StreamKey("live", "cam1"), Optional.empty(), "rtmp", "::1", Map.of()))
                .result())
        .isEqualTo(new PublishDecision.Refused("unpaid"));
  }

  @Test
  void aPlayersQuestionReachesTheRulesWhole() {
    PlayDecision decision =
        MediaBridges.playing(answering(new AccessDecision.Allowed("acme")))
            .authorize(new PlayAttempt("live", "cam1", Optional.of("token"), "192.0.2.8"))
            .result();

    assertThat(decision).isEqualTo(new PlayDecision.Allowed());
    assertThat(asked)
        .containsExactly(
            new AccessRequest(
                Action.PLAY, "live", "cam1", Optional.of("token"), "http", "192.0.2.8", Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "NO_CREDENTIAL,401",
    "WRONG_CREDENTIAL,401",
    "EXPIRED,401",
    "NO_SUCH_APP,404",
    "NOT_ALLOWED,403",
    "UNDECIDED,503"
  })
  void aPlayerSeesTheReasonAsAStatus(Reason reason, int status) {
    assertThat(
            MediaBridges.playing(answering(new AccessDecision.Refused(reason, "words")))
                .authorize(new PlayAttempt("live", "cam1", Optional.empty(), "192.0.2.8"))
                .result())
        .isEqualTo(new PlayDecision.Refused(status, "words"));
  }

  /** Whoever may not play the stream may not play its recording either. */
  @Test
  void aRecordingIsAsOpenAsItsStream() {
    FakeAssets assets = new FakeAssets();
    AssetEntry asset = assets.add("01M7YZMHG0B2Y153S441CND7V7", "closed");
    PlayAuthorizer playing =
        MediaBridges.playing(
            answering(new AccessDecision.Refused(Reason.NO_CREDENTIAL, "a token")), assets);

    PlayDecision decision =
        playing
            .authorize(new PlayAttempt("vod", asset.id(), Optional.of("token"), "192.0.2.8"))
            .result();

    assertThat(decision).isEqualTo(new PlayDecision.Refused(401, "a token"));
    assertThat(asked)
        .containsExactly(
            new AccessRequest(
                Action.PLAY,
                "closed",
                "show",
                Optional.of("token"),
                "http",
                "192.0.2.8",
                Map.of()));
    assertThat(playing.authorize(new PlayAttempt("vod", "other", Optional.empty(), "::1")).result())
        .isEqualTo(new PlayDecision.Refused(404, "there is no such recording (any more)"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void theEdgeAsksTheOriginInThisProcessBelowThePlaybackPrefix() {
    List<OriginRequest> requests = new ArrayList<>();

    UpstreamResponse answer =
        MediaBridges.upstream(
                request -> {
                  requests.add(request);
                  return Future.succeededFuture(
                      new OriginResponse(200, Map.of("ETag", "\"1\""), Buffer.buffer("body")));
                })
            .fetch(
                new UpstreamRequest(
                    "/play/live/cam1/index.m3u8",
                    "_HLS_msn=3",
                    MultiMap.caseInsensitiveMultiMap().set("If-None-Match", "\"0\"")))
            .result();

    assertThat(requests)
        .containsExactly(
            new OriginRequest(
                "GET", "/live/cam1/index.m3u8", "_HLS_msn=3", Map.of("if-none-match", "\"0\"")));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("etag")).isEqualTo("\"1\"");
    assertThat(answer.body().toString()).isEqualTo("body");
  }

  private AccessRules answering(AccessDecision decision) {
    return request -> {
      asked.add(request);
      return Future.succeededFuture(decision);
    };
  }
}
