package io.millrace.children;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to run as a child.
 *
 * @param name for logs and thread names ({@code postgres})
 * @param arguments the program and its arguments. Its standard input is empty
 * @param directory where it works
 * @param environment what it gets beside {@code PATH}, {@code HOME}, {@code LANG}, {@code TZ} and
 *     {@code TMPDIR}; nothing else of the server's environment (which may hold secrets) goes on
 * @param stop the signals that stop it, mildest first, one or two; {@link Signal#KILL} follows by
 *     itself
 * @param pidFile where its identity is noted while it runs
 * @param output called with each line of its standard output and error (at most {@link
 *     ChildProcess#LONGEST_LINE} characters), on a thread of its own
 */
public record ChildCommand(
    String name,
    List<String> arguments,
    Path directory,
    Map<String, String> environment,
    List<Signal> stop,
    Optional<Path> pidFile,
    Consumer<String> output) {
  public ChildCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    stop = List.copyOf(stop);
    if (arguments.isEmpty() || stop.isEmpty() || stop.size() > 2) {
      throw new IllegalArgumentException("a child needs a program, and one or two stop signals");
    }
  }
}
