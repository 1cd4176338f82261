package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/millrace} tells JDKs of several kinds; these here print it and end. */
class LauncherTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final String LAUNCHER =
      Clips.repositoryRoot().resolve("app/src/main/dist/bin/millrace").toString();
  private static final String OF_SHENANDOAH =
      "ShenandoahGCMode\0ShenandoahGuaranteedYoungGCInterval\0ShenandoahUncommitDelay\0";
  private static final String OF_ITS_CONTROL =
      "ShenandoahControlIntervalMin\0ShenandoahControlIntervalMax\0";
  private static final String OF_ZGC = "UseZGC\0ZCollectionIntervalMajor\0";

  @TempDir private Path folder;
  private Path jdk;

  @BeforeEach
  void makeAJdk() throws IOException {
    jdk = Files.createDirectories(folder.resolve("jdk"));
    Files.createDirectories(jdk.resolve("lib/server"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aJdkWithShenandoahCollectsWithItGenerationally() throws IOException {
    library(OF_SHENANDOAH + OF_ITS_CONTROL + OF_ZGC);

    assertThat(collectorFlags(Map.of()))
        .containsExactlyInAnyOrder(
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+UseShenandoahGC",
            "-XX:ShenandoahGCMode=generational",
            "-XX:ShenandoahGuaranteedYoungGCInterval=7000",
            "-XX:ShenandoahUncommitDelay=30000",
            "-XX:ShenandoahControlIntervalMin=50",
            "-XX:ShenandoahControlIntervalMax=100");
  }

  @Test
  void aFlagThatALaterJdkNoLongerHasIsLeftOut() throws IOException {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"27\"\n");
    library(OF_SHENANDOAH + OF_ZGC);

    assertThat(collectorFlags(Map.of()))
        .contains("-XX:+UseShenandoahGC", "-XX:ShenandoahUncommitDelay=30000")
        .noneMatch(flag -> flag.contains("ControlInterval"));
  }

  @Test
  void aJdkWithoutShenandoahCollectsWithZgcWhoeverMadeIt() throws IOException {
    library("UseShenandoahGC\0" + OF_ZGC);

    assertThat(collectorFlags(Map.of()))
        .containsExactlyInAnyOrder("-XX:+UseZGC", "-XX:ZCollectionIntervalMajor=20");
  }

  @Test
  void aJdkWithNeitherOrWithoutALibraryWhereItIsLookedForChoosesForItself() throws IOException {
    assertThat(collectorFlags(Map.of())).isEmpty();

    library("UseG1GC\0");
    assertThat(collectorFlags(Map.of())).isEmpty();
  }

  @Test
  void aCollectorThatTheOperatorNamesIsTheOnlyOne() throws IOException {
    library(OF_SHENANDOAH + OF_ITS_CONTROL + OF_ZGC);

    assertThat(collectorFlags(Map.of("MILLRACE_JVM_OPTIONS", "-Xmx1g -XX:+UseSerialGC -ea")))
        .containsExactly("-XX:+UseSerialGC");
    // These the JVM reads by itself.
    assertThat(collectorFlags(Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"))).isEmpty();
    assertThat(collectorFlags(Map.of("JDK_JAVA_OPTIONS", "-XX:+UseG1GC"))).isEmpty();
  }

  @Test
  void otherOptionsOfTheOperatorComeBehindTheCollectorsSoThatTheyCount() throws IOException {
    library(OF_SHENANDOAH + OF_ITS_CONTROL + OF_ZGC);
    String own = "-XX:ShenandoahGuaranteedYoungGCInterval=1000";

    assertThat(flags(Map.of("MILLRACE_JVM_OPTIONS", own + " -XX:-UseAdaptiveSizePolicy")))
        .contains("-XX:+UseShenandoahGC")
        .containsSubsequence("-XX:ShenandoahGuaranteedYoungGCInterval=7000", own);
  }

  @Test
  void theSmallestHeapIsTheOperatorsWhereASizeIsNamed() throws IOException {
    library(OF_ZGC);

    assertThat(flags(Map.of())).contains("-Xms48m");
    assertThat(flags(Map.of("MILLRACE_JVM_OPTIONS", "-Xmx40m")))
        .contains("-Xmx40m")
        .doesNotContain("-Xms48m");
  }

  @Test
  void aJdkThatIsNamedAndCannotBeUsedIsNotReplacedByAnother() {
    try (Program program =
        Program.start(
            List.of("env", "MILLRACE_JAVA_HOME=" + folder.resolve("none"), LAUNCHER, "serve"))) {
      Program.Result result = program.await(DEADLINE);
      assertThat(result.exitCode()).isEqualTo(69);
      assertThat(result.errors()).contains("MILLRACE_JAVA_HOME", "none", "no Java 25");
    }
  }

  private void library(String names) throws IOException {
    // Strings among bytes that are no text, as in the real one.
    Files.writeString(jdk.resolve("lib/server/libjvm.so"), "\177ELF\0\1\2\0" + names);
  }

  private List<String> collectorFlags(Map<String, String> variables) {
    return flags(variables).stream()
        .filter(flag -> flag.matches("-XX:.*(GC|Shenandoah|ZCollection|Experimental).*"))
        .toList();
  }

  private List<String> flags(Map<String, String> variables) {
    List<String> command = new ArrayList<>(List.of("env", "MILLRACE_JAVA_HOME=" + jdk));
    for (String name : List.of("MILLRACE_JVM_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      command.add(name + "=" + variables.getOrDefault(name, ""));
    }
    command.add(LAUNCHER);
    command.add("serve");
    try (Program program = Program.start(command)) {
      Program.Result result = program.await(DEADLINE).orFail();
      assertThat(result.errors()).isEmpty();
      assertThat(result.text()).endsWith("io.millrace.app.Main\nserve\n");
      return result.text().lines().toList();
    }
  }
}
