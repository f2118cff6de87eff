package dev.brink.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Keeps what anybody could join from being opened to the world by mistake. */
public final class Exposure {

  private Exposure() {}

  /**
   * @throws IllegalArgumentException where {@code host} is an address of the open internet, or
   *     stands for all of this machine's addresses, and {@code allowed} is false
   */
  public static void requirePrivate(String key, String host, boolean allowed) {
    if (!allowed && !isPrivate(host)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a loopback or private address; the cluster port authenticates nobody"
                  .formatted(key, host)
              + " and encrypts nothing; cluster.allow-public: true overrides)");
    }
  }

  private static boolean isPrivate(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!isPrivate(address)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException unknown) {
      throw new IllegalArgumentException("unknown host " + host, unknown);
    }
  }

  private static boolean isPrivate(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || isSharedOrUniqueLocal(address.getAddress());
  }

  /** 100.64.0.0/10, which overlay networks use, and fc00::/7. */
  private static boolean isSharedOrUniqueLocal(byte[] address) {
    return address.length == 4
        ? address[0] == 100 && (address[1] & 0xc0) == 64
        : (address[0] & 0xfe) == 0xfc;
  }
}
