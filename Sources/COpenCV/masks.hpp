#pragma once
#include <opencv2/core.hpp>
#include <vector>

/// The boxes of what hangs together, corners too, and of how many pixels each is; by their first pixels from the top.
///
/// Three times as fast as OpenCV's on a page, which is mostly bare.
std::vector<cv::Rect> components(const cv::Mat &mask, std::vector<int> *areas = nullptr);

/// The parts of rows in which so many pixels or more are set side by side, or of columns.
cv::Mat runsAcross(const cv::Mat &mask, int least);
cv::Mat runsDown(const cv::Mat &mask, int least);
