package dev.brink.oip.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets go of what comes of one request's body as it comes off the connection: Vert.x would copy it
 * to the heap first, which costs more than receiving it.
 */
final class DroppedBody extends ChannelInboundHandlerAdapter {

  private DroppedBody() {}

  static void of(HttpServerRequest request) {
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (alone && !request.isEnded() && request.connection() instanceof ConnectionBase connection) {
      Channel channel = connection.channel();
      if (channel.eventLoop().inEventLoop()) {
        String next = connection.channelHandlerContext().name();
        channel.pipeline().addBefore(next, null, new DroppedBody());
      }
    }
    request.resume();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof LastHttpContent) {
      ReferenceCountUtil.release(message);
      context.pipeline().remove(this);
      context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    } else if (message instanceof HttpContent) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }
}
