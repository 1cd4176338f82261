package io.millrace.app.cli;

import io.millrace.app.clip.ClipPublisher;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace publish}: a file as if a camera sent it. */
@Command(
    name = "publish",
    description = "Publishes an MP4 file (H.264, AAC) over RTMP at its own pace.",
    mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "an MP4 file")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Parameters(paramLabel = "URL", description = "rtmp://HOST[:PORT]/APP/STREAM?key=KEY")
  @SuppressWarnings("NullAway.Init")
  private URI address;

  @Option(names = "--loop", description = "start again at the file's end, for ever")
  private boolean loop;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ProgressOption progress;

  @Override
  public Integer call() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    PrintWriter err = progress.out();
    boolean shown = progress.isShown();
    try {
      ClipPublisher.Outcome outcome =
          ClipPublisher.publish(
              vertx, file, address, loop, shown ? new SecondsShown(err)::show : position -> {});
      if (shown) {
        err.println();
      }
      outcome
          .failure()
          .ifPresent(
              message -> {
                throw new CommandFailedException(message);
              });
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CommandFailedException(file + " cannot be read: " + e.getMessage());
    } catch (io.millrace.media.MalformedMediaException
        | io.millrace.media.UnsupportedMediaException e) {
      throw new CommandFailedException(file + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()));
    } finally {
      vertx.close();
    }
  }

  /** One line that is written over once a second. */
  private static final class SecondsShown {
    private final PrintWriter out;
    private long shownSeconds = -1;

    SecondsShown(PrintWriter out) {
      this.out = out;
    }

    void show(Duration position) {
      if (position.toSeconds() != shownSeconds) {
        shownSeconds = position.toSeconds();
        out.printf(
            "\rpublished %d:%02d:%02d ",
            position.toHours(), position.toMinutesPart(), position.toSecondsPart());
        out.flush();
      }
    }
  }
}
