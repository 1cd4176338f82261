package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MillraceCommandTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyCommandHasHelp() {
    List<List<String>> commands = new ArrayList<>();
    collect(MillraceCommand.commandLine(), List.of(), commands);
    return commands.stream()
        .map(
            path ->
                DynamicTest.dynamicTest(
                    "millrace " + String.join(" ", path),
                    () -> {
                      List<String> args = new ArrayList<>(path);
                      args.add("--help");
                      CommandRun run = CommandRun.of(args.toArray(String[]::new));
                      assertThat(run.code()).isEqualTo(ExitCode.OK);
                      assertThat(run.out()).contains("Usage: millrace").contains("--help");
                      assertThat(run.err()).isEmpty();
                    }));
  }

  @Test
  void theFirstHelpExplainsTheExitCodes() {
    assertThat(CommandRun.of("--help").out())
        .contains("serve", "demo", "publish", "stream", "key", "config")
        .contains("69", "78")
        .doesNotContain("warm-up");
    assertThat(CommandRun.of("--version").out()).startsWith("millrace ");
  }

  @Test
  void aWrongCommandLineIsSaidOnStandardErrorWithCode2() {
    for (String[] wrong :
        new String[][] {
          {},
          {"srve"},
          {"serve", "--no-such-option"},
          {"serve", "--role", "shield"},
          {"config"},
          {"stream"},
          {"key"},
          {"stream", "create", "no-slash"},
          {"stream", "create", "live/two words"},
          {"key", "create", "--lifetime", "10"},
          {"publish", "clip.mp4"},
        }) {
      CommandRun run = CommandRun.of(wrong);
      assertThat(run.code()).as(String.join(" ", wrong)).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).isNotBlank();
      assertThat(run.out()).isEmpty();
    }
    assertThat(CommandRun.of("serve", "--role", "shield").err())
        .contains("ORIGIN", "EDGE", "CATALOG");
    assertThat(CommandRun.of("key", "create", "--lifetime", "10").err()).contains("no unit");
  }

  @Test
  void theDemoNeedsTheRolesOfTheMediaPath() {
    CommandRun run = CommandRun.of("demo", "--role", "catalog", "--data", folder.toString());

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("the roles origin, edge and catalog");
  }

  @Test
  void theDemoLetsThisMachineUseTopicsUnlessTheSettingsSayOtherwise() throws IOException {
    ServerOptions options = new ServerOptions();
    assertThat(options.settings().access().anonymousLoopback()).isFalse();
    assertThat(options.settings(DemoCommand.DEFAULTS).access().anonymousLoopback()).isTrue();
    assertThat(options.settings().recording().enabled()).isTrue();
    assertThat(options.settings(DemoCommand.DEFAULTS).recording().enabled()).isFalse();

    options.file = settings("access:\n  anonymousLoopback: false\n");
    assertThat(options.settings(DemoCommand.DEFAULTS).access().anonymousLoopback()).isFalse();
  }

  @Test
  void configCheckReportsEveryProblemAtOnce() throws IOException {
    Path file =
        settings(
            """
            http:
              prot: 80
              idleTimeout: 10
            origin:
              host: 0.0.0.0
            packager:
              ladder: [1080p, 720p]
            """);

    CommandRun run = CommandRun.of("config", "check", "--config", file.toString());

    assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("4 problems")
        .contains("http.prot: unknown key; did you mean 'port'?")
        .contains("http.idleTimeout: '10' has no unit; write for example '10s'")
        .contains("origin.host: opens the origin")
        .contains("packager.ladder: there is no rung '1080p'; rungs are copy, 720p");
  }

  @Test
  void configCheckIsContentWithASoundFile() throws IOException {
    CommandRun run =
        CommandRun.of("config", "check", "--config", settings("http: {port: 80}").toString());

    assertThat(run.code()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("the configuration is fine");
  }

  @Test
  void configCheckLooksAtTheBucketWhereItIsUsed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String bucket =
        """
        storage:
          kind: s3
          s3:
            endpoint: http://127.0.0.1:%d
            bucket: media
            accessKey: us
            secretKey: only-we-know
        """
            .formatted(port);

    CommandRun run = CommandRun.of("config", "check", "--config", settings(bucket).toString());

    assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(run.err())
        .contains("storage.s3: bucket media: http://127.0.0.1:" + port + " cannot be reached")
        .doesNotContain("only-we-know");
    String elsewhere = settings(bucket + "roles: [catalog]\n").toString();
    assertThat(CommandRun.of("config", "check", "--config", elsewhere).code())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void aFileThatIsNotThereIsAWrongConfiguration() {
    String file = folder.resolve("none.yaml").toString();

    for (String command : List.of("serve", "demo")) {
      CommandRun run = CommandRun.of(command, "--config", file);
      assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(run.err()).contains(file).contains("there is no such file");
    }
  }

  @Test
  void configPrintMasksSecretsAndSaysWhereEachValueComesFrom() throws IOException {
    Path file =
        settings(
            """
            http:
              port: 80
            access:
              publishKey: a-key-that-nobody-sees
              adminPassword: a-password-that-nobody-sees
            """);
    String[] args = {"config", "print", "--config", file.toString(), "--data", "/srv/millrace"};

    CommandRun run = CommandRun.of(args);

    assertThat(run.code()).isEqualTo(ExitCode.OK);
    assertThat(run.out())
        .doesNotContain("nobody-sees")
        .containsPattern("(?m)^http.port +80 +file$")
        .containsPattern("(?m)^http.host +0.0.0.0 +default$")
        .containsPattern("(?m)^data.dir +/srv/millrace +command line$")
        .containsPattern("(?m)^access.publishKey +\\*\\*\\* +file$");
  }

  @Test
  void configPrintIsJsonForMachines() throws IOException {
    CommandRun run =
        CommandRun.of(
            "config", "print", "--json", "--config", settings("http: {port: 80}").toString());

    assertThat(new JsonArray(run.out()))
        .contains(
            new JsonObject().put("path", "http.port").put("value", "80").put("origin", "file"));
  }

  @Test
  void aPortInUseIsNotAvailable() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path file = settings("management: {port: " + taken.getLocalPort() + "}");

      CommandRun run =
          CommandRun.of(
              "serve",
              "--config",
              file.toString(),
              "--data",
              folder.resolve("data").toString(),
              "--role",
              "origin");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("management.port").contains("in use");
    }
  }

  @Test
  void publishSaysWhatIsWrongWithFileOrAddress() throws IOException {
    Path noMedia = Files.writeString(folder.resolve("no.mp4"), "no media here");
    String clip = io.millrace.testkit.Clips.bigBuckBunny().toString();

    CommandRun missing = CommandRun.of("publish", folder + "/none.mp4", "rtmp://127.0.0.1/live/a");
    CommandRun garbage = CommandRun.of("publish", noMedia.toString(), "rtmp://127.0.0.1/live/a");
    CommandRun address = CommandRun.of("publish", clip, "http://127.0.0.1/live/a");
    CommandRun nobody = CommandRun.of("publish", clip, "rtmp://127.0.0.1:1/live/a");

    assertThat(List.of(missing, garbage, address, nobody))
        .allSatisfy(run -> assertThat(run.code()).isEqualTo(ExitCode.FAILED));
    assertThat(missing.err()).contains("none.mp4");
    assertThat(garbage.err()).contains("no.mp4");
    assertThat(address.err()).contains("rtmp://host/app/stream");
    assertThat(nobody.err()).contains("refused");
  }

  private Path settings(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "settings", ".yaml"), text);
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> into) {
    into.add(path);
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(sub, longer, into);
            });
  }
}
