package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCacheTest {
  @TempDir private Path distribution;
  @TempDir private Path home;
  private Path jar;

  @BeforeEach
  void makeADistribution() throws IOException {
    Path own = Files.createDirectories(distribution.resolve("lib/kafka"));
    jar = Files.writeString(own.resolve("millrace-kafka.jar"), "own");
    Files.writeString(distribution.resolve("lib/shared.jar"), "shared");
    Files.writeString(own.resolve("class-path"), "lib/kafka/millrace-kafka.jar\nlib/shared.jar\n");
  }

  @Test
  void theDistributionsClassPathIsTakenInItsOrder() throws IOException {
    KafkaProgram program = KafkaProgram.of(distribution);

    assertThat(program.classPath()).containsExactly(jar, distribution.resolve("lib/shared.jar"));
    assertThat(program.command(List.of("-Dx"), home, List.of("settings")))
        .contains("-Dx", jar + ":" + distribution.resolve("lib/shared.jar"))
        .endsWith("io.millrace.kafka.Main", "settings");
  }

  @Test
  void aCacheIsTakenAsLongAsItWasMadeOfWhatIsThere() throws IOException {
    KafkaProgram program = KafkaProgram.of(distribution);
    StartCache cache = new StartCache(program, home);
    assertThat(cache.find()).isEmpty();

    Files.writeString(home.resolve("kafka.aot"), "");
    Files.writeString(home.resolve("kafka.aot.made-of"), program.madeOf().orElseThrow());
    assertThat(cache.find()).contains(home.resolve("kafka.aot"));
    assertThat(StartCache.flags(cache.find()))
        .contains("-XX:AOTCache=" + home.resolve("kafka.aot"));

    Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
    assertThat(cache.find()).isEmpty();
    assertThat(StartCache.flags(cache.find())).isEmpty();
  }

  @Test
  void thereIsNoneForClassesInDirectories() throws Exception {
    KafkaProgram program = new KafkaProgram(List.of(home), Optional.empty());

    assertThat(program.madeOf()).isEmpty();
    assertThat(new StartCache(program, home).make()).isEmpty();
  }
}
