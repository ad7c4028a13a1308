#pragma once
#include <cstddef>
#include <cstdint>

/// Numbers of one value: rows, columns and channels, the channels innermost.
struct Shape {
  int height, width, channels;
  std::size_t count() const { return std::size_t(height) * width * channels; }
};

enum class Kind : int32_t {
  convolution = 1, add, mean, scale, largest, join, average, normalise, attend, softmax,
};

enum class Activation : int32_t { none, relu, gelu, hardSigmoid, swish };

/// As flatten_rec_model.py writes them (FIELDS there).
struct Step {
  Kind kind;
  int32_t first, second, result, inputs, outputs, height, width, stepY, stepX, top, left, bottom, right, groups;
  Activation activation;
  int32_t weights, bias, heads, spare;
};
static_assert(sizeof(Step) == 20 * sizeof(int32_t));

/// The shape of a step's result; throws where the step does not fit its operands.
Shape resultOf(const Step &step, const Shape &first, const Shape *second);

/// All kinds but convolutions, which oneDNN does.
void perform(const Step &step, const float *weights, const Shape &shape, const float *first, const Shape *secondShape,
             const float *second, const Shape &resultShape, float *result);
