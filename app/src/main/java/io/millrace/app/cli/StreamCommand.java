package io.millrace.app.cli;

import io.millrace.media.StreamKey;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace stream}: the streams of a running server. */
@Command(
    name = "stream",
    description = "Lists, makes, changes, deletes and ends streams of the server on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = CueCommand.class)
final class StreamCommand extends CommandGroup {
  StreamCommand() {
    super("list, create, change, delete, end or cue?");
  }

  @Command(
      name = "list",
      description = "Streams that have been made, by name.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP", defaultValue = "live", description = "default: live")
          String app) {
    options.show(
        options.api().list(of(app)),
        List.of("STREAM", "TENANT", "TITLE"),
        item ->
            List.of(
                item.getString("app") + "/" + item.getString("name"),
                item.getString("tenant"),
                item.getString("title")));
    return ExitCode.OK;
  }

  @Command(
      name = "create",
      description =
          "Makes a stream, to give it a title, a ladder, a window or languages before it is first on"
              + " air.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = Address.class) StreamKey stream,
      @Mixin StreamWishes wishes) {
    JsonObject wish = wishes.json().put("name", stream.stream());
    options.show(options.api().post(of(stream.app()), wish), stream + " is made");
    return ExitCode.OK;
  }

  @Command(
      name = "change",
      description =
          "Changes a stream's title, or the ladder, the window and the languages that it has from its"
              + " next broadcast on.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = Address.class) StreamKey stream,
      @Mixin StreamWishes wishes) {
    JsonObject changed =
        options
            .api()
            .patch(of(stream.app()) + "/" + ApiClient.encoded(stream.stream()), wishes.json());
    options.show(changed, stream + " is changed");
    return ExitCode.OK;
  }

  @Command(
      name = "delete",
      description = "Forgets a stream; what is on air goes on.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = Address.class) StreamKey stream) {
    options.api().delete(of(stream.app()) + "/" + ApiClient.encoded(stream.stream()));
    done(options, stream, "deleted");
    return ExitCode.OK;
  }

  @Command(
      name = "end",
      description = "Ends the broadcast that a stream has on air, and its publisher's connection.",
      mixinStandardHelpOptions = true)
  int end(
      @Mixin ApiOptions options,
      @Parameters(paramLabel = "APP/STREAM", converter = Address.class) StreamKey stream) {
    options.api().delete("/live/" + stream.app() + "/" + ApiClient.encoded(stream.stream()));
    done(options, stream, "ended");
    return ExitCode.OK;
  }

  private static String of(String app) {
    return "/apps/" + ApiClient.encoded(app) + "/streams";
  }

  private static void done(ApiOptions options, StreamKey stream, String what) {
    options.show(new JsonObject().put(what, stream.toString()), stream + " is " + what);
  }

  /** Reads {@code app/stream}. */
  static final class Address implements ITypeConverter<StreamKey> {
    @Override
    public StreamKey convert(String text) {
      int slash = text.indexOf('/');
      if (slash < 0) {
        throw new TypeConversionException("'" + text + "' is not like live/cam1");
      }
      try {
        return new StreamKey(text.substring(0, slash), text.substring(slash + 1));
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }
}
