package io.millrace.validator.walk;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.dash.MalformedManifestException;
import io.millrace.validator.dash.Manifest;
import io.millrace.validator.dash.ManifestReader;
import io.millrace.validator.hls.MalformedPlaylistException;
import io.millrace.validator.hls.Playlist;
import io.millrace.validator.hls.PlaylistReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Finds out whether there is anything to follow; says in words for the user why not. */
final class FirstLook {
  private static final String NO_HTTP =
      "what listens there gives no HTTP answer; is it the right port, and http or https?";

  private static final long RETRY_NANOS = 500_000_000L;

  /** Something is there and has nothing to play yet; 404 is a mistake in the address. */
  private static final int STARTING = 503;

  private static final int SHOWN_OF_A_BODY = 40;

  private final WalkOptions options;
  private final Fetcher fetcher;
  private final URI address;

  FirstLook(WalkOptions options, Fetcher fetcher, URI address) {
    this.options = options;
    this.fetcher = fetcher;
    this.address = address;
  }

  /** The first answer; waits for it as long as the options say. */
  Fetcher.Answer answer() {
    long deadline = System.nanoTime() + options.patience().toNanos();
    while (true) {
      Fetcher.Answer answer;
      try {
        answer = fetcher.playlist(address, Map.of());
      } catch (IOException e) {
        throw new CannotLookException(words(e));
      }
      if (answer.status() == 200) {
        return answer;
      }
      if (answer.status() != STARTING || System.nanoTime() - deadline >= 0) {
        throw new CannotLookException(words(answer.status()));
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  private String words(int status) {
    return switch (status) {
      case 401, 403 -> address + " answers " + status + ": it wants a token or another viewer";
      case 404 -> address + " answers 404: there is no such stream, or it is not on air";
      case STARTING -> address + " answers 503: the stream has nothing to play yet";
      default -> address + " answers " + status;
    };
  }

  private String words(IOException failure) {
    String reason =
        switch (failure) {
          case SSLException e -> TlsFailure.words(e);
          case HttpTimeoutException e -> "no answer in time";
          case ConnectException e ->
              e.getCause() instanceof UnresolvedAddressException
                      || String.valueOf(e.getCause()).contains("Unresolved")
                  ? "there is no such host, or this machine is offline"
                  : "nothing listens there";
          case ProtocolException e -> NO_HTTP;
          case SocketException e -> NO_HTTP;
          default ->
              String.valueOf(failure.getMessage()).contains("received no bytes")
                  ? NO_HTTP
                  : String.valueOf(failure.getMessage());
        };
    return address + " cannot be read: " + reason;
  }

  /**
   * The playlist that was answered.
   *
   * @param problems told of lines that cannot be read
   */
  Playlist read(Fetcher.Answer answer, Consumer<MalformedPlaylistException> problems) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    try {
      return PlaylistReader.read(body, problems);
    } catch (MalformedPlaylistException e) {
      throw isNo("HLS playlist", e, answer);
    }
  }

  /** The manifest that was answered. */
  Manifest manifest(Fetcher.Answer answer) {
    try {
      return ManifestReader.read(answer.uri(), answer.body());
    } catch (MalformedManifestException e) {
      throw isNo("DASH manifest", e, answer);
    }
  }

  private CannotLookException isNo(String kind, RuntimeException why, Fetcher.Answer answer) {
    String start = new String(answer.body(), StandardCharsets.UTF_8).strip();
    return new CannotLookException(
        "%s is no %s: %s (it starts with '%s', Content-Type %s)"
            .formatted(
                address,
                kind,
                why.getMessage(),
                start
                    .substring(0, Math.min(SHOWN_OF_A_BODY, start.length()))
                    .replaceAll("\\p{Cntrl}", " "),
                answer.header("content-type")));
  }
}
