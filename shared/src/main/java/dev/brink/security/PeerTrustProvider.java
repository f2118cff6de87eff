package dev.brink.security;

import java.security.InvalidAlgorithmParameterException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

/**
 * Makes {@link PeerTrust} what the whole process checks certificates with by default. The event bus
 * needs it: Vert.x passes its options on as JSON, in which a trust manager of one's own is lost,
 * and makes its own by the platform's default algorithm. Nothing is trusted more or less than
 * before.
 */
final class PeerTrustProvider extends Provider {

  static final String ALGORITHM = "BrinkPeerTrust";

  private static final long serialVersionUID = 1;
  private static final String DEFAULT_ALGORITHM = "ssl.TrustManagerFactory.algorithm";

  private PeerTrustProvider() {
    super("Brink", "1", "PKIX checks that tell whom they refuse");
    put("TrustManagerFactory." + ALGORITHM, Factory.class.getName());
  }

  /** From now on; again without effect. */
  static synchronized void install() {
    if (Security.addProvider(new PeerTrustProvider()) >= 0) {
      Security.setProperty(DEFAULT_ALGORITHM, ALGORITHM);
    }
  }

  /** What the platform makes, and around it what tells of refusals. */
  public static final class Factory extends TrustManagerFactorySpi {

    private final TrustManagerFactory platform;

    public Factory() throws NoSuchAlgorithmException {
      this.platform = TrustManagerFactory.getInstance(PeerTrust.PLATFORM);
    }

    @Override
    protected void engineInit(KeyStore store) throws KeyStoreException {
      platform.init(store);
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters)
        throws InvalidAlgorithmParameterException {
      platform.init(parameters);
    }

    @Override
    protected TrustManager[] engineGetTrustManagers() {
      return new TrustManager[] {PeerTrust.around(platform.getTrustManagers())};
    }
  }
}
