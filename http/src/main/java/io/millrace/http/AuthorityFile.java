package io.millrace.http;

import io.millrace.config.FileFailure;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMParser;

/** A PEM file with the certificates of those whose word is believed. */
public final class AuthorityFile {
  private AuthorityFile() {}

  /**
   * Checks that it can be read and holds a certificate; blocks.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static void check(Path file) throws IOException {
    try {
      if (count(file, CertificateFiles.text(file)) == 0) {
        throw new IOException(file + " holds no PEM certificate");
      }
    } catch (IOException e) {
      throw String.valueOf(e.getMessage()).startsWith(file + " ") ? e : FileFailure.of(file, e);
    }
  }

  private static int count(Path file, String pem) throws IOException {
    JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
    int count = 0;
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        if (item instanceof X509CertificateHolder holder) {
          var _ = converter.getCertificate(holder);
          count++;
        }
      }
    } catch (PEMException | CertificateException | RuntimeException e) {
      throw new IOException(file + " holds a certificate that can't be read", e);
    }
    return count;
  }
}
