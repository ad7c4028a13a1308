#include "copencv_marks.h"
#include "page.hpp"

namespace {
constexpr int scale = 10;  // pixels a millimetre

struct Found {
  std::vector<copencv_rule> rules;
  cv::Mat mask;  // where the rules are, as printed
};

cv::Mat straightened(const copencv_page &page, double degrees, double pixelsPerMM, int width, int height) {
  // From the middle of the result to the middle of the picture, turned back and scaled.
  double turn = degrees * CV_PI / 180, c = std::cos(turn), s = std::sin(turn);
  double sx = page.pixelsPerMM.x / pixelsPerMM, sy = page.pixelsPerMM.y / pixelsPerMM;
  cv::Matx33d toMiddle(1, 0, -(width - 1) / 2.0, 0, 1, -(height - 1) / 2.0, 0, 0, 1);
  cv::Matx33d back(c * sx, -s * sx, (page.gray.cols - 1) / 2.0, s * sy, c * sy, (page.gray.rows - 1) / 2.0, 0, 0, 1);
  cv::Matx33d map = back * toMiddle;
  cv::Mat result(height, width, CV_8UC1);
  if (copencv_page_warp(&page, map.val, result.data, width, height, 255) < 0)
    throw std::runtime_error(copencv_last_error());
  return result;
}

cv::Mat opened(const cv::Mat &mask, int width, int height) {
  cv::Mat result;
  cv::morphologyEx(mask, result, cv::MORPH_OPEN, cv::Mat::ones(height, width, CV_8U));
  return result;
}

cv::Mat closed(const cv::Mat &mask, int width, int height) {
  cv::Mat result;
  cv::morphologyEx(mask, result, cv::MORPH_CLOSE, cv::Mat::ones(height, width, CV_8U));
  return result;
}

cv::Mat dilated(const cv::Mat &mask, int width, int height) {
  cv::Mat result;
  cv::dilate(mask, result, cv::Mat::ones(height, width, CV_8U));
  return result;
}

/// Looks for rules in one direction.
struct RuleSearch {
  const cv::Mat &gray, &ink;
  bool vertical;

  /// Thin dark lines, however dark their surroundings are: what closing across the line would fill. Softened along the line,
  /// so that grain fades.
  cv::Mat depth(int softness) const {
    cv::Mat soft, filled;
    cv::blur(gray, soft, vertical ? cv::Size(1, softness) : cv::Size(softness, 1));
    cv::morphologyEx(soft, filled, cv::MORPH_BLACKHAT, vertical ? cv::Mat::ones(1, 12, CV_8U) : cv::Mat::ones(12, 1, CV_8U));
    return filled;
  }

  /// The share of a strip's length where there is anything.
  double covered(const cv::Mat &mask, cv::Rect strip) const {
    strip &= cv::Rect({0, 0}, mask.size());
    if (strip.area() == 0) return 0;
    cv::Mat sums;
    cv::reduce(mask(strip), sums, vertical ? 1 : 0, cv::REDUCE_MAX);
    return double(cv::countNonZero(sums)) / sums.total();
  }

  cv::Rect beside(cv::Rect box, int offset, int breadth) const {
    if (vertical) return {offset < 0 ? box.x + offset - breadth + 1 : box.br().x + offset - 1, box.y, breadth, box.height};
    return {box.x, offset < 0 ? box.y + offset - breadth + 1 : box.br().y + offset - 1, box.width, breadth};
  }

  /// Straight runs at least `length` long and no thicker than a rule is.
  void find(int length, std::vector<copencv_rule> &rules) const {
    cv::Mat lines = depth(9) > 24, sharp = depth(3) > 18;
    // A rule that is not quite level leaves its row; a pixel of tolerance holds it together.
    cv::Mat wide = vertical ? dilated(lines, 3, 1) : dilated(lines, 1, 3);
    cv::Mat runs = vertical ? opened(wide, 1, length) : opened(wide, length, 1);
    std::vector<int> areas;
    auto boxes = components(runs, &areas);
    for (size_t i = 0; i < boxes.size(); i++) {
      auto box = boxes[i];
      int extent = vertical ? box.height : box.width, across = vertical ? box.width : box.height;
      double thickness = double(areas[i]) / extent - 2;
      if (thickness > 9 || across > 16) continue;
      if (vertical) { box.x += 1; box.width = std::max(1, box.width - 2); }
      else { box.y += 1; box.height = std::max(1, box.height - 2); }
      // A row of letters has gaps, and more letters above or below; a rule runs through, and lies free.
      double through = covered(sharp, box);
      double before = covered(ink, beside(box, -4, 3)), after = covered(ink, beside(box, 4, 3));
      if (through < 0.82 || std::min(before, after) > 0.35) continue;
      // The side of a small box may have a word right above it; strokes of letters as short are told apart later.
      bool isCrowded = before + after > 0.75 || std::max(before, after) > 0.42;
      if (extent > 60 && through < 0.97 && isCrowded) continue;
      rules.push_back({box.x, box.y, box.x + box.width - 1, box.y + box.height - 1, vertical ? 1 : 0, 0});
    }
  }
};

/// Rows of dots or short dashes.
void findDotted(const cv::Mat &dots, bool vertical, int length, std::vector<copencv_rule> &rules) {
  cv::Mat wide = vertical ? dilated(dots, 3, 1) : dilated(dots, 1, 3);
  cv::Mat runs = vertical ? opened(closed(wide, 1, 13), 1, length) : opened(closed(wide, 13, 1), length, 1);
  for (auto box : components(runs)) {
    int across = vertical ? box.width : box.height;
    if (across > 14) continue;
    cv::Mat part = dots(box);
    cv::Mat sums;
    cv::reduce(part, sums, vertical ? 1 : 0, cv::REDUCE_MAX);
    int extent = vertical ? box.height : box.width;
    // Dots and gaps in turn, again and again.
    int changes = 0;
    for (int k = 1; k < extent; k++) changes += sums.at<uint8_t>(k) != sums.at<uint8_t>(k - 1);
    if (changes * 30 < extent * 2) continue;
    rules.push_back({box.x, box.y, box.x + box.width - 1, box.y + box.height - 1, vertical ? 1 : 0, 1});
  }
}

bool touches(int x, int y, int reach, const std::vector<copencv_rule> &others, bool vertical, int least = 0,
             int dotted = -1) {
  for (auto &other : others) {
    if (bool(other.vertical) != vertical || (dotted >= 0 && other.dotted != dotted)) continue;
    if ((vertical ? other.y1 - other.y0 : other.x1 - other.x0) < least) continue;
    // Rows of dots end anywhere within their gap.
    int more = other.dotted ? 8 : 0;
    if (x >= other.x0 - reach - more && x <= other.x1 + reach + more && y >= other.y0 - reach - more &&
        y <= other.y1 + reach + more)
      return true;
  }
  return false;
}

bool isShort(const copencv_rule &rule) {
  return rule.vertical ? rule.y1 - rule.y0 < 100 : rule.x1 - rule.x0 < 80;
}

/// A short upright that stands on, or hangs from, a long rule, as between the cells of a comb.
bool isTick(const copencv_rule &rule, const std::vector<copencv_rule> &rules) {
  if (!rule.vertical) return false;
  int x = (rule.x0 + rule.x1) / 2, reach = rule.dotted ? 6 : 1;
  return touches(x, rule.y0, reach, rules, false, 120, rule.dotted) ||
         touches(x, rule.y1, reach, rules, false, 120, rule.dotted);
}

/// Short rules count only where they meet others at both ends: the strokes of most letters meet none.
void dropStrokes(std::vector<copencv_rule> &rules) {
  for (int round = 0; round < 3; round++) {
    std::vector<copencv_rule> kept;
    for (auto &rule : rules) {
      int x = (rule.x0 + rule.x1) / 2, y = (rule.y0 + rule.y1) / 2, reach = rule.dotted ? 12 : 6;
      bool stays = !isShort(rule) || isTick(rule, rules);
      if (!stays && rule.vertical)
        stays = touches(x, rule.y0, reach, rules, false) && touches(x, rule.y1, reach, rules, false);
      else if (!stays)
        stays = touches(rule.x0, y, reach, rules, true) && touches(rule.x1, y, reach, rules, true);
      if (stays) kept.push_back(rule);
    }
    bool settled = kept.size() == rules.size();
    rules.swap(kept);
    if (settled) break;
  }
}

cv::Rect boxOf(const copencv_rule &rule) {
  return {rule.x0, rule.y0, rule.x1 - rule.x0 + 1, rule.y1 - rule.y0 + 1};
}
}  // namespace

struct copencv_marks {
  std::vector<copencv_rule> rules;
  std::vector<copencv_rect> text;
  std::vector<copencv_region> regions;
  cv::Mat map;

  copencv_marks(const copencv_page &page, double degrees, double widthMM, double heightMM) {
    cv::Size size(cvRound(widthMM * scale), cvRound(heightMM * scale));
    cv::Mat gray = straightened(page, degrees, scale, size.width, size.height);
    cv::Mat soft, ink;
    cv::GaussianBlur(gray, soft, {3, 3}, 0.8);
    cv::adaptiveThreshold(soft, ink, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 61, 22);
    // A thin rule between bold words is lighter than their mean, and still print.
    ink |= gray < 165;
    // The edge of the sheet, where it shows, is none of its print.
    cv::Mat edge = cv::Mat::ones(size, CV_8U);
    edge(cv::Rect(8, 8, size.width - 16, size.height - 16)) = 0;
    ink.setTo(0, edge);

    RuleSearch{gray, ink, false}.find(24, rules);
    RuleSearch{gray, ink, true}.find(20, rules);
    cv::Rect inner(8, 8, size.width - 16, size.height - 16);
    rules.erase(std::remove_if(rules.begin(), rules.end(), [&](auto &rule) { return (boxOf(rule) & inner).area() == 0; }),
                rules.end());
    cv::Mat across = cv::Mat::zeros(size, CV_8U), down = across.clone();
    for (auto box : components(ink)) {
      if (box.area() < 2) continue;
      cv::Mat part = ink(box);
      if (box.height <= 8 && box.width <= 30) across(box) |= part;
      if (box.width <= 8 && box.height <= 15) down(box) |= part;
    }
    findDotted(across, false, 40, rules);
    findDotted(down, true, 16, rules);
    dropLetterTicks(ink);
    dropStrokes(rules);
    findRegions(size);
    dropWhatEnclosesNothing(size);
    findRegions(size);

    cv::Mat printed = cv::Mat::zeros(size, CV_8U);
    for (auto &rule : rules) printed(boxOf(rule)) = 255;
    cv::Mat letters = ink & ~dilated(printed, 5, 5);
    findText(letters);
  }

  /// The stem of a letter that touches a rule has other letters beside it; an upright between two cells has none.
  void dropLetterTicks(const cv::Mat &ink) {
    cv::Rect whole({0, 0}, ink.size());
    std::vector<copencv_rule> kept;
    for (auto &rule : rules) {
      int length = rule.y1 - rule.y0 + 1;
      bool isLetter = false;
      if (rule.vertical && !rule.dotted && length < 60) {
        int top = rule.y0 + 5, height = std::max(1, length - 10);
        cv::Rect left(rule.x0 - 11, top, 8, height), right(rule.x1 + 4, top, 8, height);
        // Not the neighbouring frame: that would fill a whole column.
        auto share = [&](cv::Rect side) {
          side &= whole;
          return side.area() ? double(cv::countNonZero(ink(side))) / side.area() : 0;
        };
        isLetter = isTick(rule, rules) && share(left) + share(right) > 0.12;
      }
      if (!isLetter) kept.push_back(rule);
    }
    rules.swap(kept);
  }

  /// A short rule that is no side of a box of some size is part of a letter.
  void dropWhatEnclosesNothing(cv::Size size) {
    auto isBox = [&](int x, int y) {
      if (x < 0 || y < 0 || x >= size.width || y >= size.height) return false;
      int index = map.at<int16_t>(y, x);
      if (index < 0) return false;
      auto &region = regions[index];
      return std::min(region.box.width, region.box.height) >= 20 && region.area < size.area() / 4 &&
             region.area > 0.85 * region.box.width * region.box.height;
    };
    std::vector<copencv_rule> kept;
    for (auto &rule : rules) {
      bool stays = !isShort(rule) || isTick(rule, rules);
      int x = (rule.x0 + rule.x1) / 2, y = (rule.y0 + rule.y1) / 2;
      if (!stays && rule.vertical) stays = isBox(rule.x0 - 4, y) || isBox(rule.x1 + 4, y);
      else if (!stays) stays = isBox(x, rule.y0 - 4) || isBox(x, rule.y1 + 4);
      if (stays) kept.push_back(rule);
    }
    rules.swap(kept);
  }

  void findText(const cv::Mat &letters) {
    cv::Mat joined = closed(letters, 11, 3);
    cv::Mat labels, stats, centres;
    int count = cv::connectedComponentsWithStats(joined, labels, stats, centres, 8);
    for (int i = 1; i < count; i++) {
      copencv_rect box{stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                       stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT)};
      // Specks, and slivers that rules leave behind.
      if (std::min(box.width, box.height) < 4 || stats.at<int>(i, cv::CC_STAT_AREA) < 24) continue;
      text.push_back(box);
    }
  }

  void findRegions(cv::Size size) {
    regions.clear();
    cv::Mat walls = cv::Mat::zeros(size, CV_8U);
    for (auto &rule : rules) {
      cv::Rect box = boxOf(rule);
      int reach = rule.dotted ? 11 : 6;
      if (rule.vertical) { box.y -= reach; box.height += 2 * reach; }
      else { box.x -= reach; box.width += 2 * reach; }
      walls(box & cv::Rect({0, 0}, size)) = 255;
    }
    cv::Mat labels, stats, centres;
    int count = cv::connectedComponentsWithStats(~walls, labels, stats, centres, 4, CV_32S);
    if (count > 30000) throw std::runtime_error("too many regions");
    for (int i = 1; i < count; i++) {
      copencv_rect box{stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                       stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT)};
      regions.push_back({box, stats.at<int>(i, cv::CC_STAT_AREA)});
    }
    labels -= 1;
    labels.convertTo(map, CV_16S);
  }
};

template <class Item> static int32_t copyOut(const std::vector<Item> &items, Item *out, int32_t capacity) {
  if (out) std::copy_n(items.begin(), std::min<size_t>(items.size(), capacity), out);
  return int32_t(items.size());
}

extern "C" {
copencv_marks *copencv_marks_new(const copencv_page *page, double degrees, double width, double height) {
  copencv_marks *made = nullptr;
  guarded([&] {
    if (width < 20 || height < 20 || width > 900 || height > 900) return fail("the page's size is out of range");
    made = new copencv_marks(*page, degrees, width, height);
    return 0;
  });
  return made;
}

void copencv_marks_free(copencv_marks *marks) { delete marks; }

int32_t copencv_marks_rules(const copencv_marks *marks, copencv_rule *out, int32_t capacity) {
  return copyOut(marks->rules, out, capacity);
}
int32_t copencv_marks_text(const copencv_marks *marks, copencv_rect *out, int32_t capacity) {
  return copyOut(marks->text, out, capacity);
}
int32_t copencv_marks_regions(const copencv_marks *marks, copencv_region *out, int32_t capacity) {
  return copyOut(marks->regions, out, capacity);
}

int32_t copencv_marks_map(const copencv_marks *marks, int16_t *out, int32_t width, int32_t height) {
  return guarded([&] {
    if (width != marks->map.cols || height != marks->map.rows) return fail("the map has another size");
    marks->map.copyTo(cv::Mat(height, width, CV_16S, out));
    return 0;
  });
}

int32_t copencv_straight(const copencv_page *page, double degrees, double dpi, const copencv_marks *without, uint8_t *out,
                         int32_t width, int32_t height) {
  return guarded([&] {
    cv::Mat result = view(out, width, height);
    straightened(*page, degrees, dpi / 25.4, width, height).copyTo(result);
    if (without) {
      double k = dpi / 25.4 / scale;
      for (auto &rule : without->rules) {
        cv::Point first(int(rule.x0 * k) - 2, int(rule.y0 * k) - 2), last(int((rule.x1 + 1) * k) + 3, int((rule.y1 + 1) * k) + 3);
        result(cv::Rect(first, last) & cv::Rect(0, 0, width, height)) = 255;
      }
    }
    return 0;
  });
}
}
