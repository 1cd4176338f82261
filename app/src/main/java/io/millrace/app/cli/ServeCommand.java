package io.millrace.app.cli;

import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.StopSignal;
import io.millrace.app.node.StoppedException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace serve}: the server. */
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOGGER = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOptions options;

  @Override
  public Integer call() {
    NodeSettings settings = options.settings();
    Console console = new Console(options.out());
    try (StopSignal stop = StopSignal.listen(settings.stopTimeout());
        Node node = Node.start(settings, Optional.empty(), stop, console::firstStart)) {
      console.addresses(node);
      stop.await();
    } catch (StoppedException e) {
      LOGGER.atInfo().log("stopped before the node had started");
    }
    return ExitCode.OK;
  }
}
