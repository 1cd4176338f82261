package io.millrace.app.cli;

import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.StopSignal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace serve}: the server. */
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOptions options;

  @Override
  public Integer call() {
    NodeSettings settings = options.settings();
    try (StopSignal stop = StopSignal.listen(settings.stopTimeout());
        Node node = Node.start(settings)) {
      Console console = new Console(options.out());
      console.firstStart(node);
      console.addresses(node);
      stop.await();
    }
    return ExitCode.OK;
  }
}
