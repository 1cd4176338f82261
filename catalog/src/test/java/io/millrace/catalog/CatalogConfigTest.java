package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogConfigTest {
  @Test
  void hasDefaults() {
    assertThat(CatalogConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root()))
        .isEqualTo(
            new CatalogConfig(
                Optional.empty(), Optional.empty(), Optional.empty(), 8, Duration.ofSeconds(30)));
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "database",
                Map.of(
                    "url", "postgresql://db/millrace",
                    "user", "u",
                    "password", "p",
                    "poolSize", 3,
                    "startTimeout", "5s")),
            Map.of(),
            Map.of());

    assertThat(CatalogConfig.read(configuration.root()))
        .isEqualTo(
            new CatalogConfig(
                Optional.of("jdbc:postgresql://db/millrace"),
                Optional.of("u"),
                Optional.of(new Secret("p")),
                3,
                Duration.ofSeconds(5)));
    configuration.check();
  }

  @Test
  void refusesOtherDatabases() {
    Configuration configuration =
        new Configuration(Map.of("database", Map.of("url", "jdbc:h2:mem:x")), Map.of(), Map.of());
    CatalogConfig.read(configuration.root());

    assertThat(configuration.problems().getFirst().toString())
        .isEqualTo("database.url: must start with jdbc:postgresql:// or postgresql://");
  }

  @Test
  void refusesAPasswordWhereItWouldBeShown() {
    for (String url : List.of("postgresql://u:p4ss@db/m", "jdbc:postgresql://db/m?password=p4ss")) {
      Configuration configuration =
          new Configuration(Map.of("database", Map.of("url", url)), Map.of(), Map.of());
      CatalogConfig.read(configuration.root());

      assertThat(configuration.problems()).hasSize(1);
      assertThat(configuration.problems().getFirst().toString())
          .startsWith("database.url: must hold no user or password")
          .doesNotContain("p4ss");
    }
  }

  @Test
  void refusesAPortThatIsNone() {
    assertThat(problems("postgresql://db:99999/m"))
        .containsExactly(
            "database.url: '99999' is no port from 1 to 65535; write for example"
                + " postgresql://db.example.com:5432/millrace");
    for (String none :
        List.of("//db:0/m", "//db:x/m", "//db:/m", "//db:65536", "//a:5432,b:70000/m?ssl=true")) {
      assertThat(problems("jdbc:postgresql:" + none)).as(none).hasSize(1);
    }
    for (String good :
        List.of("//db/m", "//db:65535/m", "//[::1]/m", "//[::1]:5432/m", "//a:1,b/m?x=c:99999")) {
      assertThat(problems("jdbc:postgresql:" + good)).as(good).isEmpty();
    }
  }

  private static List<String> problems(String url) {
    Configuration configuration =
        new Configuration(Map.of("database", Map.of("url", url)), Map.of(), Map.of());
    CatalogConfig.read(configuration.root());
    return configuration.problems().stream().map(ConfigProblem::toString).toList();
  }
}
