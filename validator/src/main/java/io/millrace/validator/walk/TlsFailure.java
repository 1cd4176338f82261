package io.millrace.validator.walk;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a server is not believed, or TLS does not come about, in words for the user. */
final class TlsFailure {
  private static final int DEEPEST = 10;

  private TlsFailure() {}

  static String words(SSLException failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      String message = String.valueOf(cause.getMessage());
      switch (cause) {
        case CertificateExpiredException _ -> {
          return "its certificate has ended";
        }
        case CertificateNotYetValidException _ -> {
          return "its certificate is not valid yet; is this machine's clock right?";
        }
        case CertPathBuilderException _ -> {
          return "nobody whom this machine trusts vouches for its certificate;"
              + " --ca FILE trusts the authority in a PEM file, or the certificate itself";
        }
        default -> {
          if (message.startsWith("No subject alternative") || message.startsWith("No name match")) {
            return "its certificate is for other names than the address";
          }
          if (message.contains("Unsupported or unrecognized SSL message")) {
            return "what listens there speaks no TLS; is it http?";
          }
        }
      }
      cause = cause.getCause();
    }
    return "TLS fails: " + failure.getMessage();
  }
}
