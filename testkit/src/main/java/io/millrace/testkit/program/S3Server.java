package io.millrace.testkit.program;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server in this process, with buckets in a directory; it checks signatures and conditions.
 */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "an-access-key";
  public static final String SECRET_KEY = "a-secret-key-that-nobody-may-see";

  private final Path directory;
  private final S3Proxy proxy;
  private final AtomicInteger buckets = new AtomicInteger();

  /** Listens on a free port of loopback. */
  public S3Server(Path directory) throws IOException {
    this(directory, 0);
  }

  public S3Server(Path directory, int port) throws IOException {
    this.directory = Files.createDirectories(directory);
    Properties properties = new Properties();
    properties.setProperty("s3proxy.endpoint", "http://127.0.0.1:" + port);
    properties.setProperty("s3proxy.authorization", "aws-v2-or-v4");
    properties.setProperty("s3proxy.identity", ACCESS_KEY);
    properties.setProperty("s3proxy.credential", SECRET_KEY);
    properties.setProperty("s3proxy.metrics.enabled", "false");
    properties.setProperty("jclouds.provider", "filesystem-nio2");
    properties.setProperty("jclouds.identity", ACCESS_KEY);
    properties.setProperty("jclouds.credential", SECRET_KEY);
    properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    try {
      proxy =
          S3Proxy.Builder.fromProperties(properties)
              .blobStore(new FilesystemNio2BlobStore(directory.toString()))
              .build();
      proxy.start();
    } catch (Exception e) {
      throw new IOException("the S3 server does not start", e);
    }
  }

  public int port() {
    return proxy.getPort();
  }

  public static URI endpoint(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A new bucket; its name. */
  public String newBucket() throws IOException {
    String name = "media-" + buckets.incrementAndGet();
    Files.createDirectories(directory.resolve(name));
    return name;
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the S3 server does not stop", e);
    }
  }
}
