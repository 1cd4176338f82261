package io.millrace.bench;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The named peer: Debian's nginx, with the settings that a measurement gives it. */
final class Nginx implements AutoCloseable {
  private final Program program;
  private final int port;

  private Nginx(Path folder, int port, String before, String settings) throws IOException {
    this.port = port;
    Path file = folder.resolve("nginx.conf");
    // Started by root, its workers would change to an account that can't read the folder.
    String account = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
    Files.writeString(
        file,
        """
        %s
        %s
        daemon off;
        worker_processes auto;
        pid %s/nginx.pid;
        error_log stderr;
        events { worker_connections 16384; }
        %s
        """
            .formatted(before, account, folder, settings));
    this.program =
        Program.start(
            List.of(executable().orElseThrow(), "-p", folder.toString(), "-c", file.toString()),
            Map.of(),
            folder);
  }

  /** Where it is installed; empty where it is not. */
  static Optional<String> executable() {
    return Tools.find("nginx")
        .or(() -> Optional.of(Path.of("/usr/sbin/nginx")).filter(Files::isExecutable))
        .map(Path::toString);
  }

  /** Where its RTMP module is installed; empty where it is not. */
  static Optional<String> rtmpModule() {
    return Optional.of(Path.of("/usr/lib/nginx/modules/ngx_rtmp_module.so"))
        .filter(Files::isReadable)
        .map(Path::toString);
  }

  /**
   * Serves a folder of files over HTTP ({@code apt-get install nginx-light}).
   *
   * @param folder what it serves; its settings and logs go there as well
   * @throws IOException when its settings can't be written
   */
  static Nginx serving(Path folder, int port) throws IOException {
    return new Nginx(
        folder,
        port,
        "",
        """
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 1000000;
          client_body_temp_path %1$s/temp; proxy_temp_path %1$s/temp; fastcgi_temp_path %1$s/temp;
          uwsgi_temp_path %1$s/temp; scgi_temp_path %1$s/temp;
          open_file_cache max=1000;
          types { video/mp4 m4s; }
          server { listen 127.0.0.1:%2$d backlog=4096; root %1$s; }
        }
        """
            .formatted(folder, port));
  }

  /**
   * Takes RTMP publishers of the application {@code live} and writes HLS, two seconds a segment, as
   * {@code hls/{stream}.m3u8} ({@code apt-get install libnginx-mod-rtmp}).
   *
   * @param window how much a playlist lists
   * @throws IOException when its settings can't be written
   */
  static Nginx packaging(Path folder, int port, Duration window) throws IOException {
    Files.createDirectories(folder.resolve("hls"));
    return new Nginx(
        folder,
        port,
        "load_module " + rtmpModule().orElseThrow() + ";",
        """
        rtmp {
          access_log off;
          server {
            listen 127.0.0.1:%d;
            chunk_size 4096;
            application live {
              live on;
              hls on;
              hls_path %s/hls;
              hls_fragment 2s;
              hls_playlist_length %ds;
            }
          }
        }
        """
            .formatted(port, folder, window.toSeconds()));
  }

  /** Its own process and its workers. */
  List<ProcessHandle> processes() {
    ProcessHandle main = ProcessHandle.of(program.pid()).orElseThrow();
    return Stream.concat(Stream.of(main), main.descendants()).toList();
  }

  /** Waits until it listens. */
  void awaitAnswer() {
    Awaitility.await("nginx").atMost(Duration.ofSeconds(10)).until(this::answers);
  }

  @Override
  public void close() {
    program.stop(Duration.ofSeconds(10));
  }

  private boolean answers() {
    if (!program.isAlive()) {
      throw new AssertionError(program.errorsSoFar());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
