#pragma once
#include "look.hpp"

/// One printed word, cut out of the blank and of the scan at 150 dpi.
struct Word {
  /// On the blank.
  cv::Rect box;
  Look look;
};

constexpr int glyphReach = 3;

/// The printed letters and digits that have another one in their place, on the blank at 150 dpi; none where the page is too poor.
std::vector<cv::Rect> findReplacedGlyphs(const cv::Mat &blank, const std::vector<Word> &words);
