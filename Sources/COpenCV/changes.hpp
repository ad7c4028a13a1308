#pragma once
#include "copencv.h"
#include <opencv2/core.hpp>

/// Writes places on the blank for the caller, as many as there is room for.
struct Changes {
  copencv_change *places;
  int32_t capacity, written = 0;

  /// `map` is from millimetres to the box's pixels.
  void add(const cv::Rect &box, const cv::Matx33d &map) {
    if (written == capacity) return;
    double x = (box.x - map(0, 2)) / map(0, 0), y = (box.y - map(1, 2)) / map(1, 1);
    places[written++] = {x, y, box.width / map(0, 0), box.height / map(1, 1)};
  }
};
