package io.millrace.storage;

import io.millrace.config.Secret;
import io.millrace.testkit.program.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings for a bucket of the S3 server of the tests, with short times. */
final class TestBucket {
  private TestBucket() {}

  static S3Config config(int port, String bucket, Path spool) {
    return config(port, bucket, S3Server.SECRET_KEY, spool);
  }

  static S3Config config(int port, String bucket, String secret, Path spool) {
    return new S3Config(
        S3Server.endpoint(port),
        bucket,
        "us-east-1",
        true,
        new S3Config.Credentials.Keys(S3Server.ACCESS_KEY, new Secret(secret), Optional.empty()),
        new S3Config.Encryption.ByBucket(),
        32,
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        5 << 20,
        new S3Config.Spool(spool, 1 << 20, 4));
  }
}
