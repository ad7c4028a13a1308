// Finds parts of one picture in another: fields of one edition of a form on the next.
#include "page.hpp"

int32_t copencv_find_part(const uint8_t *first, int32_t width, int32_t height, copencv_rect part, const uint8_t *second,
                          int32_t second_width, int32_t second_height, int32_t reach_x, int32_t reach_y, double penalty,
                          copencv_found *found) {
  return guarded([&] {
    *found = {0, 0, 0};
    cv::Mat one = view(first, width, height, 1), other = view(second, second_width, second_height, 1);
    cv::Rect wanted = cv::Rect(part.x, part.y, part.width, part.height) & cv::Rect(0, 0, width, height);
    if (wanted.width < 8 || wanted.height < 8) return 0;
    cv::Scalar mean, deviation;
    cv::meanStdDev(one(wanted), mean, deviation);
    if (deviation[0] < 4) return 0;
    // White around the other picture, so that a part at its edge can be found there too.
    cv::Mat around;
    cv::copyMakeBorder(other, around, reach_y, reach_y + height, reach_x, reach_x + width, cv::BORDER_CONSTANT, 255);
    cv::Rect place(wanted.x, wanted.y, wanted.width + 2 * reach_x, wanted.height + 2 * reach_y);
    place &= cv::Rect(0, 0, around.cols, around.rows);
    if (place.width < wanted.width || place.height < wanted.height) return 0;
    // A little soft, so that a stroke's breadth does not decide.
    cv::Mat soft_part, soft_place, likeness;
    cv::GaussianBlur(one(wanted), soft_part, {0, 0}, 0.8);
    cv::GaussianBlur(around(place), soft_place, {0, 0}, 0.8);
    cv::matchTemplate(soft_place, soft_part, likeness, cv::TM_CCOEFF_NORMED);
    double best = -10;
    for (int y = 0; y < likeness.rows; y++) {
      const float *row = likeness.ptr<float>(y);
      for (int x = 0; x < likeness.cols; x++) {
        double value = std::isfinite(row[x]) ? row[x] : -1;
        double weighed = value - penalty * std::hypot(x - reach_x, y - reach_y);
        if (weighed > best) {
          best = weighed;
          *found = {x - reach_x, y - reach_y, value};
        }
      }
    }
    return 1;
  });
}
