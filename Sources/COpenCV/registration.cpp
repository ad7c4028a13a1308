#include "look.hpp"
#include <opencv2/calib3d.hpp>
#include <cstring>

namespace {
/// From millimetres on the blank to pixels of the scan, out of a homography between their small copies.
cv::Matx33d fromLevel(copencv_page &blank, copencv_page &scan, const cv::Matx33d &level, int dpi) {
  cv::Matx33d h = scan.toLevel(dpi).inv() * level * blank.toLevel(dpi) * blank.fromMM();
  return h * (1 / h(2, 2));
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

/// Of each of `n` descriptions of 256 bits the nearest of the other `m`, and the other way round: the bits that differ, times 2^32, and
/// which one it is; the first where several are.
///
/// `others` has the first eight bytes of all, then the next, so that several are compared at once.
__attribute__((target_clones("avx512vpopcntdq", "avx2", "popcnt", "default")))
void findNearest(const uint64_t *rows, size_t n, const uint64_t *others, size_t m, uint64_t *ofRow, uint64_t *ofOther) {
  for (size_t i = 0; i < n; i++, rows += 4) {
    const uint64_t a = rows[0], b = rows[1], c = rows[2], d = rows[3];
    uint64_t nearest = UINT64_MAX;
    for (size_t j = 0; j < m; j++) {
      const auto bits = uint64_t(__builtin_popcountll(a ^ others[j]) + __builtin_popcountll(b ^ others[m + j]) +
                                 __builtin_popcountll(c ^ others[2 * m + j]) + __builtin_popcountll(d ^ others[3 * m + j]));
      nearest = std::min(nearest, bits << 32 | j);
      ofOther[j] = std::min(ofOther[j], bits << 32 | i);
    }
    ofRow[i] = nearest;
  }
}

/// Pairs of ORB's descriptions that are each other's nearest: what cv::BFMatcher finds with its cross-check.
std::vector<std::pair<int, int>> nearestPairs(const cv::Mat &first, const cv::Mat &second) {
  CV_Assert(first.isContinuous() && second.isContinuous() && first.cols == 32 && second.cols == 32);
  const auto n = size_t(first.rows), m = size_t(second.rows);
  std::vector<uint64_t> rows(4 * n), others(4 * m), ofFirst(n), ofSecond(m, UINT64_MAX);
  std::memcpy(rows.data(), first.data, 32 * n);
  for (size_t j = 0; j < m; j++)
    for (size_t part = 0; part < 4; part++) std::memcpy(&others[part * m + j], second.ptr(int(j)) + 8 * part, 8);
  findNearest(rows.data(), n, others.data(), m, ofFirst.data(), ofSecond.data());
  std::vector<std::pair<int, int>> pairs;
  for (size_t i = 0; i < n; i++)
    if (const auto j = uint32_t(ofFirst[i]); j < m && uint32_t(ofSecond[j]) == i) pairs.push_back({int(i), int(j)});
  return pairs;
}

/// Share of some of the blank's print that is on the scan, or no more than a millimetre aside; of what the picture shows.
double shown(copencv_page &blank, copencv_page &scan, const cv::Matx33f &level) {
  const cv::Mat &ink = scan.inkedWidely();
  int inside = 0, seen = 0;
  for (const cv::Vec2s &at : blank.somePrint()) {
    const cv::Vec3f there = level * cv::Vec3f(at[0], at[1], 1);
    const int x = cvRound(there[0] / there[2]), y = cvRound(there[1] / there[2]);
    if (x < 0 || y < 0 || x >= ink.cols || y >= ink.rows) continue;
    inside++;
    seen += ink.at<uint8_t>(y, x) != 0;
  }
  return inside > 0 ? double(seen) / inside : 0;
}

struct Found {
  cv::Point2d shift;
  double score;
};

/// Where `patch` lies in the scan near the place the homography says, to a part of a pixel.
Found find(const cv::Mat &patch, const cv::Mat &scan, const cv::Matx33d &h, cv::Point2d place, int reach) {
  double half = patch.cols / 2;
  Look look(patch, scan, h, place - cv::Point2d(half, half), reach);
  return {look.place() - cv::Point2d(reach, reach), look.best};
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
    match->shown = shown(*blank, *scan, level);
    store(fromLevel(*blank, *scan, level, 100), match->h);
    return 1;
  });
}

int32_t copencv_reseat(copencv_page *blank, copencv_page *scan, double *h9) {
  return guarded([&]() -> int32_t {
    // A quarter of 100 dpi: a pixel is about a millimetre.
    constexpr int shrink = 4, across = 24, down = 45;
    cv::Size size = blank->sizeAt(100), small(size.width / shrink, size.height / shrink);
    if (small.width <= 3 * across || small.height <= 3 * down) return 0;
    cv::Mat ink, seen, print;
    cv::warpPerspective(scan->inked(), ink, toLevel(*blank, *scan, h9, 100), size, cv::INTER_NEAREST | cv::WARP_INVERSE_MAP,
                        cv::BORDER_CONSTANT, 0);
    cv::resize(ink, seen, small, 0, 0, cv::INTER_AREA);
    cv::resize(blank->printed(), print, small, 0, 0, cv::INTER_AREA);
    cv::Mat likeness;
    cv::matchTemplate(seen, print(cv::Rect(across, down, small.width - 2 * across, small.height - 2 * down)), likeness,
                      cv::TM_CCOEFF_NORMED);
    double best;
    cv::Point peak;
    cv::minMaxLoc(likeness, nullptr, &best, nullptr, &peak);
    cv::Point by = peak - cv::Point(across, down);
    // Where it lies already, the closer looks find the rest.
    if (std::max(std::abs(by.x), std::abs(by.y)) < 2 || best < likeness.at<float>(down, across) + 0.05) return 0;
    const cv::Matx33d pixels = blank->toLevel(100) * blank->fromMM();
    const cv::Matx33d aside(1, 0, by.x * shrink, 0, 1, by.y * shrink, 0, 0, 1);
    const cv::Matx33d moved = cv::Matx33d(h9) * pixels.inv() * aside * pixels;
    store(moved * (1 / moved(2, 2)), h9);
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

int32_t copencv_compare(copencv_page *first, copencv_page *second, copencv_page *scan, const double *first_h,
                        const double *second_h, double *vote, double *weight) {
  return guarded([&] {
    // All three in the first's frame; the two blanks as closely as they can be laid on each other.
    constexpr int dpi = 150, reach = 3;
    cv::Matx33d across = second->fromMM() * cv::Matx33d(second_h).inv() * cv::Matx33d(first_h);
    copencv_anchor unused[128];
    if (copencv_refine(first, second, across.val, unused, 128) < 0) CV_Error(cv::Error::StsError, copencv_last_error());
    const cv::Mat &a = first->at(dpi);
    cv::Mat b;
    cv::warpPerspective(second->at(dpi), b, toLevel(*first, *second, across.val, dpi), a.size(),
                        cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 255);
    // Different only where no neighbour matches either: the frames may be a part of a pixel apart.
    cv::Mat aLow, aHigh, bLow, bHigh, near = cv::Mat::ones(3, 3, CV_8U);
    cv::erode(a, aLow, near), cv::dilate(a, aHigh, near), cv::erode(b, bLow, near), cv::dilate(b, bHigh, near);
    cv::Mat differs = (a + 60 < bLow) | (a > bHigh + 60) | (b + 60 < aLow) | (b > aHigh + 60);
    // What lies at the very edge of a blank is often no print.
    cv::rectangle(differs, {0, 0}, {differs.cols - 1, differs.rows - 1}, 0, 36);
    cv::dilate(differs, differs, cv::Mat::ones(5, 13, CV_8U));
    std::vector<int> areas;
    const std::vector<cv::Rect> places = components(differs, &areas);
    const cv::Matx33d onScan = toLevel(*first, *scan, first_h, dpi);
    *vote = *weight = 0;
    for (size_t i = 0; i < places.size(); i++) {
      if (areas[i] < 100) continue;
      constexpr int beside = 3;
      cv::Rect box = places[i] + cv::Size(2 * beside, 2 * beside) - cv::Point(beside, beside);
      box &= cv::Rect(beside, beside, a.cols - 2 * beside, a.rows - 2 * beside);
      if (box.empty()) continue;
      cv::Mat area;
      cv::warpPerspective(scan->at(dpi), area, onScan * cv::Matx33d(1, 0, box.x - reach, 0, 1, box.y - reach, 0, 0, 1),
                          box.size() + cv::Size(2 * reach, 2 * reach), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                          cv::BORDER_CONSTANT, 235);
      cv::Scalar mean, scanDeviation;
      cv::meanStdDev(area(cv::Rect({reach, reach}, box.size())), mean, scanDeviation);
      auto agrees = [&](const cv::Mat &blank) {
        cv::Scalar deviation;
        cv::meanStdDev(blank(box), mean, deviation);
        // Nothing printed there: the emptier the scan, the more alike.
        if (deviation[0] < 4) return scanDeviation[0] < 8 ? 1.0 : 0.0;
        return scanDeviation[0] < 4 ? 0.0 : likeness(area, blank(box));
      };
      double w = std::sqrt(std::min(areas[i], 4500)) / 1.5;
      *vote += w * (agrees(a) - agrees(b));
      *weight += w;
    }
    if (*weight > 0) *vote /= *weight;
    return 0;
  });
}
}
