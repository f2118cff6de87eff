package dev.brink.oip.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.function.Consumer;

/**
 * Takes what comes of one request's body as it comes off the connection: Vert.x would copy it to
 * the heap piece by piece first, which costs more than receiving it.
 */
final class TakenBody extends ChannelInboundHandlerAdapter {

  private final HttpServerRequest request;
  private final Consumer<ByteBuf> taker;

  private TakenBody(HttpServerRequest request, Consumer<ByteBuf> taker) {
    this.request = request;
    this.taker = taker;
  }

  /** Lets go of the body, and has the request go on. */
  static void drop(HttpServerRequest request) {
    give(request, piece -> {});
    request.resume();
  }

  /**
   * Has {@code taker} given the body in pieces that it must not keep, before the request is resumed
   * for the first time; what cannot be had so comes to the request's own handler as usual. Of a
   * request that waited behind another on its connection that may be all of the body, and then what
   * comes off the connection next is another request's.
   */
  static void give(HttpServerRequest request, Consumer<ByteBuf> taker) {
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (alone && !request.isEnded() && request.connection() instanceof ConnectionBase connection) {
      Channel channel = connection.channel();
      if (channel.eventLoop().inEventLoop()) {
        String next = connection.channelHandlerContext().name();
        channel.pipeline().addBefore(next, null, new TakenBody(request, taker));
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HttpContent content)
        || content.decoderResult().isFailure()
        || request.isEnded()) {
      context.pipeline().remove(this);
      context.fireChannelRead(message);
      return;
    }
    try {
      taker.accept(content.content());
    } finally {
      ReferenceCountUtil.release(message);
    }
    if (message instanceof LastHttpContent) {
      context.pipeline().remove(this);
      context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }
}
