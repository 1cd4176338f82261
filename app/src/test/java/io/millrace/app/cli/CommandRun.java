package io.millrace.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What one command line did, within this process.
 *
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandRun(int code, String out, String err) {
  static CommandRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        MillraceCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /**
   * What it wrote, as JSON; where that is none, the failure says what the command complained of.
   */
  JsonObject json() {
    try {
      return new JsonObject(out);
    } catch (DecodeException e) {
      throw new AssertionError("exit code " + code + ", no JSON: '" + out + "'; " + err, e);
    }
  }
}
