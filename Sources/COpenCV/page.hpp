#pragma once
#include "copencv.h"
#include "masks.hpp"
#include <opencv2/core.hpp>
#include <opencv2/features2d.hpp>
#include <opencv2/imgproc.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

int32_t fail(const char *text);

/// No exception may cross into Swift: every entry point runs its body in here.
template <class Body> int32_t guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::exception &error) {
    return fail(error.what());
  } catch (...) {
    return fail("unknown C++ exception");
  }
}

inline cv::Mat view(const uint8_t *pixels, int32_t width, int32_t height, int32_t channels = 1) {
  return cv::Mat(height, width, CV_8UC(channels), const_cast<uint8_t *>(pixels));
}

/// Where between two pixels the peak of three values lies, -0.5 to 0.5.
inline double peakBetween(float before, float at, float after) {
  float bend = before - 2 * at + after;
  return bend < -1e-6f ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0.0;
}

/// The value that so many are not above.
template <class Value> Value ranked(std::vector<Value> values, size_t place) {
  auto at = values.begin() + long(place);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// What lies so near to the edge of a blank, in pixels at 100 dpi, is often no print, but the shadow of the scanner that took it.
constexpr int blankEdge = 24;  // 6 mm

/// A blank without its very edge.
inline cv::Rect within(cv::Size size) {
  const cv::Rect inner(blankEdge, blankEdge, size.width - 2 * blankEdge, size.height - 2 * blankEdge);
  return inner & cv::Rect({0, 0}, size);
}

struct Anchor {
  cv::Point2d place;  // in the 150 dpi picture
  cv::Mat patch;
};

struct copencv_page {
  cv::Mat gray;
  /// Of `gray`, also where only features are known.
  cv::Size size;
  cv::Point2d pixelsPerMM;

  /// A copy at about so many dots per inch; made once.
  const cv::Mat &at(int dpi);
  cv::Size sizeAt(int dpi) const;
  /// From pixels of `gray` to pixels of `at(dpi)`.
  cv::Matx33d toLevel(int dpi) const;
  /// From millimetres to pixels of `gray`.
  cv::Matx33d fromMM() const;

  void findFeatures(int count);
  std::vector<cv::KeyPoint> points;
  cv::Mat descriptors;
  bool hasFeatures = false;
  std::vector<cv::Vec2s> printPoints;

  const std::vector<Anchor> &anchors();
  /// Print of a blank at 100 dpi.
  const cv::Mat &printed();
  /// Around printed words of a blank at 100 dpi, lines left out; the largest.
  const std::vector<cv::Rect> &words();
  /// Anything dark of a scan at 100 dpi, widened by a pixel.
  const cv::Mat &inked();
  /// The same, widened by a millimetre.
  const cv::Mat &inkedWidely();
  /// Pixels of a blank's print at 100 dpi, a few thousand spread over all of it; known also where only features are.
  const std::vector<cv::Vec2s> &somePrint();

  /// In millimetres.
  std::vector<cv::Rect2d> markBoxes;
  /// Where people make marks, at 100 dpi.
  const cv::Mat &marks();

  void trim();

private:
  cv::Mat level100, level150, printMask, inkMask, wideInkMask, markMask;
  std::vector<Anchor> anchorList;
  std::vector<cv::Rect> wordList;
  bool hasAnchors = false, hasWords = false;
};
