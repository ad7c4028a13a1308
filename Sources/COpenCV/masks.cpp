#include "masks.hpp"
#include <algorithm>
#include <cstring>

namespace {
/// Pixels that are set side by side, the last one left out.
struct Run {
  int from, to;
  size_t piece;
};

/// Where in a row the next pixel is set, or is not.
int next(const uint8_t *row, int x, int columns, bool isSet) {
  // Most of a page is bare paper.
  for (uint64_t eight; isSet && x + 8 <= columns; x += 8) {
    std::memcpy(&eight, row + x, sizeof eight);
    if (eight != 0) break;
  }
  while (x < columns && (row[x] != 0) != isSet) x++;
  return x;
}
}  // namespace

std::vector<cv::Rect> components(const cv::Mat &mask, std::vector<int> *areas) {
  std::vector<Run> above, here;
  // Pieces that meet further down are one: each names an earlier one that it belongs to, or itself.
  std::vector<size_t> first;
  std::vector<cv::Rect> boxes;
  std::vector<int> counts;
  auto root = [&](size_t piece) {
    while (first[piece] != piece) piece = first[piece] = first[first[piece]];
    return piece;
  };
  for (int y = 0; y < mask.rows; y++, std::swap(above, here)) {
    const auto *row = mask.ptr<uint8_t>(y);
    here.clear();
    size_t over = 0;
    for (int x = next(row, 0, mask.cols, true); x < mask.cols; x = next(row, x, mask.cols, true)) {
      Run run{x, next(row, x, mask.cols, false), boxes.size()};
      x = run.to;
      while (over < above.size() && above[over].to < run.from) over++;
      for (size_t i = over; i < above.size() && above[i].from <= run.to; i++) {
        const size_t other = root(above[i].piece), own = run.piece < boxes.size() ? root(run.piece) : other;
        run.piece = std::min(own, other);
        first[own] = first[other] = run.piece;
      }
      const cv::Rect box(run.from, y, run.to - run.from, 1);
      if (run.piece == boxes.size()) {
        first.push_back(run.piece);
        boxes.push_back(box);
        counts.push_back(box.width);
      } else {
        boxes[run.piece] |= box;
        counts[run.piece] += box.width;
      }
      here.push_back(run);
    }
  }
  for (size_t piece = boxes.size(); piece-- > 0;)
    if (const size_t whole = root(piece); whole != piece) boxes[whole] |= boxes[piece], counts[whole] += counts[piece];
  std::vector<cv::Rect> found;
  for (size_t piece = 0; piece < boxes.size(); piece++) {
    if (first[piece] != piece) continue;
    found.push_back(boxes[piece]);
    if (areas) areas->push_back(counts[piece]);
  }
  return found;
}

cv::Mat runsAcross(const cv::Mat &mask, int least) {
  cv::Mat result = cv::Mat::zeros(mask.size(), CV_8U);
  for (int y = 0; y < mask.rows; y++) {
    const auto *row = mask.ptr<uint8_t>(y);
    for (int x = next(row, 0, mask.cols, true); x < mask.cols; x = next(row, x, mask.cols, true)) {
      const int from = x;
      x = next(row, x, mask.cols, false);
      if (x - from >= least) std::fill_n(result.ptr<uint8_t>(y) + from, x - from, uint8_t(255));
    }
  }
  return result;
}

cv::Mat runsDown(const cv::Mat &mask, int least) {
  CV_Assert(least < 255);
  cv::Mat result(mask.size(), CV_8U);
  std::vector<uint8_t> lengths(size_t(mask.cols), 0);
  // Down, from where on a run is long enough; then up again, what belongs to it.
  for (int y = 0; y < mask.rows; y++) {
    const auto *row = mask.ptr<uint8_t>(y);
    auto *to = result.ptr<uint8_t>(y);
    for (int x = 0; x < mask.cols; x++) {
      uint8_t &length = lengths[size_t(x)];
      length = row[x] ? uint8_t(length + (length < 255)) : uint8_t(0);
      to[x] = length >= least ? 255 : 0;
    }
  }
  for (int y = mask.rows - 2; y >= 0; y--) {
    const auto *row = mask.ptr<uint8_t>(y), *below = result.ptr<uint8_t>(y + 1);
    auto *to = result.ptr<uint8_t>(y);
    for (int x = 0; x < mask.cols; x++) to[x] |= row[x] ? below[x] : 0;
  }
  return result;
}
