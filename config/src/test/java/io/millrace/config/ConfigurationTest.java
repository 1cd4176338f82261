package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.config.ConfigEntry.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  private static final Duration HOUR = Duration.ofHours(1);

  enum Flavour {
    PLAIN,
    VERY_SWEET
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentOverTheFileOverTheDefault() {
    Map<String, Object> file = Map.of("a", Map.of("port", 1, "other", 2, "third", 3));
    Map<String, String> environment = Map.of("MILLRACE_A_PORT", "4", "MILLRACE_A_OTHER", "5");
    Configuration configuration = new Configuration(file, environment, Map.of("a.port", "6"));
    ConfigSection a = configuration.root().section("a");

    assertThat(a.port("port", 9)).isEqualTo(6);
    assertThat(a.port("other", 9)).isEqualTo(5);
    assertThat(a.port("third", 9)).isEqualTo(3);
    assertThat(a.port("fourth", 9)).isEqualTo(9);
    configuration.check();
    assertThat(configuration.entries())
        .contains(
            new ConfigEntry("a.port", "6", Origin.COMMAND_LINE),
            new ConfigEntry("a.other", "5", Origin.ENVIRONMENT),
            new ConfigEntry("a.third", "3", Origin.FILE),
            new ConfigEntry("a.fourth", "9", Origin.DEFAULT));
  }

  @Test
  void aWrongValueIsAProblemEvenWhereAnotherOneOverridesIt() {
    Map<String, Object> file =
        Map.of("a", Map.of("port", "eighty", "time", 10, "more", Map.of("deep", 1)));
    Map<String, String> environment =
        Map.of("MILLRACE_A_PORT", "ninety", "MILLRACE_A_TIME", "2s", "MILLRACE_A_MORE", "3");
    Configuration configuration = new Configuration(file, environment, Map.of("a.port", "6"));
    ConfigSection a = configuration.root().section("a");

    assertThat(a.port("port", 9)).isEqualTo(6);
    assertThat(a.duration("time", Duration.ZERO, Duration.ZERO, HOUR))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(a.port("more", 9)).isEqualTo(3);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "a.port: 'eighty' is not a whole number from 0 to 65535",
            "MILLRACE_A_PORT: 'ninety' is not a whole number from 0 to 65535",
            "a.time: '10' has no unit; write for example '10s'",
            "a.more: must be one value, not keys of its own");
  }

  @ParameterizedTest
  @CsvSource({
    "ingest.rtmp.port, MILLRACE_INGEST_RTMP_PORT",
    "ingest.endGrace, MILLRACE_INGEST_END_GRACE",
    "access.publishKey, MILLRACE_ACCESS_PUBLISH_KEY"
  })
  void aPathHasOneEnvironmentVariable(String path, String variable) {
    assertThat(Configuration.variableOf(path)).isEqualTo(variable);
  }

  @Test
  void everyProblemIsReportedAtOnceWithItsPathAndASuggestion() {
    Map<String, Object> file =
        Map.of(
            "ingest",
            Map.of("rmtp", Map.of("port", 1935), "firstKeyframeTimeout", 10, "flavour", "plane"),
            "http",
            Map.of("port", "eighty"));
    Configuration configuration =
        new Configuration(file, Map.of("MILLRACE_HTTP_PROT", "1", "PATH", "/bin"), Map.of());
    ConfigSection ingest = configuration.root().section("ingest");
    ingest.section("rtmp").port("port", 1935);
    ingest.duration("firstKeyframeTimeout", Duration.ofSeconds(5), Duration.ZERO, HOUR);
    ingest.choice("flavour", Flavour.VERY_SWEET);
    configuration.root().section("http").port("port", 8080);

    ConfigException thrown = catchThrowableOfType(ConfigException.class, configuration::check);

    assertThat(thrown.problems())
        .extracting(ConfigProblem::toString)
        .containsExactlyInAnyOrder(
            "ingest.rmtp: unknown key; did you mean 'rtmp'?",
            "ingest.firstKeyframeTimeout: '10' has no unit; write for example '10s'",
            "ingest.flavour: 'plane' is none of plain, very-sweet; did you mean 'plain'?",
            "http.port: 'eighty' is not a whole number from 0 to 65535",
            "MILLRACE_HTTP_PROT: unknown variable; did you mean 'MILLRACE_HTTP_PORT'?");
  }

  @Test
  void aValueWhereAMapBelongsAndTheOtherWayRoundAreProblems() {
    Configuration configuration =
        new Configuration(
            Map.of("a", 5, "b", Map.of("c", 1), "l", List.of("x")), Map.of(), Map.of());
    configuration.root().section("a").string("k", "");
    configuration.root().string("b", "");
    configuration.root().list("l");

    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "a: must hold keys of its own, not '5'",
            "b: must be one value, not keys of its own",
            "l[0]: must hold keys of its own, not 'x'");
  }

  @Test
  void aSecretNeverShowsItself() {
    Configuration configuration = new Configuration(Map.of("key", "hunter2"), Map.of(), Map.of());
    Secret secret = configuration.root().secret("key").orElseThrow();

    assertThat(secret.reveal()).isEqualTo("hunter2");
    assertThat(secret.matches("hunter2")).isTrue();
    assertThat(secret.matches("hunter3")).isFalse();
    assertThat(secret.toString() + configuration.entries()).doesNotContain("hunter2");
  }

  @Test
  void namedSectionsAndListsKeepTheirOrderAndFindUnknownKeysInside() {
    Map<String, Object> apps = new java.util.LinkedHashMap<>();
    apps.put("zeta", Map.of("playback", "token"));
    apps.put("alpha", Map.of("playbock", "public"));
    Configuration configuration =
        new Configuration(
            Map.of("apps", apps, "routes", List.of(Map.of("prefix", "/a", "x", 1))),
            Map.of(),
            Map.of());
    Map<String, ConfigSection> named = configuration.root().named("apps");
    named.values().forEach(app -> app.string("playback", ""));
    configuration.root().list("routes").forEach(route -> route.string("prefix", ""));

    assertThat(named.keySet()).containsExactly("zeta", "alpha");
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactlyInAnyOrder(
            "apps.alpha.playbock: unknown key; did you mean 'playback'?",
            "routes[0].x: unknown key");
  }

  @ParameterizedTest
  @CsvSource({"250ms,250", "1.5s,1500", "2m,120000", "1h,3600000", "7d,604800000", "0s,0"})
  void durationsCarryTheirUnit(String text, long millis) {
    assertThat(ValueText.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"512MiB,536870912", "20GB,20000000000", "1KiB,1024", "7B,7"})
  void sizesCarryTheirUnit(String text, long bytes) {
    Configuration configuration = new Configuration(Map.of("size", text), Map.of(), Map.of());
    assertThat(configuration.root().bytes("size", 0, 0, Long.MAX_VALUE)).isEqualTo(bytes);
    configuration.check();
  }

  @ParameterizedTest
  @CsvSource({"999999999TiB", "12", "-1MiB", "MiB"})
  void aSizeThatCannotBeIsAProblem(String text) {
    Configuration configuration = new Configuration(Map.of("size", text), Map.of(), Map.of());
    assertThat(configuration.root().bytes("size", 42, 0, Long.MAX_VALUE)).isEqualTo(42);
    assertThat(configuration.problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "9ms,'9ms' is not a time from 10ms to 1d",
    "25h,'25h' is not a time from 10ms to 1d",
    "10d,'10d' is not a time from 10ms to 1d"
  })
  void aTimeOutOfItsRangeIsAProblemThatNamesTheRange(String text, String words) {
    Configuration configuration =
        new Configuration(Map.of("a", Map.of("time", text)), Map.of(), Map.of());
    Duration read =
        configuration
            .root()
            .section("a")
            .duration("time", HOUR, Duration.ofMillis(10), Duration.ofDays(1));
    assertThat(read).isEqualTo(HOUR);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("a.time: " + words);
  }

  @Test
  void theEndsOfARangeAreWithinIt() {
    Configuration configuration =
        new Configuration(
            Map.of("short", "90s", "long", "2h", "small", "4KiB", "large", "1TiB"),
            Map.of(),
            Map.of());
    ConfigSection root = configuration.root();
    Duration least = Duration.ofSeconds(90);
    Duration most = Duration.ofHours(2);
    assertThat(root.duration("short", HOUR, least, most)).isEqualTo(least);
    assertThat(root.duration("long", HOUR, least, most)).isEqualTo(most);
    assertThat(root.bytes("small", 1, 4 << 10, 1L << 40)).isEqualTo(4 << 10);
    assertThat(root.bytes("large", 1, 4 << 10, 1L << 40)).isEqualTo(1L << 40);
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void aSizeOutOfItsRangeIsAProblemThatNamesTheVariableItIsFrom() {
    Configuration configuration =
        new Configuration(
            Map.of("a", Map.of("size", "1KiB")), Map.of("MILLRACE_A_SIZE", "999TiB"), Map.of());
    assertThat(configuration.root().section("a").bytes("size", 42, 4 << 10, 1L << 40))
        .isEqualTo(42);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "a.size: '1KiB' is not a size from 4KiB to 1TiB",
            "MILLRACE_A_SIZE: '999TiB' is not a size from 4KiB to 1TiB");
  }

  @Test
  void noMoreMemoryIsGivenAwayThanThereIs() {
    Configuration configuration =
        new Configuration(
            Map.of("objects", "3GiB", "cache", "3GiB", "fits", "2GiB"),
            Map.of(),
            Map.of(),
            new MemoryBounds(() -> 2L << 30, () -> (1L << 30) + 5));
    ConfigSection root = configuration.root();
    long most = 1L << 40;
    assertThat(root.heap("objects", 7, 1, most)).isEqualTo(7);
    assertThat(root.direct("cache", 8, 1, most)).isEqualTo(8);
    assertThat(root.heap("fits", 9, 1, most)).isEqualTo(2L << 30);
    assertThat(root.heap("default", 4L << 30, 1, most))
        .as("a default has to do on small machines too")
        .isEqualTo(4L << 30);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "objects: '3GiB' is more than the 2GiB that this program may take on the Java heap"
                + " here; write less, or give it more by -Xmx in MILLRACE_JVM_OPTIONS",
            "cache: '3GiB' is more than the 1GiB that this program may take outside the Java heap"
                + " here; write less, or give it more by -XX:MaxDirectMemorySize in"
                + " MILLRACE_JVM_OPTIONS");
  }

  @Test
  void whatThisProcessMayTakeIsKnown() {
    MemoryBounds here = MemoryBounds.here();
    assertThat(here.heapBytes().getAsLong()).isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(here.directBytes().getAsLong()).isPositive();
  }

  @Test
  void aListMayBeWrittenAsOneText() {
    Configuration configuration =
        new Configuration(
            Map.of("a", List.of("x", "y")), Map.of("MILLRACE_B", "x, y,,z"), Map.of());
    assertThat(configuration.root().strings("a", List.of())).containsExactly("x", "y");
    assertThat(configuration.root().strings("b", List.of())).containsExactly("x", "y", "z");
  }

  @Test
  void whatIsReadTwiceIsToldOnce() {
    Configuration configuration = new Configuration(Map.of("http", 8080), Map.of(), Map.of());
    configuration.root().section("http");
    configuration.root().section("http");

    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("http: must hold keys of its own, not '8080'");
  }

  @Test
  void aProblemThatARecordFindsNamesTheVariableThatTheValueIsFrom() {
    Configuration configuration =
        new Configuration(
            Map.of("http", Map.of("size", "a", "other", "c")),
            Map.of("MILLRACE_HTTP_SIZE", "b"),
            Map.of());
    ConfigSection http = configuration.root().section("http");
    http.string("size", "");
    http.string("other", "");
    http.problem("size", "is wrong");
    http.problem("other", "is wrong");

    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("MILLRACE_HTTP_SIZE: is wrong", "http.other: is wrong");
  }

  @Test
  void suggestsNothingThatIsNotNear() {
    Configuration configuration =
        new Configuration(
            Map.of("taste", "very"), Map.of("MILLRACE_FOO", "1", "MILLRACE_TSATE", "1"), Map.of());
    configuration.root().strings("roles", List.of());
    configuration.root().choice("taste", Flavour.PLAIN);
    configuration.root().string("open", "");
    assertThat(Suggestion.nearest("open", List.of("token", "public"))).isEmpty();

    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactlyInAnyOrder(
            "taste: 'very' is none of plain, very-sweet",
            "MILLRACE_FOO: unknown variable",
            "MILLRACE_TSATE: unknown variable; did you mean 'MILLRACE_TASTE'?");
  }
}
