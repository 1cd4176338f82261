package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PackagerConfigTest {
  @Test
  void wishesForSegmentsOfTwoSecondsAndChoosesTheTargetByDefault() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    PackagerConfig config = PackagerConfig.read(configuration.root().section("packager"));

    assertThat(config)
        .isEqualTo(
            new PackagerConfig(
                PackagerConfig.Container.CMAF,
                Duration.ofSeconds(2),
                Optional.empty(),
                true,
                Duration.ofMillis(334),
                Duration.ofSeconds(60),
                Duration.ofMinutes(5),
                Duration.ofSeconds(6),
                PackagerConfig.MissingSound.SILENCE,
                256L << 20,
                512L << 20,
                100_000,
                Ladder.COPY));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("container", "ts");
    section.put("segmentDuration", "4s");
    section.put("targetDuration", "6s");
    section.put("lowLatency", false);
    section.put("partDuration", "500ms");
    section.put("window", "2m");
    section.put("keepEnded", "1h");
    section.put("memory", "30s");
    section.put("missingSound", "gaps");
    section.put("spoolBytes", "1GiB");
    section.put("unstoredBytes", "3GiB");
    section.put("heldRequests", 2000);
    Configuration configuration =
        new Configuration(Map.of("packager", section), Map.of(), Map.of());

    PackagerConfig config = PackagerConfig.read(configuration.root().section("packager"));

    assertThat(config)
        .isEqualTo(
            new PackagerConfig(
                PackagerConfig.Container.TS,
                Duration.ofSeconds(4),
                Optional.of(Duration.ofSeconds(6)),
                false,
                Duration.ofMillis(500),
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                PackagerConfig.MissingSound.GAPS,
                1L << 30,
                3L << 30,
                2000,
                Ladder.COPY));
    configuration.check();
  }

  @Test
  void refusesATargetBelowTheWish() {
    Configuration configuration =
        new Configuration(Map.of("packager", Map.of("targetDuration", "1s")), Map.of(), Map.of());

    PackagerConfig.read(configuration.root().section("packager"));

    assertThat(configuration.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.path()).isEqualTo("packager.targetDuration");
              assertThat(problem.message()).contains("from 2s to 1m");
            });
  }

  @Test
  void refusesAWindowThatHoldsNoSegment() {
    for (Map<String, Object> section :
        List.<Map<String, Object>>of(
            Map.of("segmentDuration", "10s", "window", "8s"),
            Map.of("targetDuration", "10s", "window", "8s"))) {
      Configuration configuration =
          new Configuration(Map.of("packager", section), Map.of(), Map.of());

      PackagerConfig.read(configuration.root().section("packager"));

      assertThat(configuration.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo("packager.window");
                assertThat(problem.message())
                    .startsWith("is 8s, shorter than one segment, which may last 10s");
              });
    }
  }

  @Test
  void readsTheLadder() {
    Configuration configuration = ladder("copy,480p,240p,audio", "cmaf");

    PackagerConfig config = PackagerConfig.read(configuration.root().section("packager"));

    configuration.check();
    assertThat(config.ladder())
        .isEqualTo(new Ladder(List.of(Rung.COPY, Rung.P480, Rung.P240, Rung.AUDIO)));
  }

  @Test
  void saysWhyALadderCannotBeHad() {
    assertThat(ladderProblem("copy,1080p", "cmaf"))
        .isEqualTo("there is no rung '1080p'; rungs are copy, 720p, 480p, 360p, 240p, audio");
    assertThat(ladderProblem("", "cmaf")).startsWith("names no rung; rungs are copy, 720p");
    assertThat(ladderProblem("480p,240p", "cmaf")).startsWith("does not name copy: the source");
    assertThat(ladderProblem("copy,240p", "ts"))
        .startsWith("names more than copy, which needs packager.container: cmaf");
    assertThat(ladderProblem("copy,240p,480p,240p,copy", "cmaf"))
        .isEqualTo("names copy and 240p more than once");
  }

  private static String ladderProblem(String ladder, String container) {
    Configuration configuration = ladder(ladder, container);
    PackagerConfig.read(configuration.root().section("packager"));
    assertThat(configuration.problems()).hasSize(1);
    assertThat(configuration.problems().getFirst().path()).isEqualTo("packager.ladder");
    return configuration.problems().getFirst().message();
  }

  private static Configuration ladder(String ladder, String container) {
    return new Configuration(
        Map.of("packager", Map.of("ladder", ladder, "container", container)), Map.of(), Map.of());
  }
}
