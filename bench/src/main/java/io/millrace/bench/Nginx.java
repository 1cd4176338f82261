package io.millrace.bench;

import io.millrace.testkit.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * The named peer: Debian's nginx ({@code apt-get install nginx-light}) serving a folder of files.
 */
final class Nginx implements AutoCloseable {
  private final Program program;
  private final int port;

  /**
   * @param executable its path
   * @param folder what it serves; its settings and logs go there as well
   * @throws IOException when its settings can't be written
   */
  Nginx(String executable, Path folder, int port) throws IOException {
    this.port = port;
    Path settings = folder.resolve("nginx.conf");
    // Started by root, its workers would change to an account that can't read the folder.
    String account = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
    Files.writeString(
        settings,
        """
        %3$s
        daemon off;
        worker_processes auto;
        pid %1$s/nginx.pid;
        error_log stderr;
        events { worker_connections 4096; }
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
            .formatted(folder, port, account));
    this.program =
        Program.start(
            List.of(executable, "-p", folder.toString(), "-c", settings.toString()),
            Map.of(),
            folder);
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
