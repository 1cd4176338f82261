package io.millrace.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the arrows of the map in README.md. */
class ArchitectureTest {
  private static final String ROOT = "io.millrace";

  /** Module to the modules it may see. */
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("config", Set.of()),
              Map.entry("access", Set.of("config")),
              Map.entry("expression", Set.of("config")),
              Map.entry("http", Set.of("config")),
              Map.entry("children", Set.of("config")),
              Map.entry("media", Set.of("config", "access")),
              Map.entry("storage", Set.of("config")),
              Map.entry("ingest", Set.of("config", "access", "http", "media")),
              Map.entry(
                  "packager",
                  Set.of("config", "access", "http", "media", "storage", "transcoding")),
              Map.entry("edge", Set.of("config", "access", "http")),
              Map.entry("catalog", Set.of("config", "access", "http", "children")),
              Map.entry("broker", Set.of("config", "access", "http", "children", "expression")),
              // For any program, so it knows the protocol and nothing of ours.
              Map.entry("client", Set.of()),
              // A program of its own, on a class path of its own.
              Map.entry("kafka", Set.of()),
              Map.entry("transcoding", Set.of("config", "children", "media")),
              // A program of its own too; of transcoding it sees the protocol alone.
              Map.entry("transcoder", Set.of("transcoding")),
              // Judges what the others make, so it shares nothing with them.
              Map.entry("validator", Set.of())));

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
  }

  @TestFactory
  Stream<DynamicTest> aModuleSeesOnlyWhatTheMapSays() {
    return ARROWS.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> check(entry.getKey(), entry.getValue())));
  }

  @Test
  void theMapNamesEveryModule() {
    Set<String> found =
        all.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(ROOT + "."))
            .map(name -> name.substring(ROOT.length() + 1).replaceFirst("\\..*", ""))
            .collect(Collectors.toSet());
    found.removeAll(Set.of("app", "testkit"));
    assertThat(found).isEqualTo(ARROWS.keySet());
  }

  /**
   * {@code media.codec} and {@code media.cue} are shop window too: the words of the media side that
   * are about codecs, and about cue points; and so is {@code transcoding.protocol}, which is all
   * that the transcoder's program sees of it.
   */
  @Test
  void subPackagesArePrivateToTheirModule() {
    for (String module : ARROWS.keySet()) {
      String[] insiders =
          module.equals("validator")
              // What tests look at more closely than users do: the validator's own words.
              ? new String[] {ROOT + ".validator..", ROOT + ".testkit.."}
              : new String[] {ROOT + "." + module + ".."};
      noClasses()
          .that(resideOutsideOfPackages(insiders))
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "." + module + ".*..")
                  .and(
                      resideOutsideOfPackages(
                          ROOT + ".media.codec",
                          ROOT + ".media.cue",
                          ROOT + ".transcoding.protocol")))
          .allowEmptyShould(true)
          .check(all);
    }
  }

  /** The tests' tools carry FFmpeg's executables in the same jars, and unpack them. */
  @Test
  void onlyTheTranscoderLoadsNativeCodecs() {
    noClasses()
        .that(resideOutsideOfPackages(ROOT + ".transcoder..", ROOT + ".testkit.."))
        .should()
        .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
        .check(all);
  }

  @Test
  void theTranscoderSeesTheProtocolAlone() {
    noClasses()
        .that(resideInAPackage(ROOT + ".transcoder.."))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + ".transcoding"))
        .check(all);
  }

  @Test
  void packagesAreNullMarked() {
    classes()
        .that(resideInAPackage(ROOT + ".."))
        .should(
            new ArchCondition<JavaClass>("be in a package with @NullMarked") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                boolean marked =
                    item.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked");
                events.add(
                    new SimpleConditionEvent(
                        item, marked, item.getPackageName() + " is not @NullMarked"));
              }
            })
        .check(all);
  }

  private static void check(String module, Set<String> allowed) {
    for (String other : ARROWS.keySet()) {
      if (!other.equals(module) && !allowed.contains(other)) {
        noClasses()
            .that(resideInAPackage(ROOT + "." + module + ".."))
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "." + other + ".."))
            .allowEmptyShould(true)
            .check(all);
      }
    }
    noClasses()
        .that(resideInAPackage(ROOT + "." + module + ".."))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + ".app.."))
        .allowEmptyShould(true)
        .check(all);
  }
}
