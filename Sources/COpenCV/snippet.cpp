#include "page.hpp"
#include <array>

namespace {
cv::Mat ellipse(int side) { return cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side}); }

/// How often each grey level occurs: percentiles of many pixels without sorting them.
class Levels {
  std::array<uint32_t, 256> counts{};
  size_t total = 0;

public:
  void add(uint8_t level) { counts[level]++, total++; }

  void add(const Levels &other) {
    for (size_t level = 0; level < counts.size(); level++) counts[level] += other.counts[level];
    total += other.total;
  }

  size_t count() const { return total; }

  /// The level that `share` of the pixels lie below; there must be pixels.
  double percentile(double share) const {
    size_t place = std::min(total - 1, size_t(share * double(total))), below = 0, level = 0;
    while ((below += counts[level]) <= place) level++;
    return double(level);
  }
};

/// How light the bare paper is on the scan, everywhere: 255 on the blank corresponds to it.
cv::Mat paperLevel(const cv::Mat &scan, const cv::Mat &blank, const cv::Mat &usable) {
  constexpr int block = 24;
  int rows = (scan.rows + block - 1) / block, columns = (scan.cols + block - 1) / block;
  cv::Mat level(rows, columns, CV_32F, cv::Scalar(-1));
  Levels all;
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      cv::Rect part = cv::Rect(column * block, row * block, block, block) & cv::Rect({}, scan.size());
      Levels values;
      for (int y = part.y; y < part.y + part.height; y++) {
        const auto *use = usable.ptr<uint8_t>(y), *seen = scan.ptr<uint8_t>(y), *print = blank.ptr<uint8_t>(y);
        for (int x = part.x; x < part.x + part.width; x++)
          if (use[x]) values.add(cv::saturate_cast<uint8_t>(seen[x] * 255 / std::max<int>(1, print[x])));
      }
      if (values.count() < 40) continue;
      all.add(values);
      level.at<float>(row, column) = float(values.percentile(0.75));
    }
  double whole = all.count() == 0 ? 235 : all.percentile(0.75);
  // A block full of ink knows nothing of the paper.
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      float &value = level.at<float>(row, column);
      if (value < whole * 0.85) value = float(whole);
    }
  if (rows >= 3 && columns >= 3) cv::medianBlur(level, level, 3);
  cv::Mat result;
  cv::resize(level, result, scan.size(), 0, 0, cv::INTER_LINEAR);
  return result;
}

double noise(const cv::Mat &scan, const cv::Mat &usable) {
  cv::Mat smooth, off;
  cv::GaussianBlur(scan, smooth, {5, 5}, 1.2);
  cv::absdiff(scan, smooth, off);
  Levels values;
  for (int y = 0; y < off.rows; y += 2)
    for (int x = 0; x < off.cols; x += 2)
      if (usable.at<uint8_t>(y, x)) values.add(off.at<uint8_t>(y, x));
  return values.count() < 100 ? 3 : values.percentile(0.5) * 1.48;
}

struct Ink {
  cv::Mat mask;      // strokes, also where they were closed across print
  cv::Mat paper;     // CV_32F
  int pixels = 0;    // inside the inner rectangle, without what might be the blank's
};

/// What is clearly darker than print is elsewhere on this scan; nothing where there is too little print to tell.
cv::Mat darkerThanPrint(const cv::Mat &seen, const cv::Mat &blank, const cv::Mat &paper, const cv::Mat &print) {
  cv::Mat expected, contrast = paper - seen;
  cv::multiply(255 - blank, paper, expected, 1 / 255.0, CV_32F);  // the print's contrast, were it as dark as the blank's
  Levels percent;  // of the expected
  for (int y = 0; y < seen.rows; y++)
    for (int x = 0; x < seen.cols; x++)
      if (print.at<uint8_t>(y, x) && blank.at<uint8_t>(y, x) < 200)
        percent.add(cv::saturate_cast<uint8_t>(100 * contrast.at<float>(y, x) / std::max(1.0f, expected.at<float>(y, x))));
  if (percent.count() < 400) return cv::Mat::zeros(seen.size(), CV_8U);
  // The darkest tenth may be ink.
  return contrast > expected * (percent.percentile(0.9) / 100) + 25;
}

/// The connected parts of `addition` that touch `mask`.
cv::Mat touching(const cv::Mat &mask, const cv::Mat &addition) {
  cv::Mat labels, near;
  int count = cv::connectedComponents(addition, labels, 8);
  cv::dilate(mask, near, cv::Mat::ones(3, 3, CV_8U));
  std::vector<uint8_t> keep(static_cast<size_t>(count));
  for (int y = 0; y < labels.rows; y++)
    for (int x = 0; x < labels.cols; x++)
      if (near.at<uint8_t>(y, x)) keep[size_t(labels.at<int>(y, x))] = 255;
  keep[0] = 0;
  cv::Mat result = cv::Mat::zeros(mask.size(), CV_8U);
  for (int y = 0; y < labels.rows; y++)
    for (int x = 0; x < labels.cols; x++) result.at<uint8_t>(y, x) = keep[size_t(labels.at<int>(y, x))];
  return result;
}

Ink inkBeyond(const cv::Mat &scan, const cv::Mat &blank, cv::Rect inner) {
  cv::Mat low, high;
  cv::erode(blank, low, ellipse(9)), cv::dilate(blank, high, ellipse(9));
  cv::Mat flat = (high - low) < 12;
  cv::Mat usable = (flat & (blank > 120)) | (low > 235);
  Ink ink;
  ink.paper = paperLevel(scan, blank, usable);

  // What the blank lets expect, as dark as any pixel nearby: the page may lie a pixel or two aside. Print may come out
  // darker and thicker than on the blank; an even tint is known exactly.
  cv::Mat nearest, expected, seen;
  cv::erode(blank, nearest, ellipse(5));
  nearest.convertTo(expected, CV_32F, 1 / 255.0);
  cv::Mat print = (nearest < 240) & ~flat;
  cv::multiply(expected, cv::Scalar(0.6), expected, 1, CV_32F);
  cv::Mat exact;
  nearest.convertTo(exact, CV_32F, 1 / 255.0);
  exact.copyTo(expected, ~print);
  cv::multiply(expected, ink.paper, expected);
  double sigma = noise(scan, usable);
  cv::GaussianBlur(scan, seen, {3, 3}, sigma > 6 ? 1.2 : 0.7);
  seen.convertTo(seen, CV_32F);
  double threshold = std::clamp(3.5 * sigma, 30.0, 60.0);
  cv::Mat found = (expected - seen) > threshold;

  cv::Mat labels, stats, centres, depth, beside;
  cv::dilate((blank < 215) & ~flat, beside, ellipse(13));
  cv::distanceTransform(found, depth, cv::DIST_L2, 3);
  int count = cv::connectedComponentsWithStats(found, labels, stats, centres, 8);
  std::vector<int> nearPrint(static_cast<size_t>(count)), inside(static_cast<size_t>(count));
  std::vector<float> thickness(static_cast<size_t>(count)), darkest(static_cast<size_t>(count));
  for (int y = 0; y < labels.rows; y++) {
    const int *row = labels.ptr<int>(y);
    for (int x = 0; x < labels.cols; x++) {
      if (!row[x]) continue;
      auto l = size_t(row[x]);
      if (beside.at<uint8_t>(y, x)) nearPrint[l]++;
      if (inner.contains({x, y})) inside[l]++;
      thickness[l] = std::max(thickness[l], depth.at<float>(y, x));
      darkest[l] = std::max(darkest[l], expected.at<float>(y, x) - seen.at<float>(y, x));
    }
  }
  std::vector<uint8_t> keep(static_cast<size_t>(count));
  for (int i = 1; i < count; i++) {
    auto l = size_t(i);
    int area = stats.at<int>(i, cv::CC_STAT_AREA);
    bool speck = area < 8 || (area < 20 && darkest[l] < threshold + 15);
    // A thin fringe that never leaves the print: the print itself, shifted or fatter.
    bool fringe = nearPrint[l] >= area * 0.9 && (thickness[l] < 2.5f || area < 40);
    keep[l] = !speck && !fringe;
    if (keep[l] && area >= 14) ink.pixels += inside[l];
  }
  ink.mask = cv::Mat::zeros(scan.size(), CV_8U);
  for (int y = 0; y < labels.rows; y++) {
    const int *row = labels.ptr<int>(y);
    auto *mask = ink.mask.ptr<uint8_t>(y);
    for (int x = 0; x < labels.cols; x++)
      if (row[x] && keep[size_t(row[x])]) mask[x] = 255;
  }

  // Give strokes back what ran under the print.
  cv::Mat closed, dark;
  cv::morphologyEx(ink.mask, closed, cv::MORPH_CLOSE, ellipse(13));
  dark = (ink.paper - seen) > threshold;
  ink.mask |= closed & print & dark;
  // A stroke along a frame has nothing on its other side to be closed with, but a pen is often darker than the frame is.
  ink.mask |= touching(ink.mask, print & darkerThanPrint(seen, nearest, ink.paper, print));
  return ink;
}
}  // namespace

extern "C" {
int32_t copencv_align(const uint8_t *scan, const uint8_t *blank, int32_t width, int32_t height, double *dx, double *dy) {
  return guarded([&]() -> int32_t {
    *dx = *dy = 0;
    constexpr int reach = 4;
    cv::Mat s, b, score;
    cv::resize(view(scan, width, height), s, {width / 2, height / 2}, 0, 0, cv::INTER_AREA);
    cv::resize(view(blank, width, height), b, {width / 2, height / 2}, 0, 0, cv::INTER_AREA);
    cv::Rect middle(reach, reach, b.cols - 2 * reach, b.rows - 2 * reach);
    if (middle.width < 12 || middle.height < 12) return 0;
    cv::Scalar mean, deviation;
    cv::meanStdDev(b(middle), mean, deviation);
    if (deviation[0] < 5) return 0;
    cv::matchTemplate(s, b(middle), score, cv::TM_CCOEFF_NORMED);
    double original = score.at<float>(reach, reach);
    // Along a line every place is as good: prefer the registration's.
    for (int y = 0; y < score.rows; y++)
      for (int x = 0; x < score.cols; x++)
        score.at<float>(y, x) -= 0.006f * float((x - reach) * (x - reach) + (y - reach) * (y - reach));
    double best;
    cv::Point peak;
    cv::minMaxLoc(score, nullptr, &best, nullptr, &peak);
    if (best < 0.35 || peak.x == 0 || peak.y == 0 || peak.x == 2 * reach || peak.y == 2 * reach) return 0;
    if (peak != cv::Point(reach, reach) && best < original + 0.01) return 0;
    *dx = 2 * (peak.x - reach + peakBetween(score.at<float>(peak.y, peak.x - 1), score.at<float>(peak), score.at<float>(peak.y, peak.x + 1)));
    *dy = 2 * (peak.y - reach + peakBetween(score.at<float>(peak.y - 1, peak.x), score.at<float>(peak), score.at<float>(peak.y + 1, peak.x)));
    return 1;
  });
}

int32_t copencv_clean(const uint8_t *scan, const uint8_t *blank, int32_t width, int32_t height, copencv_rect inner,
                      uint8_t *cleaned) {
  return guarded([&]() -> int32_t {
    cv::Mat s = view(scan, width, height), out = view(cleaned, width, height);
    Ink ink = inkBeyond(s, view(blank, width, height), {inner.x, inner.y, inner.width, inner.height});
    cv::Mat level, soft;
    s.convertTo(level, CV_32F, 255.0);
    cv::divide(level, ink.paper, level);
    level.convertTo(level, CV_8U);
    // The soft edges of strokes belong to them.
    cv::dilate(ink.mask, soft, cv::Mat::ones(3, 3, CV_8U));
    out.setTo(255);
    level.copyTo(out, soft);
    return ink.pixels;
  });
}

int32_t copencv_measure_mark(const uint8_t *scan, const uint8_t *blank, int32_t width, int32_t height, copencv_rect box,
                             copencv_mark *mark) {
  return guarded([&] {
    *mark = {};
    cv::Mat s = view(scan, width, height), b = view(blank, width, height);
    cv::Rect frame(box.x, box.y, box.width, box.height), whole({}, s.size());
    constexpr int margin = 5, reach = 8;
    cv::Rect patch = (frame + cv::Size(2 * margin, 2 * margin) - cv::Point(margin, margin)) & whole;
    cv::Rect area = (patch + cv::Size(2 * reach, 2 * reach) - cv::Point(reach, reach)) & whole;
    cv::Point home = patch.tl() - area.tl(), shift(0, 0);
    cv::Scalar mean, deviation;
    cv::meanStdDev(b(patch), mean, deviation);
    if (deviation[0] > 5) {
      cv::Mat score;
      cv::Point peak;
      cv::matchTemplate(s(area), b(patch), score, cv::TM_CCOEFF_NORMED);
      for (int y = 0; y < score.rows; y++)
        for (int x = 0; x < score.cols; x++) {
          cv::Point off = cv::Point(x, y) - home;
          score.at<float>(y, x) -= 0.001f * float(off.dot(off));
        }
      cv::minMaxLoc(score, nullptr, &mark->match, nullptr, &peak);
      if (mark->match > 0.35) shift = peak - home;
    }
    mark->dx = shift.x, mark->dy = shift.y;

    // The paper around, not the page's: shadows and tints are local.
    Levels around, blankAround;
    for (int y = 0; y < height; y += 2)
      for (int x = 0; x < width; x += 2) around.add(s.at<uint8_t>(y, x)), blankAround.add(b.at<uint8_t>(y, x));
    double paper = around.percentile(0.6), blankPaper = blankAround.percentile(0.6);

    // Inside of the printed frame and of anything else the blank has there.
    cv::Mat print;
    // Print may come out fatter by some pixels, and the box was found again to a pixel only.
    cv::dilate(b < blankPaper - 40, print, ellipse(9));
    auto share = [&](int inset) {
      cv::Rect inside(frame.x + inset, frame.y + inset, frame.width - 2 * inset, frame.height - 2 * inset);
      int free = 0, inked = 0;
      for (int y = inside.y; y < inside.y + inside.height; y++)
        for (int x = inside.x; x < inside.x + inside.width; x++) {
          int sx = x + shift.x, sy = y + shift.y;
          if (!whole.contains({x, y}) || !whole.contains({sx, sy}) || print.at<uint8_t>(y, x)) continue;
          free++;
          if (s.at<uint8_t>(sy, sx) < paper - 40) inked++;
        }
      return free > 0 ? double(inked) / free : 0.0;
    };
    int side = std::min(frame.width, frame.height);
    int inset = std::clamp(side / 7, 2, 8);
    mark->ink = share(inset);

    // Where print fills the box, as a letter does in its circle, only the whole tells: how dark it is, and how dark the blank.
    cv::Rect inside(frame.x + inset, frame.y + inset, frame.width - 2 * inset, frame.height - 2 * inset);
    double count = 0, clear = 0, seen = 0, printed = 0;
    auto darkness = [](double value, double white) { return std::clamp((white - value) / std::max(white, 1.0), 0.0, 1.0); };
    for (int y = inside.y; y < inside.y + inside.height; y++)
      for (int x = inside.x; x < inside.x + inside.width; x++) {
        // The round part: circles have their own frame in the corners.
        double u = (x + 0.5 - inside.x) / inside.width * 2 - 1, v = (y + 0.5 - inside.y) / inside.height * 2 - 1;
        int sx = x + shift.x, sy = y + shift.y;
        if (u * u + v * v > 1 || !whole.contains({x, y}) || !whole.contains({sx, sy})) continue;
        count++;
        clear += !print.at<uint8_t>(y, x);
        seen += darkness(s.at<uint8_t>(sy, sx), paper);
        printed += darkness(b.at<uint8_t>(y, x), blankPaper);
      }
    mark->free = count > 0 ? clear / count : 1;
    mark->dark = count > 0 ? seen / count : 0;
    mark->printed = count > 0 ? printed / count : 0;
    mark->fill = share(std::clamp(side / 12, 1, 4));
    return 0;
  });
}
}
