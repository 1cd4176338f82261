package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigEntry;
import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3ConfigTest {
  private static final Map<String, Object> LEAST =
      Map.of(
          "endpoint", "https://s3.example.com",
          "bucket", "media",
          "accessKey", "us",
          "secretKey", "only-we-know");

  @Test
  void hasDefaultsForEverythingButTheBucketAndItsKeys() {
    assertThat(read(LEAST))
        .isEqualTo(
            new S3Config(
                URI.create("https://s3.example.com"),
                "media",
                "us-east-1",
                true,
                new S3Config.Credentials.Keys("us", new Secret("only-we-know"), Optional.empty()),
                new S3Config.Encryption.ByBucket(),
                32,
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                16 << 20,
                new S3Config.Spool(Path.of("/data/spool"), 10L << 30, 8)));
  }

  @Test
  void mapsEveryKey() {
    Map<String, Object> all = new HashMap<>(LEAST);
    all.put("sessionToken", "for-an-hour");
    all.put("region", "eu-central-1");
    all.put("pathStyle", false);
    all.put("encryption", "kms");
    all.put("kmsKey", "a-key");
    all.put("connections", 7);
    all.put("requestTimeout", "3s");
    all.put("retryFor", "4s");
    all.put("partSize", "6MiB");
    all.put("spool", Map.of("directory", "/spool", "maxBytes", "1GiB", "uploads", 3));

    assertThat(read(all))
        .isEqualTo(
            new S3Config(
                URI.create("https://s3.example.com"),
                "media",
                "eu-central-1",
                false,
                new S3Config.Credentials.Keys(
                    "us", new Secret("only-we-know"), Optional.of(new Secret("for-an-hour"))),
                new S3Config.Encryption.ByKms("a-key"),
                7,
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                6 << 20,
                new S3Config.Spool(Path.of("/spool"), 1 << 30, 3)));
  }

  @Test
  void takesKeysFromAFile() {
    Map<String, Object> file = new HashMap<>(LEAST);
    file.remove("accessKey");
    file.remove("secretKey");
    file.put("credentialsFile", "/etc/s3");
    file.put("profile", "live");
    file.put("encryption", "s3");

    S3Config config = read(file);

    assertThat(config.credentials())
        .isEqualTo(new S3Config.Credentials.SharedFile(Path.of("/etc/s3"), "live"));
    assertThat(config.encryption()).isEqualTo(new S3Config.Encryption.ByStore());
  }

  @Test
  void saysAllThatIsMissing() {
    assertThat(problems(Map.of()))
        .containsExactly(
            "storage.s3.endpoint: is missing; write for example"
                + " https://s3.eu-central-1.amazonaws.com",
            "storage.s3.bucket: is missing; name the bucket that objects are kept in",
            "storage.s3.accessKey: is missing; set it and secretKey, or credentialsFile");
  }

  @Test
  void saysWhatExcludesEachOther() {
    Map<String, Object> wrong = new HashMap<>(LEAST);
    wrong.put("endpoint", "http://s3.example.com/media");
    wrong.put("bucket", "Media");
    wrong.put("credentialsFile", "/etc/s3");
    wrong.put("kmsKey", "a-key");

    assertThat(problems(wrong))
        .containsExactly(
            "storage.s3.endpoint: has a path; the bucket belongs in storage.s3.bucket",
            "storage.s3.bucket: is no name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'",
            "storage.s3.credentialsFile: is one way, accessKey and secretKey another; choose one",
            "storage.s3.kmsKey: is of use with encryption: kms alone");
  }

  @Test
  void aKeyServiceNeedsAKeyAndTls() {
    Map<String, Object> wrong = new HashMap<>(LEAST);
    wrong.put("endpoint", "http://s3.example.com");
    wrong.put("encryption", "kms");

    assertThat(problems(wrong))
        .containsExactly(
            "storage.s3.kmsKey: is missing; encryption: kms needs the key's name",
            "storage.s3.encryption: kms needs an endpoint of https");
  }

  @Test
  void showsNoSecret() {
    Configuration configuration = configuration(LEAST);
    StorageConfig config = read(configuration);

    assertThat(config.toString()).contains("***").doesNotContain("only-we-know");
    assertThat(configuration.entries())
        .extracting(ConfigEntry::value)
        .contains("***")
        .doesNotContain("only-we-know");
  }

  @Test
  void isNotMissedByADirectoryStore() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    assertThat(read(configuration).s3()).isEmpty();
    assertThat(configuration.problems()).isEmpty();
  }

  private static S3Config read(Map<String, Object> s3) {
    Configuration configuration = configuration(s3);
    StorageConfig config = read(configuration);
    configuration.check();
    return config.s3().orElseThrow();
  }

  private static List<String> problems(Map<String, Object> s3) {
    Configuration configuration = configuration(s3);
    read(configuration);
    return configuration.problems().stream().map(ConfigProblem::toString).toList();
  }

  private static StorageConfig read(Configuration configuration) {
    return StorageConfig.read(configuration.root().section("storage"), Path.of("/data"));
  }

  private static Configuration configuration(Map<String, Object> s3) {
    return new Configuration(Map.of("storage", Map.of("kind", "s3", "s3", s3)), Map.of(), Map.of());
  }
}
