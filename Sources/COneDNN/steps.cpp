#include "steps.hpp"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

using std::size_t;

namespace {
void mean(const Shape &shape, const float *source, float *result) {
  std::vector<double> sums(shape.channels, 0);
  const size_t places = size_t(shape.height) * shape.width;
  for (size_t place = 0; place < places; place++)
    for (int c = 0; c < shape.channels; c++) sums[c] += source[place * shape.channels + c];
  for (int c = 0; c < shape.channels; c++) result[c] = float(sums[c] / double(places));
}

void scale(const Shape &shape, const float *source, const float *factors, float *result) {
  const size_t places = size_t(shape.height) * shape.width;
  for (size_t place = 0; place < places; place++, source += shape.channels, result += shape.channels)
    for (int c = 0; c < shape.channels; c++) result[c] = source[c] * factors[c];
}

/// What lies beyond the right and lower edge does not count.
void largest(const Step &step, const Shape &shape, const float *source, float *result) {
  const int channels = shape.channels;
  for (int y = 0; y < shape.height; y++)
    for (int x = 0; x < shape.width; x++, result += channels) {
      std::memcpy(result, source + (size_t(y) * shape.width + x) * channels, channels * sizeof(float));
      for (int j = y; j < std::min(y + step.height, shape.height); j++)
        for (int i = x; i < std::min(x + step.width, shape.width); i++) {
          const float *other = source + (size_t(j) * shape.width + i) * channels;
          for (int c = 0; c < channels; c++) result[c] = std::max(result[c], other[c]);
        }
    }
}

void average(const Step &step, const Shape &shape, const float *source, const Shape &to, float *result) {
  const float share = 1.0f / float(step.height * step.width);
  for (int y = 0; y < to.height; y++)
    for (int x = 0; x < to.width; x++, result += to.channels) {
      std::fill(result, result + to.channels, 0.0f);
      for (int j = 0; j < step.height; j++)
        for (int i = 0; i < step.width; i++) {
          const float *one =
              source + ((size_t(y) * step.height + j) * shape.width + size_t(x) * step.width + i) * shape.channels;
          for (int c = 0; c < to.channels; c++) result[c] += one[c] * share;
        }
    }
}

void join(const Shape &shape, const float *first, const Shape &other, const float *second, float *result) {
  const size_t places = size_t(shape.height) * shape.width;
  for (size_t place = 0; place < places; place++) {
    std::memcpy(result, first + place * shape.channels, shape.channels * sizeof(float));
    result += shape.channels;
    std::memcpy(result, second + place * other.channels, other.channels * sizeof(float));
    result += other.channels;
  }
}

/// Layer normalisation over the channels; the number behind the scales is the epsilon.
void normalise(const Shape &shape, const float *source, const float *scales, const float *shifts, float *result) {
  const int channels = shape.channels;
  const float epsilon = scales[channels];
  for (int place = 0; place < shape.height * shape.width; place++, source += channels, result += channels) {
    double sum = 0, squares = 0;
    for (int c = 0; c < channels; c++) sum += source[c];
    const float middle = float(sum / channels);
    for (int c = 0; c < channels; c++) squares += double(source[c] - middle) * (source[c] - middle);
    const float factor = 1.0f / std::sqrt(float(squares / channels) + epsilon);
    for (int c = 0; c < channels; c++) result[c] = (source[c] - middle) * factor * scales[c] + shifts[c];
  }
}

void softmax(float *values, int count) {
  const float top = *std::max_element(values, values + count);
  double sum = 0;
  for (int k = 0; k < count; k++) sum += values[k] = std::exp(values[k] - top);
  for (int k = 0; k < count; k++) values[k] = float(values[k] / sum);
}

/// Queries, keys and values lie one after the other in each place, head by head.
void attend(const Step &step, const Shape &shape, const float *source, float factor, float *result) {
  const int places = shape.height * shape.width, width = step.outputs / step.heads, stride = shape.channels;
  std::vector<float> shares(places);
  for (int head = 0; head < step.heads; head++) {
    const float *queries = source + head * width, *keys = queries + step.outputs, *values = keys + step.outputs;
    for (int place = 0; place < places; place++) {
      const float *query = queries + size_t(place) * stride;
      for (int other = 0; other < places; other++) {
        const float *key = keys + size_t(other) * stride;
        float sum = 0;
        for (int k = 0; k < width; k++) sum += query[k] * key[k];
        shares[other] = sum * factor;
      }
      softmax(shares.data(), places);
      float *answer = result + size_t(place) * step.outputs + head * width;
      std::fill(answer, answer + width, 0.0f);
      for (int other = 0; other < places; other++) {
        const float *value = values + size_t(other) * stride;
        for (int k = 0; k < width; k++) answer[k] += shares[other] * value[k];
      }
    }
  }
}

void require(bool fits, const char *what) {
  if (!fits) throw std::runtime_error(std::string("the model's file does not fit together: ") + what);
}
} // namespace

Shape resultOf(const Step &step, const Shape &first, const Shape *second) {
  const bool needsSecond = step.kind == Kind::add || step.kind == Kind::scale || step.kind == Kind::join;
  require(needsSecond == (second != nullptr), "operands");
  switch (step.kind) {
  case Kind::convolution:
    require(step.inputs == first.channels && step.outputs > 0 && step.height > 0 && step.width > 0 && step.stepX > 0 &&
                step.stepY > 0 && (step.groups == 1 || (step.groups == step.inputs && step.inputs == step.outputs)),
            "convolution");
    return {(first.height + step.top + step.bottom - step.height) / step.stepY + 1,
            (first.width + step.left + step.right - step.width) / step.stepX + 1, step.outputs};
  case Kind::add:
    require(first.count() == second->count() && first.channels == second->channels, "sum");
    return first;
  case Kind::scale:
    require(second->count() == size_t(first.channels), "scale");
    return first;
  case Kind::mean: return {1, 1, first.channels};
  case Kind::join:
    require(first.height == second->height && first.width == second->width, "join");
    return {first.height, first.width, first.channels + second->channels};
  case Kind::average:
    require(step.height > 0 && step.width > 0, "average");
    return {first.height / step.height, first.width / step.width, first.channels};
  case Kind::attend:
    require(step.heads > 0 && step.outputs % step.heads == 0 && first.channels == 3 * step.outputs, "attention");
    return {first.height, first.width, step.outputs};
  case Kind::normalise: require(first.channels == step.outputs, "normalisation"); return first;
  case Kind::largest: require(step.height > 0 && step.width > 0, "largest"); return first;
  case Kind::softmax: return first;
  }
  throw std::runtime_error("the model's file holds a step that is not known");
}

void perform(const Step &step, const float *weights, const Shape &shape, const float *first, const Shape *secondShape,
             const float *second, const Shape &resultShape, float *result) {
  switch (step.kind) {
  case Kind::convolution: break;
  case Kind::add:
    for (size_t k = 0; k < shape.count(); k++) result[k] = first[k] + second[k];
    break;
  case Kind::mean: mean(shape, first, result); break;
  case Kind::scale: scale(shape, first, second, result); break;
  case Kind::largest: largest(step, shape, first, result); break;
  case Kind::join: join(shape, first, *secondShape, second, result); break;
  case Kind::average: average(step, shape, first, resultShape, result); break;
  case Kind::normalise: normalise(shape, first, weights + step.weights, weights + step.bias, result); break;
  case Kind::attend: attend(step, shape, first, weights[step.weights], result); break;
  case Kind::softmax:
    std::memcpy(result, first, shape.count() * sizeof(float));
    for (int place = 0; place < shape.height * shape.width; place++)
      softmax(result + size_t(place) * shape.channels, shape.channels);
    break;
  }
}
