package io.millrace.storage;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bucket and how to work with it: section {@code storage.s3}.
 *
 * @param endpoint {@code endpoint}, where the store listens
 * @param bucket {@code bucket}, there already and ours alone
 * @param region {@code region}, part of every signature
 * @param pathStyle {@code pathStyle}, whether the bucket is in the path or in the host name
 * @param credentials {@code accessKey}, {@code secretKey} and {@code sessionToken}, or {@code
 *     credentialsFile} and {@code profile}
 * @param encryption {@code encryption} and {@code kmsKey}, what the store does with what it keeps
 * @param connections {@code connections}, requests at once
 * @param requestTimeout {@code requestTimeout}, how long a request may be silent
 * @param retryFor {@code retryFor}, how long an operation is tried again before it fails
 * @param partSize {@code partSize}; longer objects are uploaded in parts of it
 * @param spool what waits for the bucket on this machine's disk
 */
public record S3Config(
    URI endpoint,
    String bucket,
    String region,
    boolean pathStyle,
    Credentials credentials,
    Encryption encryption,
    int connections,
    Duration requestTimeout,
    Duration retryFor,
    long partSize,
    Spool spool) {
  private static final long MEBI = 1024 * 1024;
  private static final long GIBI = 1024 * MEBI;
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  /** Who we are to the store. */
  public sealed interface Credentials {
    /** Written in the settings. */
    record Keys(String accessKey, Secret secretKey, Optional<Secret> sessionToken)
        implements Credentials {}

    /** In a file as other S3 tools use it; read again when it has changed. */
    record SharedFile(Path file, String profile) implements Credentials {}
  }

  /** What the store encrypts with. */
  public sealed interface Encryption {
    /** As the bucket is set up. */
    record ByBucket() implements Encryption {}

    /** Keys of the store's own (SSE-S3). */
    record ByStore() implements Encryption {}

    /** A key of a key management service (SSE-KMS). */
    record ByKms(String key) implements Encryption {}
  }

  /** The same, that tries everything once. */
  S3Config withoutRetries() {
    return new S3Config(
        endpoint,
        bucket,
        region,
        pathStyle,
        credentials,
        encryption,
        connections,
        requestTimeout,
        Duration.ZERO,
        partSize,
        spool);
  }

  /** The words of {@code encryption}. */
  enum EncryptionKind {
    BUCKET,
    S3,
    KMS
  }

  /**
   * @param directory {@code spool.directory}, in the data directory by default
   * @param maxBytes {@code spool.maxBytes}; above it puts are refused
   * @param uploads {@code spool.uploads}, objects on their way at once
   */
  public record Spool(Path directory, long maxBytes, int uploads) {
    /** In a directory of its own: what waits for one bucket never goes to another. */
    Spool ofBucket(String bucket) {
      return new Spool(directory.resolve(bucket), maxBytes, uploads);
    }

    /** Where states wait: no bucket is called like that. */
    Path states() {
      return directory.resolveSibling(directory.getFileName() + "~states");
    }
  }

  /**
   * Reads the section.
   *
   * @param s3 the section {@code storage.s3}
   * @param defaultSpool {@code spool} in the data directory
   * @param isUsed whether what is missing is a problem
   */
  static S3Config read(ConfigSection s3, Path defaultSpool, boolean isUsed) {
    URI endpoint = endpoint(s3, isUsed);
    ConfigSection spool = s3.section("spool");
    return new S3Config(
        endpoint,
        bucket(s3, isUsed),
        s3.string("region", "us-east-1"),
        s3.bool("pathStyle", true),
        credentials(s3, isUsed),
        encryption(s3, endpoint),
        s3.integer("connections", 32, 1, 1000),
        s3.duration(
            "requestTimeout", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(5)),
        s3.duration("retryFor", Duration.ofSeconds(20), Duration.ZERO, Duration.ofMinutes(10)),
        s3.heap("partSize", 16 * MEBI, 5 * MEBI, GIBI),
        new Spool(
            spool.path("directory").orElse(defaultSpool),
            spool.bytes("maxBytes", 10 * GIBI, 64 * MEBI, 100 * 1024 * GIBI),
            spool.integer("uploads", 8, 1, 256)));
  }

  private static URI endpoint(ConfigSection s3, boolean isUsed) {
    Optional<URI> given = s3.uri("endpoint");
    if (given.isEmpty()) {
      if (isUsed) {
        s3.problem(
            "endpoint", "is missing; write for example https://s3.eu-central-1.amazonaws.com");
      }
      return URI.create("http://localhost");
    }
    URI endpoint = given.get();
    String scheme = String.valueOf(endpoint.getScheme());
    String path = String.valueOf(endpoint.getPath());
    if (!(scheme.equals("http") || scheme.equals("https")) || endpoint.getHost() == null) {
      s3.problem("endpoint", "is no address of http or https");
    } else if (endpoint.getUserInfo() != null) {
      s3.problem("endpoint", "holds a user; keys belong in storage.s3.accessKey and secretKey");
    } else if (!(path.isEmpty() || path.equals("/")) || endpoint.getQuery() != null) {
      s3.problem("endpoint", "has a path; the bucket belongs in storage.s3.bucket");
    } else {
      return endpoint;
    }
    return URI.create("http://localhost");
  }

  private static String bucket(ConfigSection s3, boolean isUsed) {
    String bucket = s3.optional("bucket").orElse("");
    if (bucket.isEmpty()) {
      if (isUsed) {
        s3.problem("bucket", "is missing; name the bucket that objects are kept in");
      }
    } else if (!BUCKET.matcher(bucket).matches() || bucket.contains("..")) {
      s3.problem("bucket", "is no name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'");
    }
    return bucket;
  }

  private static Credentials credentials(ConfigSection s3, boolean isUsed) {
    Optional<String> accessKey = s3.optional("accessKey").filter(key -> !key.isEmpty());
    Optional<Secret> secretKey = s3.secret("secretKey").filter(key -> !key.reveal().isEmpty());
    Optional<Secret> token = s3.secret("sessionToken").filter(key -> !key.reveal().isEmpty());
    Optional<Path> file = s3.path("credentialsFile");
    String profile = s3.string("profile", "default");
    if (file.isPresent()) {
      if (accessKey.isPresent() || secretKey.isPresent()) {
        s3.problem("credentialsFile", "is one way, accessKey and secretKey another; choose one");
      }
      return new Credentials.SharedFile(file.get(), profile);
    }
    if (accessKey.isEmpty() && isUsed) {
      s3.problem("accessKey", "is missing; set it and secretKey, or credentialsFile");
    }
    if (accessKey.isPresent() && secretKey.isEmpty()) {
      s3.problem("secretKey", "is missing; it belongs to accessKey");
    }
    return new Credentials.Keys(
        accessKey.orElse(""), secretKey.orElseGet(() -> new Secret("")), token);
  }

  private static Encryption encryption(ConfigSection s3, URI endpoint) {
    EncryptionKind kind = s3.choice("encryption", EncryptionKind.BUCKET);
    Optional<String> kmsKey = s3.optional("kmsKey").filter(key -> !key.isEmpty());
    if (kind != EncryptionKind.KMS && kmsKey.isPresent()) {
      s3.problem("kmsKey", "is of use with encryption: kms alone");
    }
    return switch (kind) {
      case BUCKET -> new Encryption.ByBucket();
      case S3 -> new Encryption.ByStore();
      case KMS -> {
        if (kmsKey.isEmpty()) {
          s3.problem("kmsKey", "is missing; encryption: kms needs the key's name");
        }
        if (!"https".equals(endpoint.getScheme())) {
          s3.problem("encryption", "kms needs an endpoint of https");
        }
        yield new Encryption.ByKms(kmsKey.orElse(""));
      }
    };
  }
}
