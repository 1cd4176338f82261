package io.millrace.http;

import io.millrace.config.ConfigSection;
import io.millrace.config.FileFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A certificate chain and its private key, as PEM files.
 *
 * @param certificate the server's certificate first, then those that lead to a root
 * @param key PKCS#8, PKCS#1 (RSA) or SEC1 (EC), not encrypted
 */
public record CertificateFiles(Path certificate, Path key) {
  private static final long MAX_BYTES = 1 << 20;
  private static final int SHORTEST_RSA_BITS = 2048;

  /** What changes when somebody replaces a file. */
  record Stamp(FileTime certificate, FileTime key, long certificateBytes, long keyBytes) {}

  /** Two files that belong together. */
  record Loaded(X509Certificate leaf, PemKeyCertOptions options) {
    /** Whether nobody vouches for it: browsers warn, and people click the warning away. */
    boolean isSelfSigned() {
      return leaf.getIssuerX500Principal().equals(leaf.getSubjectX500Principal());
    }

    Instant end() {
      return leaf.getNotAfter().toInstant();
    }
  }

  /** Reads the keys {@code certificate} and {@code key} of a section, which go together. */
  public static Optional<CertificateFiles> read(ConfigSection section) {
    Optional<Path> certificate = section.path("certificate");
    Optional<Path> key = section.path("key");
    if (certificate.isPresent() != key.isPresent()) {
      section.problem(
          certificate.isPresent() ? "key" : "certificate",
          "missing; a certificate and its key go together");
    }
    return certificate.flatMap(c -> key.map(k -> new CertificateFiles(c, k)));
  }

  Stamp stamp() throws IOException {
    return new Stamp(
        of("certificate", certificate, Files::getLastModifiedTime),
        of("key", key, Files::getLastModifiedTime),
        of("certificate", certificate, Files::size),
        of("key", key, Files::size));
  }

  /**
   * Checks that both files can be read and fit together; blocks.
   *
   * @throws IOException naming the file that is missing, cannot be read or does not fit
   */
  public void check() throws IOException {
    load();
  }

  /**
   * As {@link #check}, for Kafka, which reads keys in PKCS #8 only.
   *
   * @throws IOException as above
   */
  public void checkForKafka() throws IOException {
    check();
    of("key", key, CertificateFiles::checkPkcs8);
  }

  private static Path checkPkcs8(Path file) throws IOException {
    if (!text(file).contains("-----BEGIN PRIVATE KEY-----")) {
      throw new IOException(
          file
              + " is no key in PKCS #8, and Kafka reads no other; write it so with"
              + " 'openssl pkcs8 -topk8 -nocrypt'");
    }
    return file;
  }

  /**
   * Reads and checks both files; blocks.
   *
   * @throws IOException naming the file that is missing, cannot be read or does not fit
   */
  Loaded load() throws IOException {
    String chain = of("certificate", certificate, CertificateFiles::text);
    String secret = of("key", key, CertificateFiles::text);
    X509Certificate leaf = of("certificate", certificate, file -> leaf(chain));
    PrivateKey own = of("key", key, file -> privateKey(secret));
    if (!belongs(leaf.getPublicKey(), own)) {
      throw new IOException(key + " is not the key of the certificate in " + certificate);
    }
    of("key", key, file -> longEnough(file, leaf.getPublicKey()));
    return new Loaded(
        leaf,
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(chain))
            .addKeyValue(Buffer.buffer(secret)));
  }

  /** What is done with a file. */
  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  /**
   * Does it, so that a failure names the file and its setting.
   *
   * @param setting the key that names the file
   */
  private static <T> T of(String setting, Path file, Reading<T> reading) throws IOException {
    try {
      return reading.of(file);
    } catch (IOException e) {
      boolean told = String.valueOf(e.getMessage()).startsWith(file + " ");
      IOException words = told ? e : FileFailure.of(file, e);
      throw new CertificateFileException(setting, String.valueOf(words.getMessage()), e);
    }
  }

  static String text(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException(file + " is too large for a PEM file");
      }
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new IOException(file + " is not a PEM file", e);
    }
  }

  private X509Certificate leaf(String pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof X509CertificateHolder holder) {
        return new JcaX509CertificateConverter().getCertificate(holder);
      }
    } catch (PEMException | GeneralSecurityException | RuntimeException e) {
      throw new IOException(certificate + " holds a certificate that can't be read", e);
    }
    throw new IOException(certificate + " does not start with a PEM certificate");
  }

  private PrivateKey privateKey(String pem) throws IOException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        switch (item) {
          case PEMKeyPair pair -> {
            return converter.getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return converter.getPrivateKey(info);
          }
          default -> {
            // EC parameters may stand before the key.
          }
        }
      }
    } catch (PEMException | RuntimeException e) {
      throw new IOException(key + " holds a key that can't be read", e);
    }
    throw new IOException(key + " holds no PEM private key that is not encrypted");
  }

  /** Clients refuse shorter ones in the handshake, where nobody is told why. */
  private static Path longEnough(Path file, PublicKey open) throws IOException {
    if (open instanceof RSAKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA_BITS) {
      throw new IOException(
          file
              + " is an RSA key of "
              + rsa.getModulus().bitLength()
              + " bits, which clients refuse; make one of "
              + SHORTEST_RSA_BITS
              + " or more, and a certificate for it");
    }
    return file;
  }

  private static boolean belongs(PublicKey open, PrivateKey secret) {
    String algorithm =
        switch (open.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> open.getAlgorithm();
        };
    try {
      byte[] probe = "millrace".getBytes(StandardCharsets.US_ASCII);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(secret);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(open);
      verifier.update(probe);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
