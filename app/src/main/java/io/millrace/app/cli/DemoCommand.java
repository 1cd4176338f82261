package io.millrace.app.cli;

import io.millrace.app.bridges.OwnPublisher;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.Role;
import io.millrace.app.node.StopSignal;
import io.millrace.app.node.StoppedException;
import io.millrace.media.StreamKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace demo}: the server with a channel on air. */
@Command(
    name = "demo",
    description = "Runs the server and broadcasts a clip on it as live/demo, in a loop.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Logger LOGGER = LoggerFactory.getLogger(DemoCommand.class);
  private static final StreamKey STREAM = new StreamKey("live", "demo");

  private static final Set<Role> NEEDED = EnumSet.of(Role.ORIGIN, Role.EDGE, Role.CATALOG);

  /**
   * Topics can be tried out on this machine without a key, and a clip that loops for ever need not
   * be kept.
   */
  static final Map<String, String> DEFAULTS =
      Map.of("access.anonymousLoopback", "true", "recording.enabled", "false");

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOptions options;

  @Override
  public Integer call() {
    NodeSettings settings = options.settings(DEFAULTS);
    if (!settings.roles().containsAll(NEEDED)) {
      throw options.wrong("the demo needs the roles origin, edge and catalog on one node");
    }
    OwnPublisher own = OwnPublisher.of(STREAM);
    Path clip = clip();
    Console console = new Console(options.out());
    try (StopSignal stop = StopSignal.listen(settings.stopTimeout());
        Node node = Node.start(settings, Optional.of(own), stop, console::firstStart)) {
      console.addresses(node);
      Thread channel = Thread.ofVirtual().name("demo").start(() -> broadcast(node, own, clip));
      console.demo(node);
      stop.await();
      channel.interrupt();
    } catch (StoppedException e) {
      LOGGER.atInfo().log("stopped before the node had started");
    }
    return ExitCode.OK;
  }

  private static void broadcast(Node node, OwnPublisher own, Path clip) {
    URI address =
        URI.create(
            "rtmp://127.0.0.1:%d/%s?key=%s"
                .formatted(node.rtmpPort().orElseThrow(), STREAM, own.key().reveal()));
    try {
      ClipPublisher.publish(node.vertx(), clip, address, true, position -> {})
          .failure()
          .ifPresent(
              reason -> LOGGER.atWarn().addKeyValue("reason", reason).log("demo channel ended"));
    } catch (IOException e) {
      LOGGER.atError().addKeyValue("reason", e.getMessage()).log("demo clip cannot be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The clip of the distribution, or of the sources when run from there. */
  static Path clip() {
    Path home = Path.of(System.getProperty("millrace.home", "."));
    Path clip = home.resolve("clip/big-buck-bunny-480p-30s.mp4");
    if (!Files.isRegularFile(clip)) {
      throw new CommandFailedException("the demo's clip is missing: " + clip);
    }
    return clip;
  }
}
