package io.millrace.storage;

import io.millrace.config.FileFailure;
import io.minio.credentials.Credentials;
import io.minio.credentials.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a file as other S3 tools write it: {@code [profile]}, then {@code aws_access_key_id},
 * {@code aws_secret_access_key} and perhaps {@code aws_session_token}. It is looked at again when
 * it has changed, so keys are exchanged without a restart. Blocks; thread-safe.
 */
final class S3CredentialsFile implements Provider {
  private final Path file;
  private final String profile;
  private @Nullable FileTime readAt;
  private @Nullable Credentials credentials;

  S3CredentialsFile(Path file, String profile) {
    this.file = file;
    this.profile = profile;
  }

  /**
   * @throws CredentialsException when the file or the profile cannot be used
   */
  @Override
  public synchronized Credentials fetch() {
    try {
      FileTime changed = Files.getLastModifiedTime(file);
      Credentials known = credentials;
      if (known == null || !changed.equals(readAt)) {
        known = parse(Files.readAllLines(file));
        credentials = known;
        readAt = changed;
      }
      return known;
    } catch (IOException e) {
      throw new CredentialsException(FileFailure.words(e));
    }
  }

  private Credentials parse(List<String> lines) {
    Map<String, String> found = new HashMap<>();
    boolean inProfile = false;
    for (String line : lines) {
      String text = line.strip();
      if (text.startsWith("[")) {
        inProfile = text.equals("[" + profile + "]");
      } else if (inProfile && !text.startsWith("#") && text.indexOf('=') > 0) {
        int equals = text.indexOf('=');
        found.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
      }
    }
    return new Credentials(
        required(found, "aws_access_key_id"),
        required(found, "aws_secret_access_key"),
        found.get("aws_session_token"),
        null);
  }

  private String required(Map<String, String> found, String name) {
    String value = found.get(name);
    if (value == null || value.isEmpty()) {
      throw new CredentialsException(file + " has no " + name + " in [" + profile + "]");
    }
    return value;
  }

  /** There are no keys to sign with; the message says why and holds none. */
  static final class CredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CredentialsException(String message) {
      super(message);
    }
  }
}
