package io.millrace.children;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server in a process of its own, to be killed: starts one child and waits for ever. */
final class ServerForTest {
  private ServerForTest() {}

  /** Arguments: the data directory, the first stop signal, then the child's command line. */
  public static void main(String[] args) throws Exception {
    List<String> arguments = List.of(args).subList(2, args.length);
    DataDirectory data = DataDirectory.open(Path.of(args[0]));
    ChildProcess.start(
        new ChildCommand(
            "child",
            arguments,
            data.path(),
            Map.of(),
            List.of(Signal.valueOf(args[1])),
            Optional.of(data.pidFile("child")),
            line -> {
              System.out.println(line);
              System.out.flush();
            }));
    Thread.sleep(Duration.ofMinutes(2));
  }
}
