package dev.brink.cluster;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A protobuf message as the body of a bus message: written once, and read without copying. */
final class ProtobufCodec<T extends Message> implements MessageCodec<T, T> {

  private final String name;
  private final Parser<T> parser;

  ProtobufCodec(String name, Parser<T> parser) {
    this.name = name;
    this.parser = parser;
  }

  /** Makes room by setting the last byte, then writes the message into that room. */
  @Override
  public void encodeToWire(Buffer buffer, T message) {
    int size = message.getSerializedSize();
    if (size == 0) {
      return;
    }
    int start = buffer.length();
    buffer.setByte(start + size - 1, (byte) 0);
    ByteBuffer room = ((BufferInternal) buffer).getByteBuf().nioBuffer(start, size);
    try {
      CodedOutputStream output = CodedOutputStream.newInstance(room);
      message.writeTo(output);
      output.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The tensors of the result are views of {@code buffer}, which nobody writes to again. */
  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    ByteBuf source = ((BufferInternal) buffer).getByteBuf();
    ByteBuffer body = source.nioBuffer(position, source.readableBytes() - position);
    try {
      return parser.parseFrom(UnsafeByteOperations.unsafeWrap(body));
    } catch (InvalidProtocolBufferException malformed) {
      throw new IllegalArgumentException("malformed " + name + " message", malformed);
    }
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
