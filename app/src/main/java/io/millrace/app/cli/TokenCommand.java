package io.millrace.app.cli;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code millrace token}: single tokens of your own signer that are not to be believed any more.
 */
@Command(
    name = "token",
    description =
        "Lists and revokes signed tokens (access.jwt) at the server on this machine, and so on all"
            + " nodes.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand extends CommandGroup {
  private static final String PATH = "/tokens/revoked";

  TokenCommand() {
    super("list or revoke?");
  }

  @Command(
      name = "list",
      description = "Revoked tokens that have not expired.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ApiOptions options) {
    options.show(
        options.api().list(PATH),
        List.of("JTI", "EXPIRES", "REVOKED", "BY"),
        item ->
            List.of(
                item.getString("jti"),
                item.getString("expiresAt"),
                item.getString("revokedAt"),
                item.getString("account")));
    return ExitCode.OK;
  }

  @Command(
      name = "revoke",
      description = "Ends a token at once; open connections with it end within two seconds.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin ApiOptions options,
      @Parameters(
              paramLabel = "TOKEN",
              arity = "0..1",
              description = "the token itself; its signature is not looked at")
          Optional<String> token,
      @Option(names = "--jti", paramLabel = "ID", description = "instead: its claim 'jti'")
          Optional<String> jti,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "with --jti: its claim 'exp', for example 2026-11-22T12:00:00Z")
          Optional<String> expires) {
    JsonObject wanted = new JsonObject();
    token.ifPresent(text -> wanted.put("token", text));
    jti.ifPresent(id -> wanted.put("jti", id));
    expires.ifPresent(time -> wanted.put("expiresAt", time));
    JsonObject revoked = options.api().post(PATH, wanted);
    options.show(
        revoked,
        "token "
            + revoked.getString("jti")
            + " is revoked until "
            + revoked.getString("expiresAt"));
    return ExitCode.OK;
  }
}
