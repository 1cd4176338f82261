package io.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate in force: read before a port opens, then looked at every few seconds and given to
 * the port's owner when its files have changed. Files that do not fit together (a replacement half
 * done) leave the old certificate in force and are tried again the next time.
 *
 * <p>Thread-safe.
 */
public final class CertificateWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /** Whoever serves with the certificate. */
  public interface Owner {
    /** Serves new connections with this certificate; those that are open keep theirs. */
    Future<?> use(PemKeyCertOptions certificate);

    /**
     * A changed certificate was looked at.
     *
     * @param taken false when it could not be used
     */
    void reloaded(boolean taken);
  }

  private record Read(CertificateFiles.Stamp stamp, CertificateFiles.Loaded loaded) {}

  private final Vertx vertx;
  private final CertificateFiles files;
  private final PemKeyCertOptions first;
  private volatile CertificateFiles.Stamp stamp;
  private volatile @Nullable Owner owner;
  private volatile long timer = -1;

  private CertificateWatch(Vertx vertx, CertificateFiles files, Read read) {
    this.vertx = vertx;
    this.files = files;
    this.first = read.loaded.options();
    this.stamp = read.stamp;
  }

  /**
   * Reads the files.
   *
   * @return fails with an {@link IOException} whose message names the file and what is wrong
   */
  public static Future<CertificateWatch> load(Vertx vertx, CertificateFiles files) {
    return vertx
        .executeBlocking(
            () -> {
              try {
                return new Read(files.stamp(), files.load());
              } catch (NoSuchFileException e) {
                throw new IOException("there is no file " + e.getFile(), e);
              }
            },
            false)
        .map(read -> new CertificateWatch(vertx, files, Objects.requireNonNull(read)));
  }

  /** Loads the certificate where there is one to load. */
  public static Future<Optional<CertificateWatch>> loadIfAny(
      Vertx vertx, Optional<CertificateFiles> files) {
    Function<CertificateFiles, Future<Optional<CertificateWatch>>> loading =
        some -> load(vertx, some).map(Optional::of);
    return files.map(loading).orElse(Future.succeededFuture(Optional.empty()));
  }

  /** The certificate to open the port with. */
  public PemKeyCertOptions certificate() {
    return first;
  }

  /** From now on changes are told, until {@link #close}. */
  public void tell(Owner listening) {
    owner = listening;
    timer = vertx.setPeriodic(PERIOD.toMillis(), id -> check());
  }

  /** Looks at the files now. Fails when they have changed and cannot be used. */
  public Future<Void> check() {
    Owner listening = owner;
    if (listening == null) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(
            () -> {
              CertificateFiles.Stamp now = files.stamp();
              return now.equals(stamp)
                  ? Optional.<Read>empty()
                  : Optional.of(new Read(now, files.load()));
            },
            false)
        .compose(
            changed ->
                Objects.requireNonNull(changed).isEmpty()
                    ? Future.succeededFuture()
                    : listening
                        .use(changed.get().loaded.options())
                        .<Void>mapEmpty()
                        .onSuccess(done -> taken(listening, changed.get())))
        .onFailure(
            failure -> {
              listening.reloaded(false);
              LOGGER
                  .atWarn()
                  .addKeyValue("reason", failure.getMessage())
                  .log("changed certificate not taken, the old one stays");
            });
  }

  private void taken(Owner listening, Read changed) {
    stamp = changed.stamp;
    listening.reloaded(true);
    LOGGER
        .atInfo()
        .addKeyValue("file", files.certificate())
        .addKeyValue("until", changed.loaded.leaf().getNotAfter().toInstant())
        .log("certificate taken");
  }

  /** Stops looking. */
  public void close() {
    vertx.cancelTimer(timer);
  }
}
