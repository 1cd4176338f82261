package io.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate in force: read before a port opens, then looked at every few seconds and given to
 * the port's owner when its files have changed. Files that do not fit together (a replacement half
 * done) and a certificate that has ended leave the old one in force and are tried again the next
 * time. A certificate in force that has ended or ends soon is warned of once a day.
 *
 * <p>Thread-safe.
 */
public final class CertificateWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private static final Duration SOON = Duration.ofDays(7);
  private static final Duration WARN_PERIOD = Duration.ofDays(1);

  /** Whoever serves with the certificate. */
  public interface Owner {
    /** The section of the settings that it is served by, for the log. */
    String section();

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
  private volatile boolean selfSigned;
  private volatile Instant end;
  private volatile Instant warned = Instant.MIN;

  /** Why what is in the files was not taken, as last logged. */
  private volatile String refusal = "";

  private volatile @Nullable Owner owner;
  private volatile long timer = -1;

  private CertificateWatch(Vertx vertx, CertificateFiles files, Read read) {
    this.vertx = vertx;
    this.files = files;
    this.first = read.loaded.options();
    this.stamp = read.stamp;
    this.selfSigned = read.loaded.isSelfSigned();
    this.end = read.loaded.end();
  }

  /**
   * Reads the files.
   *
   * @return fails with an {@link IOException} whose message names the file and what is wrong
   */
  public static Future<CertificateWatch> load(Vertx vertx, CertificateFiles files) {
    return vertx
        .executeBlocking(() -> new Read(files.stamp(), files.load()), false)
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

  /** Whether nobody vouches for the certificate in force. */
  boolean isSelfSigned() {
    return selfSigned;
  }

  /** From now on changes are told, until {@link #close}. */
  public void tell(Owner listening) {
    owner = listening;
    warnOfTheEnd(listening);
    timer = vertx.setPeriodic(PERIOD.toMillis(), id -> check());
  }

  /** Looks at the files now. Fails when they have changed and cannot be used. */
  public Future<Void> check() {
    Owner listening = owner;
    if (listening == null) {
      return Future.succeededFuture();
    }
    warnOfTheEnd(listening);
    return vertx
        .executeBlocking(this::changed, false)
        .compose(
            changed ->
                Objects.requireNonNull(changed).isEmpty()
                    ? Future.succeededFuture()
                    : listening
                        .use(changed.get().loaded.options())
                        .<Void>mapEmpty()
                        .onSuccess(done -> taken(listening, changed.get())))
        .onFailure(failure -> refused(listening, String.valueOf(failure.getMessage())));
  }

  private Optional<Read> changed() throws IOException {
    CertificateFiles.Stamp now = files.stamp();
    if (now.equals(stamp)) {
      refusal = "";
      return Optional.empty();
    }
    CertificateFiles.Loaded loaded = files.load();
    if (loaded.end().isBefore(Instant.now())) {
      throw new IOException(
          "the certificate in " + files.certificate() + " has ended at " + loaded.end());
    }
    return Optional.of(new Read(now, loaded));
  }

  private void refused(Owner listening, String reason) {
    listening.reloaded(false);
    if (!reason.equals(refusal)) {
      refusal = reason;
      LOGGER
          .atWarn()
          .addKeyValue("section", listening.section())
          .addKeyValue("reason", reason)
          .log("changed certificate not taken, the old one stays");
    }
  }

  private void warnOfTheEnd(Owner listening) {
    Instant now = Instant.now();
    if (end.isBefore(now.plus(SOON)) && warned.isBefore(now.minus(WARN_PERIOD))) {
      warned = now;
      LOGGER
          .atWarn()
          .addKeyValue("section", listening.section())
          .addKeyValue("file", files.certificate())
          .addKeyValue("until", end)
          .log(end.isBefore(now) ? "the certificate has ended" : "the certificate ends soon");
    }
  }

  private void taken(Owner listening, Read changed) {
    stamp = changed.stamp;
    selfSigned = changed.loaded.isSelfSigned();
    end = changed.loaded.end();
    warned = Instant.MIN;
    refusal = "";
    listening.reloaded(true);
    LOGGER
        .atInfo()
        .addKeyValue("section", listening.section())
        .addKeyValue("file", files.certificate())
        .addKeyValue("until", end)
        .log("certificate taken");
  }

  /** Stops looking. */
  public void close() {
    vertx.cancelTimer(timer);
  }
}
