#include "page.hpp"
#include <climits>

namespace {
constexpr int columns = 62, rows = 88, channelCells = columns * rows;

cv::Mat turnedAbout(const cv::Mat &picture, double degrees) {
  cv::Mat result;
  cv::Point2f centre((picture.cols - 1) / 2.f, (picture.rows - 1) / 2.f);
  cv::warpAffine(picture, result, cv::getRotationMatrix2D(centre, degrees, 1), picture.size(), cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT, 235);
  return result;
}

/// How strongly the rows differ from one another with the page turned so: largest when lines of text lie level.
double rowContrast(const std::vector<cv::Point> &ink, cv::Size size, double degrees) {
  const double cosine = std::cos(degrees * CV_PI / 180), sine = std::sin(degrees * CV_PI / 180);
  const double cx = (size.width - 1) / 2.0, cy = (size.height - 1) / 2.0;
  const int left = size.width / 10, right = size.width * 9 / 10;
  std::vector<int32_t> sums(size_t(size.height), 0);
  for (const cv::Point &at : ink) {
    const double dx = at.x - cx, dy = at.y - cy;
    const int x = cvRound(cx + cosine * dx + sine * dy), y = cvRound(cy - sine * dx + cosine * dy);
    if (x >= left && x < right && y >= 0 && y < size.height) sums[size_t(y)]++;
  }
  double total = 0;
  for (size_t y = 1; y < sums.size(); y++) {
    double step = sums[y] - sums[y - 1];
    total += step * step;
  }
  return total;
}

cv::Mat channel(const cv::Mat &mask) {
  cv::Mat coarse, cells, blurred;
  cv::resize(mask, coarse, {columns * 3, rows * 3}, 0, 0, cv::INTER_AREA);
  coarse.convertTo(coarse, CV_32F, 1 / 255.0);
  cv::resize(coarse, cells, {columns, rows}, 0, 0, cv::INTER_AREA);
  cv::GaussianBlur(cells, cells, {}, 0.8);
  cv::GaussianBlur(cells, blurred, {}, 6);
  cells -= blurred;
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      float &value = cells.at<float>(y, x);
      value = value < 0 ? -std::sqrt(-value) : std::sqrt(value);
    }
  return cells;
}

void normalise(float *layout) {
  for (int c = 0; c < 3; c++) {
    cv::Mat cells(rows, columns, CV_32F, layout + c * channelCells);
    double norm = cv::norm(cells);
    if (norm > 1e-6) cells *= 1 / (norm * std::sqrt(3.0));
  }
}

// One linear scale for all; the largest component of a library was 0.103.
constexpr float packing = 127 / 0.12f;

__attribute__((target_clones("avx2", "default")))
int32_t dot(const int8_t *a, const int8_t *b, int count) {
  int32_t sum = 0;
  for (int i = 0; i < count; i++) sum += int16_t(a[i]) * int16_t(b[i]);
  return sum;
}

/// A layout scaled about its centre and turned upside down, ready to be moved by whole cells.
class Movable {
public:
  static constexpr int reach = 2;

  Movable(const float *layout, bool isTurned, double scale) {
    constexpr double cx = (columns - 1) / 2.0, cy = (rows - 1) / 2.0;
    const double k = isTurned ? -scale : scale;
    const cv::Matx23d map(k, 0, cx - k * cx + reach, 0, k, cy - k * cy + reach);
    for (int c = 0; c < 3; c++) {
      const cv::Mat source(rows, columns, CV_32F, const_cast<float *>(layout) + c * channelCells);
      cv::warpAffine(source, channels[c], map, {columns + 2 * reach, rows + 2 * reach}, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0);
    }
  }

  /// Moved by so many cells, `reach` at most, and packed.
  std::vector<int8_t> by(int dx, int dy) const {
    std::vector<int8_t> packed(copencv_layout_count);
    for (int c = 0; c < 3; c++) {
      const cv::Mat window = channels[c](cv::Rect(reach - dx, reach - dy, columns, rows));
      const double norm = cv::norm(window);
      cv::Mat to(rows, columns, CV_8S, packed.data() + c * channelCells);
      window.convertTo(to, CV_8S, norm > 1e-6 ? packing / (norm * std::sqrt(3.0)) : packing);
    }
    return packed;
  }

private:
  cv::Mat channels[3];
};

/// The layout upright and upside down, at full size and even shifts.
std::vector<std::vector<int8_t>> moves(const float *layout) {
  std::vector<std::vector<int8_t>> moved;
  for (bool isTurned : {false, true}) {
    const Movable whole(layout, isTurned, 1);
    for (int dy = -2; dy <= 2; dy += 2)
      for (int dx = -2; dx <= 2; dx += 2) moved.push_back(whole.by(dx, dy));
  }
  return moved;
}

/// Keeps the places with the most likeness; of those with the same, the first.
void keep(std::vector<int32_t> &which, size_t most, const std::vector<int32_t> &likeness) {
  if (which.size() <= most) return;
  std::partial_sort(which.begin(), which.begin() + ptrdiff_t(most), which.end(), [&](int32_t a, int32_t b) {
    return likeness[size_t(a)] != likeness[size_t(b)] ? likeness[size_t(a)] > likeness[size_t(b)] : a < b;
  });
  which.resize(most);
}
}  // namespace

extern "C" {
int32_t copencv_ink(copencv_page *page) {
  return guarded([&]() -> int32_t {
    const cv::Mat &picture = page->at(100);
    cv::Mat ink, labels, stats, centres;
    cv::adaptiveThreshold(picture, ink, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 31, 15);
    constexpr int edge = 16, holeEdge = 80;  // 4 mm, 20 mm
    int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8), total = 0;
    for (int i = 1; i < count; i++) {
      int x = stats.at<int>(i, cv::CC_STAT_LEFT), y = stats.at<int>(i, cv::CC_STAT_TOP);
      int w = stats.at<int>(i, cv::CC_STAT_WIDTH), h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
      int area = stats.at<int>(i, cv::CC_STAT_AREA);
      double cx = centres.at<double>(i, 0), cy = centres.at<double>(i, 1);
      double border = std::min(std::min(cx, cy), std::min(picture.cols - cx, picture.rows - cy));
      bool speck = area < 6;
      bool shadow = border < edge || x < 2 || y < 2 || x + w > picture.cols - 2 || y + h > picture.rows - 2;
      bool hole = border < holeEdge && std::abs(w - h) <= 6 && w >= 14 && w <= 40;
      if (!speck && !shadow && !hole) total += area;
    }
    return total;
  });
}

int32_t copencv_skew(copencv_page *page, double *degrees) {
  return guarded([&] {
    cv::Mat half, ink;
    cv::resize(page->at(100), half, {}, 0.5, 0.5, cv::INTER_AREA);
    cv::adaptiveThreshold(half, ink, 1, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 21, 12);
    std::vector<cv::Point> places;
    cv::findNonZero(ink, places);
    double best = 0, bestScore = rowContrast(places, ink.size(), 0);
    auto look = [&](double angle) {
      double score = rowContrast(places, ink.size(), angle);
      if (score > bestScore) best = angle, bestScore = score;
    };
    for (int step = -12; step <= 12; step++) look(step * 0.5);
    double coarse = best;
    for (int step = -4; step <= 4; step++) look(coarse + step * 0.1);
    *degrees = best;
    return 0;
  });
}

int32_t copencv_layout(copencv_page *page, double degrees, double width, double height, float *out) {
  return guarded([&] {
    cv::Mat level = turnedAbout(page->at(100), degrees);
    cv::Size size(std::max(columns * 3, cvRound(width * 100 / 25.4)), std::max(rows * 3, cvRound(height * 100 / 25.4)));
    cv::Mat canvas;
    cv::Point2f shift((size.width - level.cols) / 2.f, (size.height - level.rows) / 2.f);
    cv::warpAffine(level, canvas, cv::Matx23f(1, 0, shift.x, 0, 1, shift.y), size, cv::INTER_NEAREST,
                   cv::BORDER_CONSTANT, 235);
    cv::Mat ink;
    cv::adaptiveThreshold(canvas, ink, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 31, 15);
    const cv::Mat across = runsAcross(ink, 35), down = runsDown(ink, 22);
    const cv::Mat masks[3] = {across, down, ink & ~across & ~down};
    for (int c = 0; c < 3; c++) channel(masks[c]).copyTo(cv::Mat(rows, columns, CV_32F, out + c * channelCells));
    normalise(out);
    return 0;
  });
}

void copencv_layout_pack(const float *layout, int8_t *out) {
  for (int i = 0; i < copencv_layout_count; i++) out[i] = cv::saturate_cast<int8_t>(layout[i] * packing);
}

float copencv_layout_likeness(const int8_t *a, const int8_t *b) { return float(dot(a, b, copencv_layout_count)) / (packing * packing); }

float copencv_layout_likeness_near(const int8_t *a, const int8_t *b) {
  int32_t best = INT32_MIN;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      int32_t sum = 0;
      for (int c = 0; c < 3; c++)
        for (int y = std::max(0, -dy); y < rows + std::min(0, -dy); y++) {
          const int8_t *one = a + c * channelCells + y * columns, *other = b + c * channelCells + (y + dy) * columns;
          sum += dot(one + std::max(0, -dx), other + std::max(0, dx), columns - std::abs(dx));
        }
      best = std::max(best, sum);
    }
  return float(best) / (packing * packing);
}

void copencv_layout_coarse(const int8_t *layout, int8_t *out) {
  constexpr int side = 4, across = 16, down = 22;
  static_assert(across * down * 3 == copencv_coarse_count && across * side >= columns && down * side == rows);
  for (int c = 0; c < 3; c++, layout += channelCells, out += across * down) {
    float cells[across * down] = {}, squares = 0;
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++) cells[y / side * across + x / side] += layout[y * columns + x];
    for (float cell : cells) squares += cell * cell;
    float scale = squares > 0 ? 127 / (4.5f * std::sqrt(squares / (across * down))) : 0;
    for (int i = 0; i < across * down; i++) out[i] = cv::saturate_cast<int8_t>(cells[i] * scale);
  }
}

float copencv_coarse_likeness(const int8_t *a, const int8_t *b) {
  double own = double(dot(a, a, copencv_coarse_count)) * dot(b, b, copencv_coarse_count);
  return own > 0 ? float(dot(a, b, copencv_coarse_count) / std::sqrt(own)) : 0;
}

int32_t copencv_layout_nearest(const float *scan, const int8_t *coarse, int32_t count, int32_t *places) {
  return guarded([&]() -> int32_t {
    std::vector<int32_t> which(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) which[size_t(i)] = i;
    if (count > copencv_closely_count) {
      std::vector<int32_t> likeness(which.size(), INT32_MIN);
      for (const auto &one : moves(scan)) {
        int8_t small[copencv_coarse_count];
        copencv_layout_coarse(one.data(), small);
        for (size_t i = 0; i < which.size(); i++)
          likeness[i] = std::max(likeness[i], dot(small, coarse + i * copencv_coarse_count, copencv_coarse_count));
      }
      keep(which, copencv_closely_count, likeness);
    }
    std::copy(which.begin(), which.end(), places);
    return int32_t(which.size());
  });
}

int32_t copencv_layout_match(const float *scan, const int8_t *layouts, int32_t count, float *scores) {
  return guarded([&] {
    constexpr size_t most_closely = 40;
    std::vector<int32_t> which(static_cast<size_t>(count)), likeness(which.size(), INT32_MIN);
    for (int32_t i = 0; i < count; i++) which[size_t(i)] = i;
    // Closely for all, and with every shift and scale for the best.
    auto look = [&](const std::vector<int8_t> &one) {
      for (int32_t i : which)
        likeness[size_t(i)] = std::max(
            likeness[size_t(i)], dot(one.data(), layouts + size_t(i) * copencv_layout_count, copencv_layout_count));
    };
    for (const auto &one : moves(scan)) look(one);
    keep(which, most_closely, likeness);
    for (bool isTurned : {false, true})
      for (double scale : {0.97, 1.0, 1.03}) {
        const Movable scaled(scan, isTurned, scale);
        for (int dy = -2; dy <= 2; dy++)
          for (int dx = -2; dx <= 2; dx++)
            // Those at full size and even shifts were looked at.
            if (scale != 1 || dx % 2 || dy % 2) look(scaled.by(dx, dy));
      }
    for (int32_t i = 0; i < count; i++) scores[i] = float(likeness[size_t(i)]) / (packing * packing);
    return 0;
  });
}
}
