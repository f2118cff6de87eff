package dev.brink.node;

/** The version this node was built as. */
public final class Version {

  private Version() {}

  /** {@code development} where the classes come from no jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
