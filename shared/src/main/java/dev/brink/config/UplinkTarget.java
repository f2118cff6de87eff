package dev.brink.config;

/**
 * A cloud node's gRPC port, written {@code host:port} or as a section.
 *
 * @param address {@code host:port}
 * @param priority targets of a lower number are preferred while one of them is healthy
 * @param weight share of the work among targets of one priority
 */
public record UplinkTarget(
    String address,
    @Default("0") @Range(min = 0, max = 100) int priority,
    @Default("1") @Range(min = 0.001, max = 1000) double weight) {

  public UplinkTarget {
    int colon = address.lastIndexOf(':');
    if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("address: " + address + " (expected: host:port)");
    }
  }

  public static UplinkTarget parse(String address) {
    return new UplinkTarget(address, 0, 1);
  }

  public String host() {
    return address.substring(0, address.lastIndexOf(':'));
  }

  public int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Override
  public String toString() {
    return address;
  }
}
