package io.millrace.storage;

import io.millrace.config.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 server in this process, with a bucket in a directory; it checks signatures. */
final class S3Server {
  static final String BUCKET = "media";
  static final String ACCESS_KEY = "an-access-key";
  static final String SECRET_KEY = "a-secret-key-that-nobody-may-see";

  private final S3Proxy proxy;

  S3Server(Path directory) throws Exception {
    Files.createDirectories(directory.resolve(BUCKET));
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

  S3Config config(Path spool) {
    return config(port(), spool);
  }

  /** Through another port, with short times. */
  static S3Config config(int port, Path spool) {
    return config(port, BUCKET, SECRET_KEY, spool);
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
