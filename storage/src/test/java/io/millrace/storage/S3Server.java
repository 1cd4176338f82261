package io.millrace.storage;

import io.millrace.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 server in this process, with a bucket in a directory; it checks signatures. */
final class S3Server {
  static final String ACCESS_KEY = "an-access-key";
  static final String SECRET_KEY = "a-secret-key-that-nobody-may-see";

  private final Path directory;
  private final S3Proxy proxy;
  private final AtomicInteger buckets = new AtomicInteger();

  S3Server(Path directory) throws Exception {
    this.directory = Files.createDirectories(directory);
    Properties properties = new Properties();
    properties.setProperty("s3proxy.endpoint", "http://127.0.0.1:0");
    properties.setProperty("s3proxy.authorization", "aws-v2-or-v4");
    properties.setProperty("s3proxy.identity", ACCESS_KEY);
    properties.setProperty("s3proxy.credential", SECRET_KEY);
    properties.setProperty("s3proxy.metrics.enabled", "false");
    properties.setProperty("jclouds.provider", "filesystem-nio2");
    properties.setProperty("jclouds.identity", ACCESS_KEY);
    properties.setProperty("jclouds.credential", SECRET_KEY);
    properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    proxy =
        S3Proxy.Builder.fromProperties(properties)
            .blobStore(new FilesystemNio2BlobStore(directory.toString()))
            .build();
    proxy.start();
  }

  int port() {
    return proxy.getPort();
  }

  /** A new bucket; its name. */
  String newBucket() throws IOException {
    String name = "media-" + buckets.incrementAndGet();
    Files.createDirectories(directory.resolve(name));
    return name;
  }

  /** With short times. */
  static S3Config config(int port, String bucket, Path spool) {
    return config(port, bucket, SECRET_KEY, spool);
  }

  static S3Config config(int port, String bucket, String secret, Path spool) {
    return new S3Config(
        URI.create("http://127.0.0.1:" + port),
        bucket,
        "us-east-1",
        true,
        new S3Config.Credentials.Keys(ACCESS_KEY, new Secret(secret), Optional.empty()),
        new S3Config.Encryption.ByBucket(),
        32,
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        5 << 20,
        new S3Config.Spool(spool, 1 << 20, 4));
  }

  void close() throws Exception {
    proxy.stop();
  }
}
