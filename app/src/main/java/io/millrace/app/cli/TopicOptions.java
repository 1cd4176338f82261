package io.millrace.app.cli;

import io.millrace.catalog.LocalCredential;
import io.millrace.client.ConnectionListener;
import io.millrace.client.MillraceClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that publishes or subscribes: which server, and as whom. */
final class TopicOptions {
  /**
   * How long a server that came back may refuse what it leaves on this machine; as long as a
   * message is tried for at most.
   */
  private static final Duration RENEWAL = Duration.ofMinutes(2);

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOption server;

  @Option(
      names = {"--key", "--token"},
      paramLabel = "SECRET",
      defaultValue = Environment.TOKEN,
      description =
          "a key or a token (or MILLRACE_TOKEN); without one, the credential that a server on this"
              + " machine has left in its data directory")
  private Optional<String> secret = Optional.empty();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "${env:MILLRACE_DATA_DIR:-millrace-data}",
      description = "the server's data directory, for that (default: ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = KeyCommand.Time.class,
      description = "how long the server has to let the client in (default: ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Duration connectTimeout;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /**
   * A client that the server has let in; blocks, as long as {@code --connect-timeout} says at most.
   *
   * @param settings further ones of the client, but for its listener
   * @param listener hears of the connection
   * @throws UnavailableException when no server answers, or it has no topics
   * @throws CommandFailedException when it does not let the client in
   */
  MillraceClient connect(
      UnaryOperator<MillraceClient.Builder> settings, ConnectionListener listener) {
    if (credential().isPresent()) {
      server.warnOfPlainText(spec.commandLine().getErr());
    }
    FirstConnection first = new FirstConnection(server.address(), listener);
    MillraceClient client = open(builder -> settings.apply(builder).listener(first));
    try {
      first.await(connectTimeout);
      return client;
    } catch (UnavailableException | CommandFailedException e) {
      client.close();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      client.close();
      throw new CommandFailedException("interrupted");
    }
  }

  MillraceClient connect(UnaryOperator<MillraceClient.Builder> settings) {
    return connect(settings, ConnectionListener.NONE);
  }

  /** A client that begins to connect. */
  MillraceClient open(UnaryOperator<MillraceClient.Builder> settings) {
    MillraceClient.Builder builder = MillraceClient.to(address()).connectTimeout(connectTimeout);
    if (isGiven()) {
      secret.ifPresent(builder::token);
    } else if (left().isPresent()) {
      // Each start of the server leaves another one.
      builder.tokens(
          () -> left().orElseThrow(() -> new IllegalStateException(file() + " is not there")));
      builder.refusedFor(RENEWAL);
    }
    return settings.apply(builder).open();
  }

  /** Where the WebSocket is. */
  URI address() {
    URI http = server.address();
    return URI.create(
        http.getScheme().replace("http", "ws") + "://" + http.getRawAuthority() + "/ws");
  }

  /** What was given, else what a server on this machine has left. */
  Optional<String> credential() {
    return isGiven() ? secret : left();
  }

  private boolean isGiven() {
    return secret.filter(given -> !given.isEmpty()).isPresent();
  }

  /** What a server on this machine has left; read anew each time. */
  private Optional<String> left() {
    return server.leftIn(data);
  }

  private Path file() {
    return data.resolve(LocalCredential.FILE);
  }
}
