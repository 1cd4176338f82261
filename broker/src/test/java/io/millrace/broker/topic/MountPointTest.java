package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mount points, and the shared filters that are taken apart before one is mounted. */
class MountPointTest {
  private static final MountPoint WHOLE = new MountPoint.At("public");
  private static final MountPoint PART = new MountPoint.At("public", "dev/7");

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "/a", "a/", "a//b", "$SYS/x", "dev/7", "public/a"})
  void whatIsMountedIsTakenOffAgain(String text) {
    for (MountPoint mount : new MountPoint[] {WHOLE, PART}) {
      if (mount.topic(text) instanceof Parsed.Value<Topic>(Topic topic)) {
        assertThat(mount.text(topic)).contains(text);
      } else {
        throw new AssertionError("refused " + text);
      }
    }
  }

  @Test
  void namespaceAndPrefixComeBeforeTopicsAndFilters() {
    assertThat(WHOLE.topic("/a")).isEqualTo(new Parsed.Value<>(new Topic("public", "/a")));
    assertThat(PART.topic("/a")).isEqualTo(new Parsed.Value<>(new Topic("public", "dev/7//a")));
    assertThat(WHOLE.filter("#")).isEqualTo(new Parsed.Value<>(new TopicFilter("public", "#")));
    assertThat(PART.filter("+/#"))
        .isEqualTo(new Parsed.Value<>(new TopicFilter("public", "dev/7/+/#")));
  }

  @Test
  void withoutAMountPointNamesAreWhole() {
    assertThat(MountPoint.NONE.topic("public/a"))
        .isEqualTo(new Parsed.Value<>(new Topic("public", "a")));
    assertThat(MountPoint.NONE.filter("public/#"))
        .isEqualTo(new Parsed.Value<>(new TopicFilter("public", "#")));
    assertThat(MountPoint.NONE.filter("#")).isInstanceOf(Parsed.Refused.class);
    assertThat(MountPoint.NONE.text(new Topic("public", "a"))).contains("public/a");
  }

  @Test
  void aTopicThatIsNotBelowHasNoName() {
    assertThat(WHOLE.text(new Topic("other", "a"))).isEmpty();
    assertThat(PART.text(new Topic("other", "dev/7/a"))).isEmpty();
    assertThat(PART.text(new Topic("public", "dev/71/a"))).isEmpty();
    assertThat(PART.text(new Topic("public", "dev"))).isEmpty();
    assertThat(PART.text(new Topic("public", "xxx/x/a"))).isEmpty();
    // 'dev/7/#' matches these two, and there is nothing left that the client could call them.
    assertThat(PART.text(new Topic("public", "dev/7"))).isEmpty();
    assertThat(PART.text(new Topic("public", "dev/7/"))).isEmpty();
  }

  @Test
  void whatAClientNamesIsJudgedBeforeAndAfterItIsMounted() {
    assertThat(PART.topic("")).isInstanceOf(Parsed.Refused.class);
    assertThat(PART.topic("a/#")).isInstanceOf(Parsed.Refused.class);
    assertThat(PART.filter("a#")).isInstanceOf(Parsed.Refused.class);
    assertThat(WHOLE.topic("x".repeat(1_020))).isInstanceOf(Parsed.Value.class);
    assertThat(PART.topic("x".repeat(1_020))).isInstanceOf(Parsed.Refused.class);
  }

  /** MQTT 5, 4.7.2, for a client whose first level is not the first one of the path. */
  @Test
  void aWildcardInTheClientsFirstLevelHidesItsDollarTopics() {
    assertThat(MountPoint.hides("#", "$SYS/x")).isTrue();
    assertThat(MountPoint.hides("+/x", "$SYS/x")).isTrue();
    assertThat(MountPoint.hides("$SYS/#", "$SYS/x")).isFalse();
    assertThat(MountPoint.hides("#", "SYS/$x")).isFalse();
  }

  @Test
  void aMountPointIsATopicThatMayBe() {
    assertThatThrownBy(() -> new MountPoint.At("Public"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace");
    assertThatThrownBy(() -> new MountPoint.At("public", "a/+"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no '+'");
    for (String slip : new String[] {"public/", "public/dev/", "public//dev"}) {
      assertThat(MountPoint.parse(slip)).as(slip).isInstanceOf(Parsed.Refused.class);
    }
    assertThat(MountPoint.parse("public/dev/7")).isEqualTo(new Parsed.Value<>(PART));
  }

  /** MQTT 5, 4.8.2. */
  @Test
  void aSharedFilterNamesItsGroup() {
    assertThat(SharedFilter.parse("$share/consumer1//finance/#"))
        .isEqualTo(new Parsed.Value<>(new SharedFilter("consumer1", "/finance/#")));
    assertThat(new SharedFilter("g", "a/+")).hasToString("$share/g/a/+");
    assertThat(SharedFilter.isShared("$share/g/a")).isTrue();
    assertThat(SharedFilter.isShared("$share")).isTrue();
    assertThat(SharedFilter.isShared("$shared/g/a")).isFalse();
  }

  /** MQTT 5, 4.8.2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$share",
        "$share/",
        "$share/g",
        "$share/g/",
        "$share//a",
        "$share/+/a",
        "$share/g#/a",
        "$share/\u0000/a",
        "a/b"
      })
  void aSharedFilterWithoutGroupOrFilterIsRefused(String text) {
    assertThat(SharedFilter.parse(text)).isInstanceOf(Parsed.Refused.class);
  }

  @Test
  void aGroupsNameIsBounded() {
    assertThat(SharedFilter.parse("$share/" + "g".repeat(128) + "/a"))
        .isInstanceOf(Parsed.Value.class);
    assertThat(SharedFilter.parse("$share/" + "g".repeat(129) + "/a"))
        .isInstanceOf(Parsed.Refused.class);
  }
}
