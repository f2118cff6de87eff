package dev.brink.inference;

/**
 * What a model declares of one input or output, as read from its file.
 *
 * @param shape with {@link Shape#ANY} for dimensions of any size
 */
public record TensorSpec(String name, DataType dataType, Shape shape) {}
