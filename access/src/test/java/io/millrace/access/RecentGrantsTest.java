package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.TopicDecision.Granted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentGrantsTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Refused WRONG = new Refused(Reason.WRONG_CREDENTIAL, "no such key");

  private Instant now = START;
  private final List<String> lookedUp = new ArrayList<>();
  private final RecentGrants recent = new RecentGrants(() -> now);

  @Test
  void aSecretIsLookedUpOnceForAllThatIsAskedWithinHalfASecond() {
    for (int i = 0; i < 100; i++) {
      assertThat(open("mk_one", granted("one", Optional.empty()))).isInstanceOf(Granted.class);
      now = now.plusMillis(4);
    }

    assertThat(lookedUp).containsExactly("mk_one");
    assertThat(open("mk_two", granted("two", Optional.empty()))).isNotEqualTo(WRONG);
    assertThat(lookedUp).containsExactly("mk_one", "mk_two");
  }

  @Test
  void whatWasRevokedOpensNothingAfterHalfASecondFromWhenItWasAskedFor() {
    Promise<TopicDecision> answer = Promise.promise();
    Future<TopicDecision> slow = recent.of("mk_one", answer::future);
    // The database may have read it before it was revoked, however late it answers.
    now = START.plusMillis(400);
    answer.complete(granted("one", Optional.empty()));
    assertThat(slow.result()).isInstanceOf(Granted.class);

    now = START.plusMillis(499);
    assertThat(open("mk_one", WRONG)).isInstanceOf(Granted.class);
    now = START.plus(RecentGrants.GOOD_FOR);
    assertThat(open("mk_one", WRONG)).isEqualTo(WRONG);
    assertThat(RecentGrants.GOOD_FOR).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void whatWasRevokedOpensNothingOnceThatIsHeardOf() {
    open("mk_one", granted("one", Optional.empty()));
    recent.heard(Set.of("one"), Set.of("one"));
    assertThat(open("mk_one", WRONG)).isInstanceOf(Granted.class);
    recent.heard(Set.of("one"), Set.of());
    assertThat(open("mk_one", WRONG)).isEqualTo(WRONG);
  }

  @Test
  void whatIsRefusedIsNotRememberedAndTakesNobodysPlace() {
    for (int i = 0; i < 1000; i++) {
      assertThat(open("mk_wrong" + i, WRONG)).isEqualTo(WRONG);
    }

    assertThat(recent.size()).isZero();
    assertThat(open("mk_wrong7", granted("seven", Optional.empty()))).isInstanceOf(Granted.class);
  }

  @Test
  void aGrantIsGivenNoLongerThanItLastsNorForAClockThatWasSetBack() {
    open("mk_one", granted("one", Optional.of(START.plusMillis(100))));
    now = START.plusMillis(100);
    assertThat(open("mk_one", WRONG)).isEqualTo(WRONG);

    open("mk_two", granted("two", Optional.empty()));
    now = START.minusSeconds(3600);
    assertThat(open("mk_two", WRONG)).isEqualTo(WRONG);
  }

  @Test
  void noSecretIsKeptNorWhatCouldBeLookedUpInAListOfHashes() throws Exception {
    open("mk_one", granted("one", Optional.empty()));

    Field cache = RecentGrants.class.getDeclaredField("bySecret");
    cache.setAccessible(true);
    String kept = String.valueOf(((Cache<?, ?>) cache.get(recent)).asMap());
    assertThat(kept).contains("key:one").doesNotContain("mk_one");
    assertThat(kept)
        .doesNotContain(new String(RandomToken.hash("mk_one"), StandardCharsets.ISO_8859_1));
  }

  private TopicDecision open(String secret, TopicDecision decision) {
    return recent
        .of(
            secret,
            () -> {
              lookedUp.add(secret);
              return Future.succeededFuture(decision);
            })
        .result();
  }

  private static TopicDecision granted(String id, Optional<Instant> expiresAt) {
    return new Granted(
        new TopicGrant(
            "default",
            "key:" + id,
            expiresAt,
            Set.of(GrantId.key(id)),
            TopicCapabilities.PUBLIC,
            PublishLimits.NONE));
  }
}
