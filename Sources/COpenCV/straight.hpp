#pragma once
#include "look.hpp"

/// What a homography misses, in millimetres: known at the points of a grid over the blank.
struct Shifts {
  cv::Mat grid;
  /// Of the blank in pixels.
  cv::Size size;

  Shifts(const float *shifts, int32_t columns, int32_t rows, cv::Size size)
      : grid(rows, columns, CV_32FC2, const_cast<float *>(shifts)), size(size) {}

  /// At a pixel of the blank.
  cv::Vec2f at(cv::Point place) const {
    auto part = [](double at, int count) { return std::clamp(at, 0.0, double(count - 1)); };
    const double x = part((place.x + 0.5) * grid.cols / size.width - 0.5, grid.cols);
    const double y = part((place.y + 0.5) * grid.rows / size.height - 0.5, grid.rows);
    const int left = int(x), top = int(y), right = std::min(left + 1, grid.cols - 1), bottom = std::min(top + 1, grid.rows - 1);
    const auto across = float(x - left), down = float(y - top);
    auto between = [&](int row) {
      return grid.at<cv::Vec2f>(row, left) * (1 - across) + grid.at<cv::Vec2f>(row, right) * across;
    };
    return between(top) * (1 - down) + between(bottom) * down;
  }
};

/// How a scan lies on a blank, with what the homography misses put right.
struct Straight {
  /// What the homography misses, in millimetres, and where each pixel of the blank is on the scan at 100 dpi.
  cv::Mat shift, map;
  /// Which pixels of the blank are on the scan.
  cv::Mat inside;

  /// Of the blank each pixel at 100 dpi, or only each `step`-th across and down; `shifts` are of a grid of `columns` x `rows` over
  /// the blank, x and y in turn.
  Straight(copencv_page &blank, copencv_page &scan, const double *h, const float *shifts, int32_t columns, int32_t rows,
           int step = 1) {
    const cv::Size whole = blank.at(100).size(), size((whole.width + step - 1) / step, (whole.height + step - 1) / step);
    cv::resize(cv::Mat(rows, columns, CV_32FC2, const_cast<float *>(shifts)), shift, size, 0, 0, cv::INTER_LINEAR);
    map.create(size, CV_32FC2);
    inside.create(size, CV_8U);
    const cv::Matx33d pixels = blank.toLevel(100) * blank.fromMM();
    const auto across = float(pixels(0, 0)), down = float(pixels(1, 1));
    const cv::Matx33f m(toLevel(blank, scan, h, 100));
    const auto right = float(scan.at(100).cols - 3), bottom = float(scan.at(100).rows - 3);
    for (int y = 0; y < map.rows; y++) {
      const auto *off = shift.ptr<float>(y);
      auto *to = map.ptr<float>(y);
      auto *in = inside.ptr<uint8_t>(y);
      for (int x = 0; x < map.cols; x++) {
        float px = float(step * x) + off[2 * x] * across, py = float(step * y) + off[2 * x + 1] * down;
        float w = 1 / (m(2, 0) * px + m(2, 1) * py + m(2, 2));
        to[2 * x] = (m(0, 0) * px + m(0, 1) * py + m(0, 2)) * w;
        to[2 * x + 1] = (m(1, 0) * px + m(1, 1) * py + m(1, 2)) * w;
        in[x] = to[2 * x] >= 2 && to[2 * x] <= right && to[2 * x + 1] >= 2 && to[2 * x + 1] <= bottom ? 255 : 0;
      }
    }
  }
};
