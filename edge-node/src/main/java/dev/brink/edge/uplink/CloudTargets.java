package dev.brink.edge.uplink;

import java.util.List;

/** The cloud nodes that can be asked now. */
@FunctionalInterface
interface CloudTargets {

  List<CloudTarget> available();
}
