package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelfSignedCertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  @TempDir Path directory;

  @Test
  void isForThisMachinesNames() throws Exception {
    X509Certificate leaf = SelfSignedCertificate.keptIn(directory, NOW).load().leaf();
    List<String> names =
        leaf.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()).toList();
    assertThat(names).contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(820)));
  }

  @Test
  void staysTheSameUntilItIsAboutToEnd() throws Exception {
    X509Certificate first = SelfSignedCertificate.keptIn(directory, NOW).load().leaf();
    Instant later = NOW.plus(Duration.ofDays(800));
    assertThat(SelfSignedCertificate.keptIn(directory, later).load().leaf()).isEqualTo(first);
    Instant late = NOW.plus(Duration.ofDays(807));
    assertThat(SelfSignedCertificate.keptIn(directory, late).load().leaf()).isNotEqualTo(first);
  }

  @Test
  void itsKeyIsForItsOwnerOnly() throws Exception {
    Path key = SelfSignedCertificate.keptIn(directory, NOW).key();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }

  @Test
  void aKeyOfAnotherCertificateIsNamed() throws Exception {
    CertificateFiles first = SelfSignedCertificate.keptIn(directory.resolve("1"), NOW);
    CertificateFiles second = SelfSignedCertificate.keptIn(directory.resolve("2"), NOW);
    CertificateFiles mixed = new CertificateFiles(first.certificate(), second.key());
    assertThatThrownBy(mixed::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the key of the certificate");
  }

  @Test
  void aFileThatIsNoCertificateIsNamed() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory, NOW);
    Files.writeString(files.certificate(), "hello");
    assertThatThrownBy(files::load).hasMessageContaining("self-signed.crt");
  }

  @Test
  void aDirectoryInPlaceOfAFileIsNamed() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory, NOW);
    assertThatThrownBy(new CertificateFiles(files.certificate(), directory)::load)
        .hasMessage(directory + " is a directory, not a file");
  }
}
