package io.millrace.app.cli;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace check}: validates a presentation, anybody's. */
@Command(
    name = "check",
    description =
        "Watches an HLS or DASH stream as a player does and reports what breaks the rules: every"
            + " version of every playlist or manifest, every segment, and how the server answers.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no rule is broken (warnings don't count)",
      "1:rules are broken, or the validator failed",
      "2:the command line is wrong",
      "69:there is nothing to look at (no such host, no stream, no HLS or DASH)"
    })
final class CheckCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  @Parameters(
      paramLabel = "URL",
      description =
          "a multivariant or a media playlist, or a DASH manifest (its path ends in .mpd), on http"
              + " or https")
  @SuppressWarnings("NullAway.Init")
  private URI address;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = KeyCommand.Time.class,
      description =
          "how long a live stream is watched, and waited for where it is about to start (default:"
              + " ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Duration time;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "trust the certificates in this PEM file too: an authority's, or a server's own")
  private @Nullable Path authorities;

  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ProgressOption progress;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    if (address.getHost() == null
        || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
      throw wrong(
          "'"
              + Credentials.hidden(address.toString())
              + "' is no address; write for example http://host/stream/index.m3u8");
    }
    if (time.compareTo(SHORTEST) < 0) {
      throw wrong("--for must be 1s or more, or nothing would be looked at");
    }
    PrintWriter err = progress.out();
    boolean shown = progress.isShown() && !json;
    ValidationReport report;
    try {
      report =
          Validator.validate(
              address, time, options(), shown ? new ProgressShown(address, err) : looked -> {});
    } catch (CannotLookException e) {
      throw new UnavailableException(Credentials.hidden(String.valueOf(e.getMessage())));
    }
    if (shown) {
      err.println();
    }
    // What has ended is judged as it stands: after a lost connection it may list gaps alone.
    if (report.clean() && report.looked().segments() == 0 && !report.looked().ended()) {
      throw new UnavailableException(
          "no segment came in " + time.toSeconds() + " s, so nothing was judged; watch it longer");
    }
    PrintWriter out = spec.commandLine().getOut();
    CheckReport words = new CheckReport(address, report);
    out.println(json ? words.json().encodePrettily() : words.text());
    out.flush();
    return report.clean() ? ExitCode.OK : ExitCode.FAILED;
  }

  private WalkOptions options() {
    WalkOptions options = WalkOptions.defaults().waiting(time);
    try {
      return authorities == null ? options : options.trusting(Trust.with(authorities));
    } catch (IOException e) {
      throw wrong("--ca: " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** One line that is written over. */
  private static final class ProgressShown implements Consumer<ValidationReport.Looked> {
    private final URI address;
    private final PrintWriter out;

    ProgressShown(URI address, PrintWriter out) {
      this.address = address;
      this.out = out;
    }

    @Override
    public void accept(ValidationReport.Looked looked) {
      out.printf("\r%s ", CheckReport.words(address, looked));
      out.flush();
    }
  }
}
