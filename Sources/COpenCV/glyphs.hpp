#pragma once
#include "look.hpp"

/// One printed word, cut out of the blank and of the scan at 150 dpi.
struct Word {
  /// On the blank.
  cv::Rect box;
  Look look;
};

struct GlyphFindings {
  /// How many were looked at.
  int32_t looked = 0;
  /// Those that have another in their place, on the blank at 150 dpi.
  std::vector<cv::Rect> replaced;
};

constexpr int glyphReach = 3;

/// Finds printed letters and digits that have another one in their place.
GlyphFindings findReplacedGlyphs(const cv::Mat &blank, const std::vector<Word> &words);
