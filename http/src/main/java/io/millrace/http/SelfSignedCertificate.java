package io.millrace.http;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A certificate for trying things out at home: signed by itself, for this machine's names and
 * addresses. It is kept in the data directory, since browsers remember an exception for exactly one
 * certificate; a new one is made only when the old one is about to end or cannot be read.
 */
public final class SelfSignedCertificate {
  /** Apple's systems take no longer-lived ones than 825 days, even installed by hand. */
  private static final Duration LIFETIME = Duration.ofDays(820);

  private static final Duration RENEW_BEFORE = Duration.ofDays(14);

  private SelfSignedCertificate() {}

  /**
   * The certificate in {@code directory} (made with the directory when missing); blocks.
   *
   * @throws IOException when the directory can't be written or the network interfaces not be listed
   */
  public static CertificateFiles keptIn(Path directory, Instant now) throws IOException {
    CertificateFiles files =
        new CertificateFiles(
            directory.resolve("self-signed.crt"), directory.resolve("self-signed.key"));
    if (!isUsable(files, now)) {
      Files.createDirectories(directory);
      make(files, names(), now);
    }
    return files;
  }

  private static boolean isUsable(CertificateFiles files, Instant now) {
    if (!Files.exists(files.certificate()) || !Files.exists(files.key())) {
      return false;
    }
    try {
      Instant end = files.load().leaf().getNotAfter().toInstant();
      return end.isAfter(now.plus(RENEW_BEFORE));
    } catch (IOException e) {
      return false;
    }
  }

  private static void make(CertificateFiles files, GeneralNames names, Instant now)
      throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X500Name subject = new X500Name("CN=Millrace on " + hostName().replaceAll("[^\\w.-]", "_"));
      X509CertificateHolder holder =
          new JcaX509v3CertificateBuilder(
                  subject,
                  new BigInteger(64, new SecureRandom()).setBit(64),
                  Date.from(now.minus(Duration.ofHours(1))),
                  Date.from(now.plus(LIFETIME)),
                  subject,
                  pair.getPublic())
              .addExtension(Extension.subjectAlternativeName, false, names)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      write(files.key(), new JcaPKCS8Generator(pair.getPrivate(), null), "rw-------");
      write(files.certificate(), new JcaMiscPEMGenerator(holder), "rw-r--r--");
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make a certificate", e);
    }
  }

  private static void write(Path file, PemObjectGenerator content, String permissions)
      throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(content);
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    Files.writeString(fresh, text.toString());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static GeneralNames names() throws IOException {
    Set<GeneralName> names = new LinkedHashSet<>();
    names.add(new GeneralName(GeneralName.dNSName, "localhost"));
    String host = hostName();
    if (host.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*")) {
      names.add(new GeneralName(GeneralName.dNSName, host));
    }
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    names.add(new GeneralName(GeneralName.iPAddress, "::1"));
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .map(InetAddress::getHostAddress)
        .map(text -> text.replaceAll("%.*", ""))
        .forEach(text -> names.add(new GeneralName(GeneralName.iPAddress, text)));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
