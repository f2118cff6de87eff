package dev.brink.security;

import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trusts what the platform's checks trust, and says of every refusal whom and why. */
final class PeerTrust extends X509ExtendedTrustManager {

  private static final Logger log = LoggerFactory.getLogger(PeerTrust.class);

  /** The platform's checks by their name. */
  static final String PLATFORM = "PKIX";

  private final X509ExtendedTrustManager checks;

  private PeerTrust(X509ExtendedTrustManager checks) {
    this.checks = checks;
  }

  static PeerTrust of(Path file) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : PemFiles.certificates("tls.trust", file)) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance(PLATFORM);
      factory.init(store);
      return around(factory.getTrustManagers());
    } catch (GeneralSecurityException | java.io.IOException unusable) {
      throw new IllegalArgumentException("tls.trust: " + file + " cannot be used", unusable);
    }
  }

  static PeerTrust around(TrustManager[] managers) {
    return new PeerTrust(extended(managers));
  }

  private static X509ExtendedTrustManager extended(TrustManager[] managers) {
    for (TrustManager manager : managers) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new IllegalStateException("the platform has no X.509 checks");
  }

  /** One of the platform's checks. */
  private interface Check {
    void run() throws CertificateException;
  }

  private static void checked(X509Certificate[] chain, String peer, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException refused) {
      log.atWarn()
          .addKeyValue("peer", peer)
          .addKeyValue("subject", chain[0].getSubjectX500Principal())
          .addKeyValue("issuer", chain[0].getIssuerX500Principal())
          .addKeyValue("error", refused.getMessage())
          .log("peer's certificate refused");
      throw refused;
    }
  }

  private static String peer(SSLEngine engine) {
    return engine == null || engine.getPeerHost() == null
        ? "a caller"
        : engine.getPeerHost() + ":" + engine.getPeerPort();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checked(chain, peer(engine), () -> checks.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checked(chain, peer(engine), () -> checks.checkServerTrusted(chain, type, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checked(chain, socket + "", () -> checks.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checked(chain, socket + "", () -> checks.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checked(chain, "a caller", () -> checks.checkClientTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    checked(chain, "a server", () -> checks.checkServerTrusted(chain, type));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return checks.getAcceptedIssuers();
  }
}
