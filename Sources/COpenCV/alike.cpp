// Finds what is printed like a given place: "one like this" on the blank that a form is taught from.
#include "page.hpp"

namespace {
/// How dark the edges of a field are printed, and what goes on beyond its corners.
///
/// A wider frame shares three of four edges with a narrow one, and a longer rule all of a shorter one: a likeness of the whole
/// does not tell them apart.
struct Edges {
  // Top, bottom, left, right: the share of its length that is printed.
  std::array<double, 4> printed{};
  // Left and right of the upper edge, then of the lower one: how much of the rule goes on there.
  std::array<double, 4> beyond{};

  Edges(const cv::Mat &ink, const cv::Rect &box, int band) {
    const cv::Rect whole({0, 0}, ink.size());
    auto share = [&](const cv::Rect &strip, bool isLevel) {
      cv::Rect inside = strip & whole;
      if (inside.area() == 0) return 0.0;
      cv::Mat most;
      cv::reduce(ink(inside), most, isLevel ? 0 : 1, cv::REDUCE_MAX);
      return double(cv::countNonZero(most)) / double(isLevel ? inside.width : inside.height);
    };
    int right = box.x + box.width, bottom = box.y + box.height, wide = 2 * band + 1;
    printed = {share({box.x, box.y - band, box.width, wide}, true), share({box.x, bottom - band, box.width, wide}, true),
               share({box.x - band, box.y, wide, box.height}, false), share({right - band, box.y, wide, box.height}, false)};
    for (int side = 0; side < 2; side++) {
      int y = (side == 0 ? box.y : bottom) - band;
      beyond[size_t(2 * side)] = share({box.x - 3 * band, y, 2 * band, wide}, true);
      beyond[size_t(2 * side + 1)] = share({right + band, y, 2 * band, wide}, true);
    }
  }

  bool hasRule(int edge) const { return printed[size_t(edge)] > 0.5; }

  /// Whether print tells where the place begins (0) or ends (1) from left to right: a wall, or the end of a rule.
  bool isBound(int side) const {
    return hasRule(2 + side) || (hasRule(0) && beyond[size_t(side)] < 0.5) || (hasRule(1) && beyond[size_t(2 + side)] < 0.5);
  }

  bool isLike(const Edges &other) const {
    for (size_t i = 0; i < 4; i++) {
      if (std::abs(printed[i] - other.printed[i]) > 0.35) return false;
    }
    // Where a wall ends the rule, what lies beyond it is another field.
    for (size_t i = 0; i < 4; i++) {
      if (hasRule(int(i / 2)) && !hasRule(int(2 + i % 2)) && std::abs(beyond[i] - other.beyond[i]) > 0.5) return false;
    }
    return true;
  }
};

/// Print, also where it is thin and pale: what is darker than the paper around it.
cv::Mat printOn(const cv::Mat &page) {
  constexpr int broadest = 15;
  constexpr int contrast = 24;
  cv::Mat paper;
  cv::morphologyEx(page, paper, cv::MORPH_CLOSE, cv::Mat::ones(broadest, broadest, CV_8U));
  return paper - page > contrast;
}
}  // namespace

int32_t copencv_find_alike(const uint8_t *first, int32_t width, int32_t height, const copencv_rect *boxes, int32_t count,
                           const uint8_t *second, int32_t second_width, int32_t second_height, int32_t band,
                           copencv_alike *found, int32_t capacity) {
  return guarded([&] {
    const cv::Mat one = view(first, width, height, 1), other = view(second, second_width, second_height, 1);
    const cv::Rect page(0, 0, width, height);
    std::vector<cv::Rect> outline;
    cv::Rect around;
    for (int32_t i = 0; i < count; i++) {
      cv::Rect box = cv::Rect(boxes[i].x, boxes[i].y, boxes[i].width, boxes[i].height) & page;
      if (box.width < 4 || box.height < 4) return 0;
      outline.push_back(box);
      around = i == 0 ? box : around | box;
    }
    // White around both, so that what lies at an edge has its band, too.
    const int margin = band + 2;
    cv::Mat wide, there;
    cv::copyMakeBorder(one, wide, margin, margin, margin, margin, cv::BORDER_CONSTANT, 255);
    cv::copyMakeBorder(other, there, margin, margin, margin, margin, cv::BORDER_CONSTANT, 255);
    around = {around.x + margin - band, around.y + margin - band, around.width + 2 * band, around.height + 2 * band};
    if (around.width >= there.cols || around.height >= there.rows) return 0;
    // Only the outlines count: what is printed inside, such as a label, is each field's own.
    cv::Mat mask = cv::Mat::zeros(around.size(), CV_8U);
    for (cv::Rect &box : outline) {
      box += cv::Point(margin, margin);
      cv::Rect inside = box - around.tl();
      cv::rectangle(mask, inside, 255, 2 * band + 1);
    }
    const cv::Mat ink = printOn(wide), inkThere = printOn(there);
    int printed = cv::countNonZero(ink(around) & mask);
    if (printed < 0.1 * cv::countNonZero(mask) / (2 * band + 1)) return 0;

    std::vector<Edges> wanted;
    for (const cv::Rect &box : outline) wanted.emplace_back(ink, box, band);
    // A piece of a longer rule is like every other piece of it.
    for (int side = 0; side < 2; side++) {
      if (std::none_of(wanted.begin(), wanted.end(), [&](const Edges &one) { return one.isBound(side); })) return 0;
    }

    cv::Mat part, place, likeness, weight;
    // A little soft, so that neither a stroke's breadth nor half a pixel decides.
    cv::GaussianBlur(wide(around), part, {0, 0}, 1.2);
    cv::GaussianBlur(there, place, {0, 0}, 1.2);
    part.convertTo(part, CV_32F);
    place.convertTo(place, CV_32F);
    mask.convertTo(weight, CV_32F, 1.0 / 255);
    cv::matchTemplate(place, part, likeness, cv::TM_CCOEFF_NORMED, weight);
    // Where the paper is bare, a likeness is noise divided by nothing.
    cv::Mat inked, share;
    inkThere.convertTo(inked, CV_32F, 1.0 / 255);
    cv::matchTemplate(inked, weight, share, cv::TM_CCORR);
    likeness.setTo(-1, share < 0.5 * printed);
    cv::patchNaNs(likeness, -1);
    constexpr float least = 0.8F;
    int32_t written = 0;
    const int apartX = std::max(4, around.width * 7 / 10), apartY = std::max(4, around.height * 7 / 10);
    for (int32_t looked = 0; written < capacity && looked < 4 * capacity; looked++) {
      double best;
      cv::Point at;
      cv::minMaxLoc(likeness, nullptr, &best, nullptr, &at);
      if (!(best >= least)) break;
      auto value = [&](int x, int y) {
        bool isInside = x >= 0 && y >= 0 && x < likeness.cols && y < likeness.rows;
        return isInside ? likeness.at<float>(y, x) : -1.0F;
      };
      auto fine = [](float before, float here, float after) {
        return before > -1 && after > -1 ? peakBetween(before, here, after) : 0.0;
      };
      const cv::Point by = at - around.tl();
      bool isLike = true;
      for (size_t i = 0; i < outline.size() && isLike; i++) {
        isLike = wanted[i].isLike(Edges(inkThere, outline[i] + by, band));
      }
      if (isLike) {
        float here = value(at.x, at.y);
        double x = by.x + fine(value(at.x - 1, at.y), here, value(at.x + 1, at.y));
        double y = by.y + fine(value(at.x, at.y - 1), here, value(at.x, at.y + 1));
        found[written++] = {x, y, best};
      }
      // What is like it cannot lie on it; what is unlike leaves its neighbours their chance.
      cv::Rect gone = isLike ? cv::Rect(at.x - apartX, at.y - apartY, 2 * apartX + 1, 2 * apartY + 1)
                             : cv::Rect(at.x - 2, at.y - 2, 5, 5);
      likeness(gone & cv::Rect({0, 0}, likeness.size())).setTo(-1);
    }
    return written;
  });
}
