package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateFilesTest {
  @TempDir Path directory;

  @Test
  void anRsaKeyThatClientsRefuseIsNamed() throws Exception {
    assertThat(rsa(2048).load().leaf().getPublicKey().getAlgorithm()).isEqualTo("RSA");
    CertificateFiles files = rsa(512);
    assertThatThrownBy(files::check)
        .isInstanceOfSatisfying(
            CertificateFileException.class,
            e -> assertThat(CertificateFileException.keyOf(e)).isEqualTo("key"))
        .hasMessage(
            files.key()
                + " is an RSA key of 512 bits, which clients refuse; make one of 2048 or more, and"
                + " a certificate for it");
  }

  private CertificateFiles rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=millrace");
    Instant now = Instant.now();
    CertificateFiles files =
        new CertificateFiles(
            directory.resolve("rsa-" + bits + ".crt"), directory.resolve("rsa-" + bits + ".key"));
    pem(
        files.certificate(),
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now),
                Date.from(now.plusSeconds(60)),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
    pem(files.key(), pair.getPrivate());
    return files;
  }

  private static void pem(Path file, Object content) throws IOException {
    try (JcaPEMWriter writer = new JcaPEMWriter(Files.newBufferedWriter(file))) {
      writer.writeObject(content);
    }
  }

  @Test
  void whatIsNoCertificateWithinItsFrameIsToldInPlainWords() throws IOException {
    Path cut = directory.resolve("cut.pem");
    Files.writeString(cut, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    CertificateFiles files = SelfSignedCertificate.keptIn(directory, Instant.now());
    String words = cut + " holds a certificate that can't be read";
    assertThatThrownBy(new CertificateFiles(cut, files.key())::check).hasMessage(words);
    assertThatThrownBy(() -> AuthorityFile.check(cut)).hasMessage(words);
    Files.writeString(cut, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(new CertificateFiles(files.certificate(), cut)::check)
        .hasMessage(cut + " holds a key that can't be read");
  }
}
