#include "page.hpp"
#include <opencv2/calib3d.hpp>

namespace {
/// From millimetres on the blank to pixels of the scan, out of a homography between their small copies.
cv::Matx33d fromLevel(copencv_page &blank, copencv_page &scan, const cv::Matx33d &level, int dpi) {
  cv::Matx33d h = scan.toLevel(dpi).inv() * level * blank.toLevel(dpi) * blank.fromMM();
  return h * (1 / h(2, 2));
}

cv::Matx33d toLevel(copencv_page &blank, copencv_page &scan, const double *h, int dpi) {
  return scan.toLevel(dpi) * cv::Matx33d(h) * blank.fromMM().inv() * blank.toLevel(dpi).inv();
}

void store(const cv::Matx33d &h, double *out) { std::copy(h.val, h.val + 9, out); }

cv::Point2d apply(const cv::Matx33d &h, cv::Point2d p) {
  cv::Vec3d q = h * cv::Vec3d(p.x, p.y, 1);
  return {q[0] / q[2], q[1] / q[2]};
}

/// A page turned, sheared or scaled beyond what a feeder can do is a false match.
bool isPlausible(const cv::Matx33d &h, cv::Size blank) {
  std::vector<cv::Point2d> corners{{0, 0}, {double(blank.width), 0}, {double(blank.width), double(blank.height)},
                                   {0, double(blank.height)}}, mapped;
  cv::perspectiveTransform(corners, mapped, cv::Mat(h));
  double sides[4];
  for (size_t i = 0; i < 4; i++) sides[i] = cv::norm(mapped[(i + 1) % 4] - mapped[i]);
  double across = sides[0] / blank.width, down = sides[1] / blank.height;
  auto near = [](double a, double b, double share) { return std::abs(a - b) < share * std::max(a, b); };
  std::vector<cv::Point2f> outline(mapped.begin(), mapped.end());
  return near(sides[0], sides[2], 0.15) && near(sides[1], sides[3], 0.15) && near(across, down, 0.15) &&
         across > 0.5 && across < 2 && cv::isContourConvex(outline);
}

/// How far the nearest row is, of 256 bits, and which one it is.
struct Nearest {
  int distance = 257, index = -1;
};

/// Of each of `n` rows of 32 bytes the nearest of the other `m`, and the other way round; the first where several are.
__attribute__((target_clones("popcnt", "default")))
void findNearest(const uint8_t *rows, int n, const uint8_t *others, int m, Nearest *ofRow, Nearest *ofOther) {
  for (int i = 0; i < n; i++) {
    uint64_t a[4], b[4];
    __builtin_memcpy(a, rows + 32 * i, 32);
    int distance = ofRow[i].distance, index = ofRow[i].index;
    for (int j = 0; j < m; j++) {
      __builtin_memcpy(b, others + 32 * j, 32);
      int d = __builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]) +
              __builtin_popcountll(a[2] ^ b[2]) + __builtin_popcountll(a[3] ^ b[3]);
      if (d < distance) distance = d, index = j;
      if (d < ofOther[j].distance) ofOther[j].distance = d, ofOther[j].index = i;
    }
    ofRow[i].distance = distance, ofRow[i].index = index;
  }
}

/// Pairs of ORB's descriptions that are each other's nearest: what cv::BFMatcher finds with its cross-check.
std::vector<std::pair<int, int>> nearestPairs(const cv::Mat &first, const cv::Mat &second) {
  CV_Assert(first.isContinuous() && second.isContinuous() && first.cols == 32 && second.cols == 32);
  std::vector<Nearest> ofFirst(size_t(first.rows)), ofSecond(size_t(second.rows));
  findNearest(first.data, first.rows, second.data, second.rows, ofFirst.data(), ofSecond.data());
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < first.rows; i++)
    if (int j = ofFirst[size_t(i)].index; j >= 0 && ofSecond[size_t(j)].index == i) pairs.push_back({i, j});
  return pairs;
}

/// A part of the scan in which a picture was looked for: as it was cut out, and how like it is at each shift.
struct Look {
  cv::Mat area, scores;
  cv::Point peak;
  double best = -1;

  /// `corner` is where the picture's first pixel should be, and `reach` how far off it may be.
  Look(const cv::Mat &picture, const cv::Mat &scan, const cv::Matx33d &h, cv::Point2d corner, int reach) {
    cv::Matx33d there = h * cv::Matx33d(1, 0, corner.x - reach, 0, 1, corner.y - reach, 0, 0, 1);
    cv::warpPerspective(scan, area, there, picture.size() + cv::Size(2 * reach, 2 * reach),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 235);
    cv::matchTemplate(area, picture, scores, cv::TM_CCOEFF_NORMED);
    cv::minMaxLoc(scores, nullptr, &best, nullptr, &peak);
  }
};

struct Found {
  cv::Point2d shift;
  double score;
};

/// Where `patch` lies in the scan near the place the homography says, to a part of a pixel.
Found find(const cv::Mat &patch, const cv::Mat &scan, const cv::Matx33d &h, cv::Point2d place, int reach) {
  double half = patch.cols / 2;
  Look look(patch, scan, h, place - cv::Point2d(half, half), reach);
  auto parabola = [](float before, float at, float after) {
    float bend = before - 2 * at + after;
    return bend < -1e-6f ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0.0;
  };
  auto score = [&](int x, int y) { return look.scores.at<float>(y, x); };
  const int x = look.peak.x, y = look.peak.y;
  double dx = 0, dy = 0;
  if (x > 0 && x < 2 * reach) dx = parabola(score(x - 1, y), score(x, y), score(x + 1, y));
  if (y > 0 && y < 2 * reach) dy = parabola(score(x, y - 1), score(x, y), score(x, y + 1));
  return {{x + dx - reach, y + dy - reach}, look.best};
}

/// How like the two pictures are inside `box`, within some pixels; they must be so much larger all around.
double likeness(const cv::Mat &scan, const cv::Mat &blank, cv::Rect box, int reach = 1) {
  cv::Mat score;
  cv::matchTemplate(scan(box + cv::Size(2 * reach, 2 * reach) - cv::Point(reach, reach)), blank(box), score,
                    cv::TM_CCOEFF_NORMED);
  double best;
  cv::minMaxLoc(score, nullptr, &best);
  return best;
}

/// How many pixels of a printed word have other print in their place, at 150 dpi; 0 for a word that is there, written
/// over, or gone without a trace.
///
/// Lines of text lie on each other whatever they say, as seen at 100 dpi and with the strokes made wide: that some ink is
/// there proves no word. `off` is what the homography misses there, in pixels.
int32_t replaced(copencv_page &blank, copencv_page &scan, const cv::Matx33d &h, cv::Rect word, cv::Point2d off) {
  constexpr int reach = 3;
  constexpr double fine = 1.5;
  const cv::Mat &picture = blank.at(150);
  cv::Rect box(cvFloor(word.x * fine) - 1, cvFloor(word.y * fine) - 1, cvCeil(word.width * fine) + 2,
               cvCeil(word.height * fine) + 2);
  box &= cv::Rect({0, 0}, picture.size());
  cv::Mat print = picture(box) < 140;
  int printed = cv::countNonZero(print);
  // Pieces of a frame are no word.
  if (printed < 90) return 0;
  Look look(picture(box), scan.at(150), h, cv::Point2d(box.tl()) + off, reach);
  if (look.best >= 0.5) return 0;
  double paper;
  cv::minMaxLoc(look.area, nullptr, &paper);
  cv::Mat ink = look.area(cv::Rect(look.peak, box.size())) < 0.72 * paper;
  int inked = cv::countNonZero(ink);
  // Nothing there is a hole or a pale print, and much more is a stamp; what is missing without another is told elsewhere.
  if (inked < 0.4 * printed || inked > 2.5 * printed) return 0;
  return printed - cv::countNonZero(print & ink);
}

/// Pixels of print that the scan lacks, where they are gathered: a lost word or figure, not the rim of a shifted line.
int32_t lost(const cv::Mat &missing) {
  cv::Mat joined, labels, stats, centres;
  cv::dilate(missing, joined, cv::Mat::ones(3, 5, CV_8U));
  int count = cv::connectedComponentsWithStats(joined, labels, stats, centres, 8), total = 0;
  for (int i = 1; i < count; i++) {
    cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                 stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
    int pixels = cv::countNonZero(missing(box));
    if (pixels >= 20 && box.width >= 5 && box.height >= 5) total += pixels;
  }
  return total;
}
}  // namespace

extern "C" {
int32_t copencv_register(copencv_page *blank, copencv_page *scan, copencv_match *match) {
  return guarded([&]() -> int32_t {
    *match = {};
    blank->findFeatures(2000);
    scan->findFeatures(2500);
    match->features = int32_t(blank->points.size());
    if (blank->descriptors.empty() || scan->descriptors.empty()) return 0;
    auto pairs = nearestPairs(blank->descriptors, scan->descriptors);
    if (pairs.size() < 8) return 0;
    std::vector<cv::Point2f> from, to;
    for (auto [one, other] : pairs) {
      from.push_back(blank->points[size_t(one)].pt);
      to.push_back(scan->points[size_t(other)].pt);
    }
    // A feeder turns and scales a page, and hardly more: first that alone, which few true pairs among many chance ones tell
    // and which rows of the same words mislead less; then the full map from the pairs that agree with it.
    cv::Mat roughly, inliers;
    cv::Mat similarity = cv::estimateAffinePartial2D(from, to, roughly, cv::RANSAC, 8, 4000, 0.999, 10);
    if (similarity.empty()) return 0;
    cv::Matx23d rough(similarity.ptr<double>());
    std::vector<cv::Point2f> nearFrom, nearTo;
    for (size_t i = 0; i < from.size(); i++) {
      cv::Point2d there(rough(0, 0) * from[i].x + rough(0, 1) * from[i].y + rough(0, 2),
                        rough(1, 0) * from[i].x + rough(1, 1) * from[i].y + rough(1, 2));
      if (cv::norm(there - cv::Point2d(to[i])) < 16) nearFrom.push_back(from[i]), nearTo.push_back(to[i]);
    }
    if (nearFrom.size() < 8) return 0;
    // Not yet a homography: its two more freedoms follow chance pairs, far off where there are few features.
    cv::Mat affine = cv::estimateAffine2D(nearFrom, nearTo, inliers, cv::RANSAC, 3.0, 3000, 0.999, 10);
    if (affine.empty()) return 0;
    const double *m = affine.ptr<double>();
    cv::Matx33d level(m[0], m[1], m[2], m[3], m[4], m[5], 0, 0, 1);
    if (!isPlausible(level, blank->sizeAt(100))) return 0;
    match->inliers = cv::countNonZero(inliers);
    store(fromLevel(*blank, *scan, level, 100), match->h);
    return 1;
  });
}

int32_t copencv_refine(copencv_page *blank, copencv_page *scan, double *h9, copencv_anchor *anchors,
                       int32_t capacity) {
  return guarded([&]() -> int32_t {
    const auto &known = blank->anchors();
    cv::Matx33d h = toLevel(*blank, *scan, h9, 150);
    int32_t written = 0;
    // First from afar, then closely: the second look also tells what the homography cannot follow. From afar every second
    // patch is enough.
    for (int reach : {14, 6}) {
      std::vector<cv::Point2d> from, to;
      std::vector<double> scores;
      const size_t step = reach > 6 ? 2 : 1;
      const cv::Mat &picture = scan->at(150);
      std::vector<Found> all((known.size() + step - 1) / step);
      cv::parallel_for_({0, int(all.size())}, [&](const cv::Range &range) {
        for (int i = range.start; i < range.end; i++) {
          const Anchor &anchor = known[size_t(i) * step];
          all[size_t(i)] = find(anchor.patch, picture, h, anchor.place, reach);
        }
      });
      for (size_t i = 0; i < known.size(); i += step) {
        const Anchor &anchor = known[i];
        const Found &one = all[i / step];
        if (one.score < 0.55) continue;
        from.push_back(anchor.place);
        to.push_back(anchor.place + one.shift);
        scores.push_back(one.score);
      }
      if (from.size() < 8) break;
      // Uneven feed moves patches by some tenths of a millimetre; a wrong find is farther off.
      cv::Mat inliers, correction = cv::findHomography(from, to, cv::RANSAC, 3.0, inliers);
      if (correction.empty() || cv::countNonZero(inliers) < 8) break;
      cv::Matx33d next(correction.ptr<double>());
      if (!isPlausible(next, blank->at(150).size())) break;
      h = h * next;
      if (reach > 6) continue;
      cv::Matx33d millimetres = (blank->toLevel(150) * blank->fromMM()).inv();
      for (size_t i = 0; i < from.size() && written < capacity; i++) {
        cv::Point2d place = apply(millimetres, from[i]), off = apply(next.inv(), to[i]) - from[i];
        anchors[written++] = {place.x, place.y, off.x * millimetres(0, 0), off.y * millimetres(1, 1), scores[i]};
      }
    }
    if (written) store(fromLevel(*blank, *scan, h, 150), h9);
    return written;
  });
}

int32_t copencv_prove(copencv_page *blank, copencv_page *scan, const float *shifts, int32_t columns, int32_t rows,
                      copencv_match *match) {
  return guarded([&] {
    const cv::Mat &print = blank->printed();
    cv::Matx33d h = toLevel(*blank, *scan, match->h, 100);
    cv::Matx33d pixels = blank->toLevel(100) * blank->fromMM();
    cv::Mat shift, map(print.size(), CV_32FC2);
    cv::resize(cv::Mat(rows, columns, CV_32FC2, const_cast<float *>(shifts)), shift, print.size(), 0, 0, cv::INTER_LINEAR);
    const auto across = float(pixels(0, 0)), down = float(pixels(1, 1));
    const cv::Matx33f m(h);
    // What a turned page lost beyond the picture's edge cannot be missing on it.
    cv::Mat inside(print.size(), CV_8U);
    const auto right = float(scan->at(100).cols - 3), bottom = float(scan->at(100).rows - 3);
    for (int y = 0; y < map.rows; y++) {
      const auto *off = shift.ptr<float>(y);
      auto *to = map.ptr<float>(y);
      auto *in = inside.ptr<uint8_t>(y);
      for (int x = 0; x < map.cols; x++) {
        float px = float(x) + off[2 * x] * across, py = float(y) + off[2 * x + 1] * down;
        float w = 1 / (m(2, 0) * px + m(2, 1) * py + m(2, 2));
        to[2 * x] = (m(0, 0) * px + m(0, 1) * py + m(0, 2)) * w;
        to[2 * x + 1] = (m(1, 0) * px + m(1, 1) * py + m(1, 2)) * w;
        in[x] = to[2 * x] >= 2 && to[2 * x] <= right && to[2 * x + 1] >= 2 && to[2 * x + 1] <= bottom ? 255 : 0;
      }
    }
    cv::Mat ink, seen, straight;
    cv::remap(scan->inked(), ink, map, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_CONSTANT, 0);
    cv::remap(scan->at(100), straight, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, 235);
    // What lies at the very edge of a blank is often no print, but the shadow of the scanner that took it.
    cv::Mat expected = print.clone();
    constexpr int edge = 24;  // 6 mm
    cv::rectangle(expected, {0, 0}, {expected.cols - 1, expected.rows - 1}, 0, 2 * edge);
    match->print = cv::countNonZero(expected);
    expected &= inside;
    cv::bitwise_and(expected, ink, seen);
    match->outside = match->print - cv::countNonZero(expected);
    match->print -= match->outside;
    match->explained = match->print > 0 ? double(cv::countNonZero(seen)) / match->print : 0;
    match->changed = lost(expected & ~ink & ~blank->marks());
    match->words = match->missing_words = match->replaced = 0;
    const cv::Matx33d close = toLevel(*blank, *scan, match->h, 150), closePixels = blank->toLevel(150) * blank->fromMM();
    const std::vector<cv::Rect> &words = blank->words();
    // All copies are made before many look at them.
    const cv::Mat &level = blank->at(100);
    blank->at(150), scan->at(150);
    struct Said {
      bool isThere = false, isMissing = false;
      int32_t replaced = 0;
    };
    std::vector<Said> said(words.size());
    cv::parallel_for_({0, int(words.size())}, [&](const cv::Range &range) {
      for (int i = range.start; i < range.end; i++) {
        const cv::Rect &word = words[size_t(i)];
        if (cv::countNonZero(inside(word)) < word.area()) continue;
        auto off = shift.at<cv::Vec2f>(word.y + word.height / 2, word.x + word.width / 2);
        // Written over, it looks otherwise but its ink is still there; replaced, neither.
        bool isCovered = cv::countNonZero(seen(word)) >= 0.85 * cv::countNonZero(expected(word));
        said[size_t(i)] = {true, !isCovered && likeness(straight, level, word) < 0.35,
                           replaced(*blank, *scan, close, word, {off[0] * closePixels(0, 0), off[1] * closePixels(1, 1)})};
      }
    });
    for (const Said &one : said) {
      match->words += one.isThere;
      match->missing_words += one.isMissing;
      match->replaced += one.replaced;
    }
    return 0;
  });
}

int32_t copencv_compare(copencv_page *first, copencv_page *second, copencv_page *scan, const double *first_h,
                        const double *second_h, double *vote, double *weight) {
  return guarded([&] {
    // All three in the first's frame; the two blanks as closely as they can be laid on each other.
    constexpr int dpi = 150;
    cv::Matx33d across = second->fromMM() * cv::Matx33d(second_h).inv() * cv::Matx33d(first_h);
    copencv_anchor unused[128];
    if (copencv_refine(first, second, across.val, unused, 128) < 0) CV_Error(cv::Error::StsError, copencv_last_error());
    cv::Mat a = first->at(dpi), b, s;
    cv::warpPerspective(scan->at(dpi), s, toLevel(*first, *scan, first_h, dpi), a.size(),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 235);
    cv::warpPerspective(second->at(dpi), b, toLevel(*first, *second, across.val, dpi), a.size(),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 255);
    // Different only where no neighbour matches either: the frames may be a part of a pixel apart.
    cv::Mat aLow, aHigh, bLow, bHigh, near = cv::Mat::ones(3, 3, CV_8U);
    cv::erode(a, aLow, near), cv::dilate(a, aHigh, near), cv::erode(b, bLow, near), cv::dilate(b, bHigh, near);
    cv::Mat differs = (a + 60 < bLow) | (a > bHigh + 60) | (b + 60 < aLow) | (b > aHigh + 60);
    // What lies at the very edge of a blank is often no print.
    cv::rectangle(differs, {0, 0}, {differs.cols - 1, differs.rows - 1}, 0, 36);
    cv::dilate(differs, differs, cv::Mat::ones(5, 13, CV_8U));
    cv::Mat labels, stats, centres;
    int count = cv::connectedComponentsWithStats(differs, labels, stats, centres, 8);
    *vote = *weight = 0;
    for (int i = 1; i < count; i++) {
      int area = stats.at<int>(i, cv::CC_STAT_AREA);
      if (area < 100) continue;
      cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT) - 3, stats.at<int>(i, cv::CC_STAT_TOP) - 3,
                   stats.at<int>(i, cv::CC_STAT_WIDTH) + 6, stats.at<int>(i, cv::CC_STAT_HEIGHT) + 6);
      box &= cv::Rect(3, 3, a.cols - 6, a.rows - 6);
      if (box.empty()) continue;
      cv::Scalar mean, scanDeviation;
      cv::meanStdDev(s(box), mean, scanDeviation);
      auto agrees = [&](const cv::Mat &blank) {
        cv::Scalar deviation;
        cv::meanStdDev(blank(box), mean, deviation);
        // Nothing printed there: the emptier the scan, the more alike.
        if (deviation[0] < 4) return scanDeviation[0] < 8 ? 1.0 : 0.0;
        return scanDeviation[0] < 4 ? 0.0 : likeness(s, blank, box, 3);
      };
      double w = std::sqrt(std::min(area, 4500)) / 1.5;
      *vote += w * (agrees(a) - agrees(b));
      *weight += w;
    }
    if (*weight > 0) *vote /= *weight;
    return 0;
  });
}
}
