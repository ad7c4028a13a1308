#include "averaged.hpp"
#include <algorithm>
#include <vector>

namespace {
/// How much of which pixels makes one pixel of a smaller picture, along one axis: all of them count alike but the first and the last.
struct Shares {
  int from, count;
  float first, last;

  static std::vector<Shares> of(int size, int smaller) {
    std::vector<Shares> all;
    const double each = double(size) / smaller;
    for (int i = 0; i < smaller; i++) {
      const double begin = i * each, end = std::min(double(size), begin + each);
      const int from = int(begin), last = std::min(size, cvCeil(end)) - 1;
      all.push_back({from, last - from + 1, float((std::min(end, from + 1.0) - begin) / each),
                     float((end - std::max(begin, double(last))) / each)});
    }
    return all;
  }
};

__attribute__((target_clones("avx2", "default")))
void add(const uint8_t *row, float share, float *sums, int count) {
  for (int x = 0; x < count; x++) sums[x] += share * float(row[x]);
}
}  // namespace

cv::Mat averaged(const cv::Mat &picture, cv::Size size) {
  cv::Mat result(size, CV_8U);
  const std::vector<Shares> across = Shares::of(picture.cols, size.width), down = Shares::of(picture.rows, size.height);
  const float wholeAcross = float(size.width) / float(picture.cols), wholeDown = float(size.height) / float(picture.rows);
  std::vector<float> sums(size_t(picture.cols));
  for (int y = 0; y < size.height; y++) {
    const Shares &rows = down[size_t(y)];
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int i = 0; i < rows.count; i++) {
      const float share = i == 0 ? rows.first : i == rows.count - 1 ? rows.last : wholeDown;
      add(picture.ptr<uint8_t>(rows.from + i), share, sums.data(), picture.cols);
    }
    auto *to = result.ptr<uint8_t>(y);
    for (int x = 0; x < size.width; x++) {
      const Shares &part = across[size_t(x)];
      const float *from = sums.data() + part.from;
      float value = from[0] * part.first;
      for (int i = 1; i < part.count - 1; i++) value += from[i] * wholeAcross;
      if (part.count > 1) value += from[part.count - 1] * part.last;
      to[x] = cv::saturate_cast<uint8_t>(value);
    }
  }
  return result;
}
