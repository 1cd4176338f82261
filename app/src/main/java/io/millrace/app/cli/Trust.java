package io.millrace.app.cli;

import io.millrace.config.FileFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates a command believes: those that Java believes, and those of a PEM file. */
final class Trust {
  private Trust() {}

  /**
   * Reads the file.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  static SSLContext with(Path pem) throws IOException {
    byte[] text;
    try {
      text = Files.readAllBytes(pem);
    } catch (IOException e) {
      throw FileFailure.of(pem, e);
    }
    try {
      List<Certificate> trusted =
          new ArrayList<>(
              CertificateFactory.getInstance("X.509")
                  .generateCertificates(new ByteArrayInputStream(text)));
      if (trusted.isEmpty()) {
        throw new IOException(pem + " holds no PEM certificate");
      }
      for (TrustManager manager : managers(null)) {
        if (manager instanceof X509TrustManager known) {
          trusted.addAll(List.<X509Certificate>of(known.getAcceptedIssuers()));
        }
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < trusted.size(); i++) {
        store.setCertificateEntry(String.valueOf(i), trusted.get(i));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(store), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(pem + " holds no PEM certificate that can be read", e);
    }
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
