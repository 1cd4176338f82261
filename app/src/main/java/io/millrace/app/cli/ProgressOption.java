package io.millrace.app.cli;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --quiet}: whether a command shows how far it is. */
final class ProgressOption {
  private static final int WIDTH = 40;

  @Option(names = "--quiet", description = "show no progress")
  private boolean quiet;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Whether a person looks on and wants to see it. */
  boolean isShown() {
    return !quiet && Terminal.isThere();
  }

  /** Whether nothing is to be said of it at all. */
  boolean isQuiet() {
    return quiet;
  }

  /** Where it is shown. */
  PrintWriter out() {
    return spec.commandLine().getErr();
  }

  /**
   * A bar that is drawn where it is shown, each time a per cent is added.
   *
   * @param of what the whole is, in words
   */
  Bar bar(String of) {
    return new Bar(of, out(), isShown());
  }

  /** One line that is written over. */
  static final class Bar {
    private final String of;
    private final PrintWriter out;
    private final boolean shown;
    private long percent = -1;

    private Bar(String of, PrintWriter out, boolean shown) {
      this.of = of;
      this.out = out;
      this.shown = shown;
    }

    /**
     * @param whole nothing is known of it where it is not positive
     */
    void show(long done, long whole) {
      long now = whole > 0 ? Math.clamp(done * 100 / whole, 0, 100) : 0;
      if (shown && now != percent) {
        percent = now;
        out.printf(
            Locale.ROOT,
            "\r[%-" + WIDTH + "s] %3d %% of %s ",
            "#".repeat((int) (percent * WIDTH / 100)),
            percent,
            of);
        out.flush();
      }
    }

    /** Ends the line, if there is one. */
    void end() {
      if (shown && percent >= 0) {
        out.println();
      }
    }
  }
}
