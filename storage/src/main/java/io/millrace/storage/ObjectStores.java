package io.millrace.storage;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens the store that the configuration names. */
public final class ObjectStores {
  private static final Duration OPENING = Duration.ofMinutes(1);

  private ObjectStores() {}

  /**
   * Opens a store; blocks for the moment that takes.
   *
   * @throws StorageException when it cannot be used
   */
  public static ObjectStore open(Vertx vertx, StorageConfig config, PrometheusRegistry registry) {
    return switch (config.kind()) {
      case DIRECTORY -> new DirectoryObjectStore(vertx, config.directory(), registry);
      case S3 -> bucket(vertx, config.s3().orElseThrow(), registry);
    };
  }

  /**
   * Looks whether the store that the configuration names can be used, and leaves nothing behind;
   * blocks while it does. A directory is not looked at: a start makes it.
   *
   * @throws StorageException when it cannot; the message says what to change
   */
  public static void check(StorageConfig config) {
    config
        .s3()
        .ifPresent(
            s3 -> {
              S3ObjectStore store =
                  S3ObjectStore.open(s3.withoutRetries(), new PrometheusRegistry());
              store.close().await();
            });
  }

  private static ObjectStore bucket(Vertx vertx, S3Config config, PrometheusRegistry registry) {
    S3ObjectStore bucket = S3ObjectStore.open(config, registry);
    bucket.endOldUploads();
    try {
      return SpooledObjectStore.open(
              vertx, bucket, config.spool().ofBucket(config.bucket()), registry, System::nanoTime)
          .await(OPENING.toSeconds(), TimeUnit.SECONDS);
    } catch (StorageException e) {
      bucket.close();
      throw e;
    } catch (TimeoutException e) {
      bucket.close();
      throw new StorageException(
          StorageException.Reason.UNAVAILABLE,
          config.spool().directory() + " could not be read within " + OPENING.toSeconds() + " s",
          e);
    }
  }
}
