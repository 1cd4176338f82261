package io.millrace.app.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others, and asks which one was meant when it is called by itself. */
abstract class CommandGroup implements Runnable {
  private final String question;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /**
   * @param question names the commands: {@code check or print?}
   */
  CommandGroup(String question) {
    this.question = question;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), question);
  }
}
