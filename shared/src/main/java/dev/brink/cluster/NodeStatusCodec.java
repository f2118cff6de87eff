package dev.brink.cluster;

import dev.brink.inference.LoadReport;
import dev.brink.oip.wire.WireLoad;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.LinkedHashSet;
import java.util.Set;

/** A node's status as lines of text: whether it accepts, its load, one model a line. */
final class NodeStatusCodec implements MessageCodec<NodeStatus, NodeStatus> {

  @Override
  public void encodeToWire(Buffer buffer, NodeStatus status) {
    StringBuilder text = new StringBuilder();
    text.append(status.accepting()).append('\n').append(WireLoad.format(status.load()));
    for (HeldModel model : status.models()) {
      text.append('\n').append(model.version()).append(' ').append(model.name());
    }
    buffer.appendString(text.toString());
  }

  @Override
  public NodeStatus decodeFromWire(int position, Buffer buffer) {
    String[] lines = buffer.getString(position, buffer.length()).split("\n");
    if (lines.length < 2) {
      throw new IllegalArgumentException("node status has %d lines".formatted(lines.length));
    }
    LoadReport load =
        WireLoad.parse(lines[1])
            .orElseThrow(() -> new IllegalArgumentException("malformed load: " + lines[1]));
    Set<HeldModel> models = new LinkedHashSet<>();
    for (int i = 2; i < lines.length; i++) {
      int space = lines[i].indexOf(' ');
      models.add(new HeldModel(lines[i].substring(space + 1), lines[i].substring(0, space)));
    }
    return new NodeStatus(Boolean.parseBoolean(lines[0]), models, load);
  }

  @Override
  public NodeStatus transform(NodeStatus status) {
    return status;
  }

  @Override
  public String name() {
    return "brink-node-status";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
