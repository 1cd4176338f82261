package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenGrantsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final OpenGrants grants = new OpenGrants();
  private final List<String> heard = new ArrayList<>();

  @Test
  void aRevokedKeyEndsEveryConnectionThatUsesItAndNoOther() {
    open("one", Optional.empty(), GrantId.key("k1"));
    open("two", Optional.empty(), GrantId.key("k1"), GrantId.token("t"));
    open("three", Optional.empty(), GrantId.token("k1"));

    assertThat(grants.ids(GrantId.Kind.KEY)).containsExactly("k1");
    assertThat(grants.ids(GrantId.Kind.TOKEN)).containsExactlyInAnyOrder("t", "k1");
    assertThat(grants.revoke(GrantId.key("k1"))).isEqualTo(2);

    assertThat(heard).containsExactlyInAnyOrder("one REVOKED", "two REVOKED");
    assertThat(grants.ids(GrantId.Kind.KEY)).isEmpty();
    assertThat(grants.ids(GrantId.Kind.TOKEN)).containsExactly("k1");
    assertThat(grants.revoke(GrantId.key("k1"))).isZero();
  }

  @Test
  void aGrantEndsAtItsTime() {
    open("early", Optional.of(NOW.plusSeconds(1)));
    open("as early", Optional.of(NOW.plusSeconds(1)));
    open("late", Optional.of(NOW.plusSeconds(2)));
    open("never", Optional.empty());

    grants.expire(NOW);
    assertThat(heard).isEmpty();
    grants.expire(NOW.plusSeconds(1));
    assertThat(heard).containsExactly("early EXPIRED", "as early EXPIRED");
    grants.expire(NOW.plusSeconds(5));
    assertThat(heard).hasSize(3).contains("late EXPIRED");
    assertThat(grants.size()).isEqualTo(1);
  }

  @Test
  void whoHasLeftHearsNothing() {
    OpenGrants.Use use = open("one", Optional.of(NOW), GrantId.key("k1"));
    use.close();
    use.close();

    assertThat(grants.revoke(GrantId.key("k1"))).isZero();
    grants.expire(NOW);
    assertThat(heard).isEmpty();
    assertThat(grants.size()).isZero();
  }

  @Test
  void allHearThoughOneOfThemThrows() {
    for (int i = 0; i < 3; i++) {
      var _ =
          grants.open(
              grant(Optional.of(NOW), GrantId.key("k1")),
              end -> {
                heard.add(end.name());
                throw new IllegalStateException("does not want to hear");
              });
    }

    assertThatThrownBy(() -> grants.expire(NOW)).hasMessage("does not want to hear");
    assertThat(heard).hasSize(3);
    assertThat(grants.size()).isZero();
  }

  @Test
  void aConnectionThatLeavesOrComesWhileItHearsDisturbsNobody() {
    List<OpenGrants.Use> uses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      uses.add(
          grants.open(
              grant(Optional.empty(), GrantId.key("k1")),
              end -> {
                heard.add(end.name());
                uses.forEach(OpenGrants.Use::close);
                open("again", Optional.empty(), GrantId.key("k1"));
              }));
    }

    assertThat(grants.revoke(GrantId.key("k1"))).isEqualTo(1);
    assertThat(heard).containsExactly("REVOKED");
    assertThat(grants.size()).isEqualTo(1);
  }

  @Test
  void equalsANaiveListOfConnections() {
    Seeds.forEach(
        300,
        random -> {
          OpenGrants some = new OpenGrants();
          Map<Integer, TopicGrant> naive = new HashMap<>();
          Map<Integer, OpenGrants.Use> uses = new HashMap<>();
          List<Integer> ended = new ArrayList<>();
          Instant now = NOW;
          for (int step = 0; step < 60; step++) {
            List<Integer> expected = new ArrayList<>();
            ended.clear();
            int who = step;
            Instant then = now;
            GrantId id = GrantId.key("k" + random.nextInt(4));
            switch (random.nextInt(5)) {
              case 0 -> {
                some.revoke(id);
                naive.forEach((n, its) -> addIf(its.ids().contains(id), n, expected));
              }
              case 1 -> {
                now = now.plusSeconds(random.nextInt(4));
                Instant later = now;
                some.expire(now);
                naive.forEach(
                    (n, its) ->
                        addIf(
                            its.expiresAt().map(at -> !at.isAfter(later)).orElse(false),
                            n,
                            expected));
              }
              case 2 -> {
                if (!uses.isEmpty()) {
                  int leaving = uses.keySet().iterator().next();
                  uses.remove(leaving).close();
                  naive.remove(leaving);
                }
              }
              default -> {
                TopicGrant grant =
                    grant(
                        Optional.of(random.nextInt(8))
                            .filter(seconds -> seconds > 0)
                            .map(then::plusSeconds),
                        id);
                naive.put(who, grant);
                uses.put(who, some.open(grant, end -> ended.add(who)));
              }
            }
            assertThat(ended).containsExactlyInAnyOrderElementsOf(expected);
            expected.forEach(naive::remove);
            expected.forEach(uses::remove);
            assertThat(some.size()).isEqualTo(naive.size());
          }
        });
  }

  private static void addIf(boolean condition, int number, List<Integer> to) {
    if (condition) {
      to.add(number);
    }
  }

  private OpenGrants.Use open(String name, Optional<Instant> expiresAt, GrantId... ids) {
    return grants.open(grant(expiresAt, ids), end -> heard.add(name + " " + end));
  }

  private static TopicGrant grant(Optional<Instant> expiresAt, GrantId... ids) {
    return new TopicGrant(
        "default", "test", expiresAt, Set.of(ids), TopicCapabilities.PUBLIC, PublishLimits.NONE);
  }
}
