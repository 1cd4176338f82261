package io.millrace.storage;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;

/** Opens the store that the configuration names. */
public final class ObjectStores {
  private ObjectStores() {}

  /**
   * Opens a store; blocks for the moment that takes.
   *
   * @throws StorageException when it cannot be used
   */
  public static ObjectStore open(Vertx vertx, StorageConfig config, PrometheusRegistry registry) {
    return switch (config.kind()) {
      case DIRECTORY -> new DirectoryObjectStore(vertx, config.directory(), registry);
      case S3 -> S3ObjectStore.open(config.s3().orElseThrow(), registry);
    };
  }
}
