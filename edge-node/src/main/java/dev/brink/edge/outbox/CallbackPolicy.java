package dev.brink.edge.outbox;

import dev.brink.inference.InferenceError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** Which addresses an outcome may be sent to: only hosts that the operator has named. */
final class CallbackPolicy {

  private static final int MAX_LENGTH = 2048;

  private final List<String> allowed;

  CallbackPolicy(List<String> allowed) {
    this.allowed = allowed.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * @throws dev.brink.inference.InferenceException (invalid request) where nothing is sent to
   *     {@code address}
   */
  void require(String address) {
    URI uri = parse(address);
    boolean secure = "https".equals(uri.getScheme());
    if (!secure && !"http".equals(uri.getScheme())) {
      throw refused(address, "a URL that starts with http:// or https://");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw refused(address, "a URL with a host, without user and fragment");
    }
    if (!isAllowed(uri.getHost().toLowerCase(Locale.ROOT), port(uri, secure))) {
      throw refused(
          address,
          "a host in outbox.callback.allow, named with its port where that is not 80 or 443");
    }
  }

  private boolean isAllowed(String host, int port) {
    boolean usual = port == 80 || port == 443;
    return allowed.contains(host + ":" + port) || usual && allowed.contains(host);
  }

  private static int port(URI uri, boolean secure) {
    int usual = secure ? 443 : 80;
    return uri.getPort() < 0 ? usual : uri.getPort();
  }

  private static URI parse(String address) {
    try {
      if (address.length() <= MAX_LENGTH) {
        return new URI(address);
      }
    } catch (URISyntaxException malformed) {
      throw refused(address, "a URL");
    }
    throw refused(address.substring(0, 64) + "…", "at most " + MAX_LENGTH + " characters");
  }

  private static RuntimeException refused(String address, String expected) {
    return InferenceError.invalid(
        "parameter 'brink_callback': %s (expected: %s)".formatted(address, expected));
  }
}
