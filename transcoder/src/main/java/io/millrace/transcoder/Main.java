package io.millrace.transcoder;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * {@code main SOCKET ENCODERS}: the path of the server's Unix socket, and the words of the encoders
 * that are wanted, separated by commas. Ends when the connection does.
 */
public final class Main {
  private static final int USAGE = 64;
  private static final int FAULT = 70;

  private Main() {}

  public static void main(String[] args) {
    if (args.length != 2) {
      Log.error("which socket, and which encoders? It is the server that starts this program");
      halt(USAGE);
    }
    try (ServerLink link = ServerLink.to(Path.of(args[0]))) {
      Log.takeNative();
      List<EncoderKind> working = EncoderProbe.working(List.of(args[1].split(",")));
      avfilter.avfilter_version();
      link.send(
          new Frame.Hello(
              Frame.VERSION,
              "FFmpeg " + avutil.av_version_info().getString() + ", " + license(),
              working.stream().map(EncoderKind::word).toList()));
      link.read(new Session(link, working)::accept);
      halt(0);
    } catch (IOException | UncheckedIOException e) {
      // Whoever it worked for is gone; there is nobody to tell.
      halt(0);
    } catch (ProtocolException | NativeFailure | LinkageError e) {
      fail(e);
    }
  }

  private static String license() {
    return avcodec.avcodec_license().getString();
  }

  /** Ends the program: the server starts another. From any thread. */
  static void fail(Throwable problem) {
    if (!(problem instanceof UncheckedIOException)) {
      Log.error(
          problem instanceof NativeFailure
              ? String.valueOf(problem.getMessage())
              : problem.toString());
    }
    halt(FAULT);
  }

  /** Without waiting for threads that are in native code. */
  private static void halt(int status) {
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }
}
