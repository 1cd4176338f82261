package io.millrace.edge.viewing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayDecision;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ViewingTest {
  private static final MultiMap NONE = MultiMap.caseInsensitiveMultiMap();

  private static MultiMap with(String name, String value) {
    return MultiMap.caseInsensitiveMultiMap().add(name, value);
  }

  @Test
  void readsAddresses() {
    assertThat(PlayPath.parse("/play/live/my.cam/b/01/v/1.m4s"))
        .contains(new PlayPath("live", "my.cam", "b/01/v/1.m4s"));
    for (String bad :
        List.of(
            "/play", "/play/live/x", "/play/live/x/", "/play/LIVE/x/i.m3u8", "/play/l/x/a%20")) {
      assertThat(PlayPath.parse(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void onlyWhatLiesInFoldersIsWatching() {
    assertThat(PlayPath.parse("/play/live/x/b/1/v/i.m3u8").orElseThrow().isWatching()).isTrue();
    assertThat(PlayPath.parse("/play/live/x/index.m3u8").orElseThrow().isWatching()).isFalse();
    assertThat(PlayPath.parse("/play/live/x/still.mp4").orElseThrow().isWatching()).isFalse();
  }

  @Test
  void findsTokens() {
    assertThat(Token.of("a=1&token=x%2By", with("Authorization", "Bearer z")))
        .contains(new Token("x+y", true));
    assertThat(Token.of("", with("Authorization", "bearer z"))).contains(new Token("z", false));
    assertThat(Token.of("token=", with("Authorization", "Basic z"))).isEmpty();
    assertThat(Token.of("token=%zz", NONE)).isEmpty();
    assertThat(Token.of("token=" + "x".repeat(5000), NONE)).isEmpty();
    assertThat(new Token("secret", true).toString()).doesNotContain("secret");
    assertThat(new PlayAttempt("a", "b", Optional.of("secret"), "p").toString())
        .doesNotContain("secret");
  }

  @Test
  void tellsViewersApart() {
    ViewerIdentity identity = new ViewerIdentity();
    long session = identity.of("CMCD=bl%3D1%2Csid%3D%22s1%22", NONE, "1.1.1.1");
    assertThat(identity.of("", with("CMCD-Session", "sid=\"s1\",v=1"), "2.2.2.2"))
        .isEqualTo(session);
    assertThat(identity.of("CMCD=sid%3D%22s2%22", NONE, "1.1.1.1")).isNotEqualTo(session);
    long apple = identity.of("", with("X-Playback-Session-Id", "A"), "1.1.1.1");
    assertThat(identity.of("", with("X-Playback-Session-Id", "A"), "2.2.2.2")).isEqualTo(apple);
    long firefox = identity.of("", with("User-Agent", "Firefox"), "1.1.1.1");
    assertThat(identity.of("", with("User-Agent", "Chrome"), "1.1.1.1")).isNotEqualTo(firefox);
    assertThat(identity.of("", with("User-Agent", "Firefox"), "1.1.1.1")).isEqualTo(firefox);
  }

  @Test
  void asksOnceForManyRequestsAndAgainAfterAWhile() {
    AtomicLong nanos = new AtomicLong();
    List<Promise<PlayDecision>> questions = new ArrayList<>();
    Permits permits =
        new Permits(
            attempt -> {
              Promise<PlayDecision> question = Promise.promise();
              questions.add(question);
              return question.future();
            },
            nanos::get);
    PlayAttempt attempt = new PlayAttempt("a", "b", Optional.of("t"), "p");
    Future<PlayDecision> first = permits.decide(attempt);
    Future<PlayDecision> second = permits.decide(attempt);
    questions.getFirst().complete(new PlayDecision.Allowed());
    assertThat(first.result()).isEqualTo(second.result()).isEqualTo(new PlayDecision.Allowed());
    permits.decide(attempt);
    assertThat(questions).hasSize(1);
    permits.decide(new PlayAttempt("a", "b", Optional.of("other"), "p"));
    assertThat(questions).hasSize(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
    permits.decide(attempt);
    assertThat(questions).hasSize(3);
  }

  @Test
  void refusesWhatCannotBeDecidedAndAsksAgain() {
    int[] questions = {0};
    Permits permits =
        new Permits(
            attempt -> {
              questions[0]++;
              if (questions[0] == 1) {
                throw new IllegalStateException();
              }
              return Future.failedFuture("down");
            },
            () -> 0);
    PlayAttempt attempt = new PlayAttempt("a", "b", Optional.empty(), "p");
    for (int i = 0; i < 3; i++) {
      assertThat(permits.decide(attempt).result())
          .isInstanceOfSatisfying(
              PlayDecision.Refused.class, refused -> assertThat(refused.status()).isEqualTo(503));
    }
    assertThat(questions[0]).isEqualTo(3);
  }
}
