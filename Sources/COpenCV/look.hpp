#pragma once
#include "page.hpp"

/// From pixels of the blank at some resolution to pixels of the scan at the same; `h` is from millimetres to its own pixels.
inline cv::Matx33d toLevel(copencv_page &blank, copencv_page &scan, const double *h, int dpi) {
  return scan.toLevel(dpi) * cv::Matx33d(h) * blank.fromMM().inv() * blank.toLevel(dpi).inv();
}

/// A part of the scan in which a picture was looked for: as it was cut out, and how like it is at each shift.
struct Look {
  cv::Mat area, scores;
  cv::Point peak;
  double best = -1;

  Look() = default;

  /// `corner` is where the picture's first pixel should be, and `reach` how far off it may be.
  Look(const cv::Mat &picture, const cv::Mat &scan, const cv::Matx33d &h, cv::Point2d corner, int reach) {
    cv::Matx33d there = h * cv::Matx33d(1, 0, corner.x - reach, 0, 1, corner.y - reach, 0, 0, 1);
    cv::warpPerspective(scan, area, there, picture.size() + cv::Size(2 * reach, 2 * reach),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 235);
    cv::matchTemplate(area, picture, scores, cv::TM_CCOEFF_NORMED);
    cv::minMaxLoc(scores, nullptr, &best, nullptr, &peak);
  }

  /// Where in `area` the picture's first pixel lies, to a part of a pixel.
  cv::Point2d place() const {
    auto score = [&](int x, int y) { return scores.at<float>(y, x); };
    const int x = peak.x, y = peak.y;
    double dx = 0, dy = 0;
    if (x > 0 && x < scores.cols - 1) dx = peakBetween(score(x - 1, y), score(x, y), score(x + 1, y));
    if (y > 0 && y < scores.rows - 1) dy = peakBetween(score(x, y - 1), score(x, y), score(x, y + 1));
    return {x + dx, y + dy};
  }
};

/// How like a picture the likeliest part of an area is.
inline double likeness(const cv::Mat &area, const cv::Mat &picture) {
  cv::Mat score;
  cv::matchTemplate(area, picture, score, cv::TM_CCOEFF_NORMED);
  double best;
  cv::minMaxLoc(score, nullptr, &best);
  return best;
}
