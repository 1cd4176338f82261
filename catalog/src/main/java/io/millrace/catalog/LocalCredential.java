package io.millrace.catalog;

import io.millrace.access.RandomToken;
import io.millrace.access.Refusals;
import io.millrace.access.StaticKeyRules;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.children.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A bearer token for the command line on the same machine: new at each start, in a file that only
 * the server's own user can read, and good from loopback only.
 */
public final class LocalCredential {
  /** In the data directory. */
  public static final String FILE = "local-credential";

  /** As whom it acts. */
  public static final String ACCOUNT = "admin";

  private final byte[] hash;

  private LocalCredential(byte[] hash) {
    this.hash = hash;
  }

  /** Writes a new one; blocks. */
  public static LocalCredential write(DataDirectory data) throws IOException {
    String token = RandomToken.generate("ml_");
    Path incomplete =
        Files.createTempFile(
            data.path(),
            FILE,
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(incomplete, token + "\n");
    Files.move(incomplete, data.path().resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    return new LocalCredential(RandomToken.hash(token));
  }

  public boolean matches(String token) {
    return RandomToken.matches(token, hash);
  }

  /** What it opens of topics, shown like this. */
  public TopicDecision topics(TopicCredential shown) {
    return shown.isLocal()
        ? new TopicDecision.Granted(
            TopicGrant.ofAdministrator(StaticKeyRules.TENANT, ACCOUNT, Optional.empty(), Set.of()))
        : Refusals.wrongTopicKey();
  }
}
