#include "averaged.hpp"
#include "page.hpp"

static thread_local std::string lastError;
int32_t fail(const char *text) {
  lastError = text;
  return -1;
}

const cv::Mat &copencv_page::at(int dpi) {
  cv::Mat &level = dpi == 100 ? level100 : level150;
  if (level.empty()) {
    cv::Size small = sizeAt(dpi);
    const bool isSmaller = small.width < gray.cols && small.height < gray.rows;
    // Halves and the like OpenCV makes faster still.
    if (isSmaller && (gray.cols % small.width || gray.rows % small.height)) level = averaged(gray, small);
    else cv::resize(gray, level, small, 0, 0, isSmaller ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  return level;
}

cv::Size copencv_page::sizeAt(int dpi) const {
  return {std::max(1, cvRound(size.width / pixelsPerMM.x * dpi / 25.4)),
          std::max(1, cvRound(size.height / pixelsPerMM.y * dpi / 25.4))};
}

// A pixel's centre lies half a pixel inside it, at every resolution.
cv::Matx33d copencv_page::toLevel(int dpi) const {
  cv::Size level = sizeAt(dpi);
  double x = double(level.width) / size.width, y = double(level.height) / size.height;
  return {x, 0, (x - 1) / 2, 0, y, (y - 1) / 2, 0, 0, 1};
}

cv::Matx33d copencv_page::fromMM() const { return {pixelsPerMM.x, 0, -0.5, 0, pixelsPerMM.y, -0.5, 0, 0, 1}; }

void copencv_page::trim() {
  level100.release();
  level150.release();
  inkMask.release();
  wideInkMask.release();
  points.clear();
  points.shrink_to_fit();
  descriptors.release();
  hasFeatures = false;
}

void copencv_page::findFeatures(int count) {
  if (hasFeatures) return;
  cv::ORB::create(count)->detectAndCompute(at(100), cv::noArray(), points, descriptors);
  hasFeatures = true;
}

const std::vector<Anchor> &copencv_page::anchors() {
  if (hasAnchors) return anchorList;
  hasAnchors = true;
  constexpr int rows = 12, columns = 7, edge = 40, half = 20;
  const cv::Mat &picture = at(150);
  // Where a patch has most corners shows at half the size, at a fourth of the cost.
  cv::Mat halved, strength;
  cv::resize(picture, halved, {}, 0.5, 0.5, cv::INTER_AREA);
  cv::cornerMinEigenVal(halved, strength, 3, 3);
  cv::boxFilter(strength, strength, -1, {15, 15});
  cv::Rect inside(edge, edge, picture.cols - 2 * edge, picture.rows - 2 * edge);
  if (inside.width < columns || inside.height < rows) return anchorList;
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      cv::Rect cell(inside.x + inside.width * column / columns, inside.y + inside.height * row / rows,
                    inside.width / columns, inside.height / rows);
      double best;
      cv::Point place;
      cv::Rect small(cell.x / 2, cell.y / 2, cell.width / 2, cell.height / 2);
      cv::minMaxLoc(strength(small), nullptr, &best, nullptr, &place);
      if (best <= 1e-5) continue;
      place = 2 * (place + small.tl());
      cv::Rect patch(place.x - half, place.y - half, 2 * half + 1, 2 * half + 1);
      anchorList.push_back({cv::Point2d(place), picture(patch).clone()});
    }
  }
  return anchorList;
}

const cv::Mat &copencv_page::printed() {
  if (printMask.empty()) {
    printMask = at(100) < 170;
    if (cv::countNonZero(printMask) < 2000) {  // printed in a light colour
      cv::adaptiveThreshold(at(100), printMask, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 21, 8);
    }
  }
  return printMask;
}

const cv::Mat &copencv_page::marks() {
  if (markMask.empty()) {
    markMask = cv::Mat::zeros(sizeAt(100), CV_8U);
    constexpr double perMM = 100 / 25.4, over = 0.5;  // a pen does not stop at the frame
    for (const cv::Rect2d &box : markBoxes)
      cv::rectangle(markMask, cv::Point(cvFloor((box.x - over) * perMM), cvFloor((box.y - over) * perMM)),
                    cv::Point(cvCeil((box.br().x + over) * perMM), cvCeil((box.br().y + over) * perMM)), 255, cv::FILLED);
  }
  return markMask;
}

const std::vector<cv::Rect> &copencv_page::words() {
  if (hasWords) return wordList;
  hasWords = true;
  constexpr size_t most = 400;
  const cv::Mat &print = printed();
  const cv::Mat text = print & ~runsAcross(print, 35) & ~runsDown(print, 22);
  cv::Mat joined;
  cv::dilate(text, joined, cv::Mat::ones(3, 7, CV_8U));
  for (const cv::Rect &box : components(joined)) {
    bool inside = box.x > 1 && box.y > 1 && box.br().x < text.cols - 1 && box.br().y < text.rows - 1;
    if (inside && box.width >= 16 && box.height >= 8 && cv::countNonZero(text(box)) >= 30 &&
        5 * cv::countNonZero(marks()(box)) < box.area())
      wordList.push_back(box);
  }
  std::sort(wordList.begin(), wordList.end(), [](auto &a, auto &b) { return a.area() > b.area(); });
  if (wordList.size() > most) wordList.resize(most);
  return wordList;
}

const cv::Mat &copencv_page::inked() {
  if (inkMask.empty()) {
    cv::adaptiveThreshold(at(100), inkMask, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 21, 10);
    // The inside of a black area is no darker than its surroundings.
    inkMask |= at(100) < 130;
    cv::dilate(inkMask, inkMask, cv::Mat::ones(3, 3, CV_8U));
  }
  return inkMask;
}

const cv::Mat &copencv_page::inkedWidely() {
  if (wideInkMask.empty()) cv::dilate(inked(), wideInkMask, cv::Mat::ones(7, 7, CV_8U));
  return wideInkMask;
}

const std::vector<cv::Vec2s> &copencv_page::somePrint() {
  if (!printPoints.empty() || gray.empty()) return printPoints;
  constexpr size_t most = 3000;
  const cv::Mat &print = printed();
  std::vector<cv::Point> all;
  cv::findNonZero(print(within(print.size())), all);
  for (size_t i = 0, step = all.size() / most + 1; i < all.size(); i += step)
    printPoints.push_back(cv::Vec2s(int16_t(all[i].x + blankEdge), int16_t(all[i].y + blankEdge)));
  return printPoints;
}

extern "C" {
const char *copencv_last_error(void) { return lastError.c_str(); }
void copencv_set_threads(int32_t count) { cv::setNumThreads(count); }
int32_t copencv_throw_test(void) {
  return guarded([]() -> int32_t { CV_Error(cv::Error::StsBadArg, "thrown on purpose"); });
}

copencv_page *copencv_page_new(const uint8_t *pixels, int32_t width, int32_t height, int32_t channels,
                               double pixels_per_mm_x, double pixels_per_mm_y) {
  copencv_page *made = nullptr;
  guarded([&] {
    auto page = std::make_unique<copencv_page>();
    cv::Mat source = view(pixels, width, height, channels);
    if (channels == 3) cv::cvtColor(source, page->gray, cv::COLOR_RGB2GRAY);
    else page->gray = source.clone();
    page->size = source.size();
    page->pixelsPerMM = {pixels_per_mm_x, pixels_per_mm_y};
    made = page.release();
    return 0;
  });
  return made;
}

copencv_page *copencv_page_shell(int32_t width, int32_t height, double pixels_per_mm_x, double pixels_per_mm_y,
                                 const uint8_t *features, int32_t length, const uint8_t *print, int32_t print_length) {
  copencv_page *made = nullptr;
  guarded([&] {
    constexpr int32_t each = 2 * sizeof(float) + 32, eachPoint = sizeof(cv::Vec2s);
    if (length % each || print_length % eachPoint || width < 1 || height < 1) return fail("no features");
    auto page = std::make_unique<copencv_page>();
    page->size = {width, height};
    page->pixelsPerMM = {pixels_per_mm_x, pixels_per_mm_y};
    page->descriptors.create(length / each, 32, CV_8U);
    for (int32_t i = 0; i < length / each; i++) {
      float place[2];
      std::copy_n(features + i * each, sizeof place, reinterpret_cast<uint8_t *>(place));
      page->points.push_back({place[0], place[1], 1});
      std::copy_n(features + i * each + sizeof place, 32, page->descriptors.ptr(i));
    }
    page->hasFeatures = true;
    page->printPoints.resize(size_t(print_length / eachPoint));
    std::copy_n(print, print_length, reinterpret_cast<uint8_t *>(page->printPoints.data()));
    made = page.release();
    return 0;
  });
  return made;
}

int32_t copencv_page_print(copencv_page *page, uint8_t *out, int32_t capacity) {
  return guarded([&]() -> int32_t {
    const std::vector<cv::Vec2s> &print = page->somePrint();
    auto length = int32_t(print.size() * sizeof print[0]);
    if (length <= capacity) std::copy_n(reinterpret_cast<const uint8_t *>(print.data()), length, out);
    return length;
  });
}

int32_t copencv_page_features(copencv_page *page, uint8_t *out, int32_t capacity) {
  return guarded([&]() -> int32_t {
    constexpr int32_t each = 2 * sizeof(float) + 32;
    page->findFeatures(2000);
    auto length = int32_t(page->points.size()) * each;
    if (length > capacity) return length;
    for (size_t i = 0; i < page->points.size(); i++) {
      const float place[2] = {page->points[i].pt.x, page->points[i].pt.y};
      out = std::copy_n(reinterpret_cast<const uint8_t *>(place), sizeof place, out);
      out = std::copy_n(page->descriptors.ptr(int(i)), 32, out);
    }
    return length;
  });
}

int32_t copencv_page_set_marks(copencv_page *page, const double *boxes, int32_t count) {
  return guarded([&] {
    for (int32_t i = 0; i < count; i++, boxes += 4) page->markBoxes.push_back({boxes[0], boxes[1], boxes[2], boxes[3]});
    return 0;
  });
}

void copencv_page_free(copencv_page *page) { delete page; }
void copencv_page_trim(copencv_page *page) { page->trim(); }

copencv_page *copencv_page_turned(const copencv_page *page, int32_t quarters) {
  copencv_page *made = nullptr;
  guarded([&] {
    auto turned = std::make_unique<copencv_page>();
    switch (quarters & 3) {
    case 0: turned->gray = page->gray; break;
    case 1: cv::rotate(page->gray, turned->gray, cv::ROTATE_90_CLOCKWISE); break;
    case 2: cv::rotate(page->gray, turned->gray, cv::ROTATE_180); break;
    case 3: cv::rotate(page->gray, turned->gray, cv::ROTATE_90_COUNTERCLOCKWISE); break;
    }
    turned->size = turned->gray.size();
    turned->pixelsPerMM = page->pixelsPerMM;
    if (quarters & 1) std::swap(turned->pixelsPerMM.x, turned->pixelsPerMM.y);
    made = turned.release();
    return 0;
  });
  return made;
}

int32_t copencv_page_warp(const copencv_page *page, const double *h, uint8_t *out, int32_t out_width,
                          int32_t out_height, uint8_t border) {
  return copencv_warp(page->gray.data, page->gray.cols, page->gray.rows, 1, h, out, out_width, out_height, border);
}

int32_t copencv_warp(const uint8_t *pixels, int32_t width, int32_t height, int32_t channels, const double *h,
                     uint8_t *out, int32_t out_width, int32_t out_height, uint8_t border) {
  return guarded([&] {
    cv::Mat picture = view(pixels, width, height, channels), result = view(out, out_width, out_height, channels);
    cv::Matx33d map(h);
    // Where a picture is shrunk much, samples alone would lose thin strokes: average first.
    double area = std::abs(map(0, 0) * map(1, 1) - map(0, 1) * map(1, 0));
    int factor = std::max(1, int(std::sqrt(area) + 0.25));
    if (factor > 1) {
      // Only the part that is needed.
      std::vector<cv::Point2d> corners{{0, 0}, {double(out_width), 0}, {0, double(out_height)},
                                       {double(out_width), double(out_height)}}, mapped;
      cv::perspectiveTransform(corners, mapped, cv::Mat(map));
      cv::Rect needed = cv::boundingRect(std::vector<cv::Point2f>(mapped.begin(), mapped.end()));
      needed = (needed + cv::Size(4 * factor, 4 * factor) - cv::Point(2 * factor, 2 * factor)) &
               cv::Rect(0, 0, width, height);
      needed.width -= needed.width % factor;
      needed.height -= needed.height % factor;
      if (needed.area() > 0) {
        cv::Mat smaller;
        cv::resize(picture(needed), smaller, {needed.width / factor, needed.height / factor}, 0, 0, cv::INTER_AREA);
        double f = 1.0 / factor;
        map = cv::Matx33d(f, 0, (0.5 - needed.x) * f - 0.5, 0, f, (0.5 - needed.y) * f - 0.5, 0, 0, 1) * map;
        cv::warpPerspective(smaller, result, map, result.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                            cv::BORDER_CONSTANT, cv::Scalar::all(border));
        return 0;
      }
    }
    cv::warpPerspective(picture, result, map, result.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                        cv::BORDER_CONSTANT, cv::Scalar::all(border));
    return 0;
  });
}
}
