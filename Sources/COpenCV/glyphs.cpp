// Finds printed letters and digits of a blank that are others on the scan: what tells one edition of a form from the next where
// nothing but a date or a number differs.
//
// Writing and stamps add ink and take none away; another letter does both, within the letter's own box. How the scanner blurs
// and pales print is the same for all letters of a page, so it is measured first and the blank is made to look like it.
#include "glyphs.hpp"

namespace {
/// Around a word, so that blurring it brings in nothing from outside.
constexpr int margin = 4;
constexpr double blurs[] = {0, 0.5, 0.7, 0.9, 1.1, 1.4};
/// Of a letter's ink, what must be both missing and more than there should be. Letters that are the same have 0.05 at most on
/// scans of 150 dpi and JPEG 50, another digit of 8 points 0.09 and more.
constexpr double leastBoth = 0.08;
/// Letters that are the same are at least 0.92 alike where nobody wrote over them; most others are 0.6 alike.
constexpr double mostLike = 0.82;
/// A cross over a letter, or in a box that counts as one, hides some of it: a fifth of what it adds.
constexpr double leastShare = 0.3;

/// A word's print and what is seen in its place.
struct Pair {
  cv::Rect box;
  /// With a margin all around.
  cv::Mat print;
  cv::Mat area;
  /// Where in `area` the word begins, and what is seen there.
  cv::Point2d place;
  cv::Mat seen;
  double printPaper = 255, scanPaper = 255;

  Pair() = default;

  Pair(const cv::Mat &blank, const Word &word) : box(word.box), place(word.look.place()) {
    cv::Rect wide = box + cv::Size(2 * margin, 2 * margin) - cv::Point(margin, margin);
    cv::Rect inside = wide & cv::Rect({0, 0}, blank.size());
    cv::copyMakeBorder(blank(inside), print, inside.y - wide.y, wide.br().y - inside.br().y, inside.x - wide.x,
                       wide.br().x - inside.br().x, cv::BORDER_REPLICATE);
    print.convertTo(print, CV_32F);
    word.look.area.convertTo(area, CV_32F);
    seen = moved({0, 0});
    std::vector<float> all(print.begin<float>(), print.end<float>());
    printPaper = ranked(all, size_t(double(all.size() - 1) * 0.9));
    // Of what the blank has as paper, so that dense print does not darken it; writing covers less than half of that.
    cv::Mat paper = blurred(0) > printPaper - 20;
    std::vector<float> values;
    for (int y = 0; y < seen.rows; y++)
      for (int x = 0; x < seen.cols; x++)
        if (paper.at<uint8_t>(y, x)) values.push_back(seen.at<float>(y, x));
    if (values.size() >= 8) scanPaper = ranked(values, values.size() * 6 / 10);
  }

  /// The print as the scanner blurs it, without the margin.
  cv::Mat blurred(double sigma) const {
    cv::Mat soft;
    if (sigma > 0) cv::GaussianBlur(print, soft, {0, 0}, sigma);
    else soft = print;
    return soft(cv::Rect(margin, margin, box.width, box.height));
  }

  /// What the scan shows so much beside where the word was found.
  cv::Mat moved(cv::Point2d by) const {
    cv::Mat result;
    cv::Matx23d map(1, 0, place.x + by.x, 0, 1, place.y + by.y);
    cv::warpAffine(area, result, map, box.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
    return result;
  }
};

double correlation(const cv::Mat &a, const cv::Mat &b) {
  cv::Mat score;
  cv::matchTemplate(a, b, score, cv::TM_CCOEFF_NORMED);
  float value = score.at<float>(0, 0);
  return std::isfinite(value) ? value : 0;
}

/// How the scanner renders print: how soft, and how much of the contrast is left.
struct Rendering {
  double blur = 0.7, contrast = 1;
};

Rendering rendering(const std::vector<Pair> &pairs) {
  Rendering found;
  // Two dozen words tell it as well as all.
  std::vector<const Pair *> some;
  for (size_t i = 0; i < pairs.size(); i += pairs.size() / 24 + 1) some.push_back(&pairs[i]);
  double best = -1;
  std::vector<double> values;
  for (double blur : blurs) {
    values.clear();
    for (const Pair *pair : some) values.push_back(correlation(pair->seen, pair->blurred(blur)));
    if (double middle = ranked(values, values.size() / 2); middle > best) best = middle, found.blur = blur;
  }
  values.clear();
  for (const Pair *pair : some) {
    cv::Mat ink = pair->printPaper - pair->blurred(found.blur), dark = pair->scanPaper - pair->seen;
    double square = ink.dot(ink);
    if (square > 0) values.push_back(dark.dot(ink) / square);
  }
  if (!values.empty()) found.contrast = std::clamp(ranked(values, values.size() / 2), 0.1, 1.5);
  return found;
}

/// The letters of a word: what hangs together, with its dots.
std::vector<cv::Rect> letters(const Pair &pair) {
  cv::Mat ink = pair.blurred(0) < 0.67 * pair.printPaper, joined;
  cv::dilate(ink, joined, cv::Mat::ones(5, 1, CV_8U));
  std::vector<cv::Rect> boxes;
  for (cv::Rect box : components(joined)) {
    box &= cv::Rect({0, 0}, ink.size());
    if (box.width < 3 || box.height < 8 || box.width > 70 || box.height > 60) continue;
    if (cv::countNonZero(ink(box)) >= 12) boxes.push_back(box);
  }
  return boxes;
}

struct Difference {
  double missing = 0, extra = 0, likeness = 0;
  double both() const { return std::min(missing, extra); }
  /// Whether another letter stands there, not one that was written over.
  bool isOther(double least) const { return both() >= least && missing >= leastShare * extra && likeness < mostLike; }
};

Difference difference(const Pair &pair, const cv::Mat &soft, const cv::Mat &seen, cv::Rect letter,
                      const Rendering &rendering) {
  cv::Rect around = (letter + cv::Size(2, 2) - cv::Point(1, 1)) & cv::Rect({0, 0}, seen.size());
  const double tolerance = 0.05 * 255 * rendering.contrast;
  double ink = 0, missing = 0, extra = 0;
  for (int y = around.y; y < around.br().y; y++) {
    for (int x = around.x; x < around.br().x; x++) {
      double expected = rendering.contrast * (pair.printPaper - soft.at<float>(y, x));
      double dark = pair.scanPaper - seen.at<float>(y, x);
      ink += std::max(0.0, expected);
      missing += std::max(0.0, expected - dark - tolerance);
      extra += std::max(0.0, dark - expected - tolerance);
    }
  }
  if (ink <= 0) return {0, 0, 1};
  return {missing / ink, extra / ink, correlation(seen(around), soft(around))};
}
}  // namespace

std::vector<cv::Rect> findReplacedGlyphs(const cv::Mat &blank, const std::vector<Word> &words) {
  std::vector<const Word *> there;
  for (const Word &word : words)
    if (!word.look.area.empty()) there.push_back(&word);
  // Too few to say what print looks like on this page.
  if (there.size() < 8) return {};
  std::vector<Pair> pairs(there.size());
  cv::parallel_for_({0, int(pairs.size())}, [&](const cv::Range &range) {
    for (int i = range.start; i < range.end; i++) pairs[size_t(i)] = Pair(blank, *there[size_t(i)]);
  });
  const Rendering rendered = rendering(pairs);
  struct Seen {
    cv::Rect box;
    double both;
    /// With the letter moved to where it is most like.
    Difference closest;
  };
  std::vector<std::vector<Seen>> found(pairs.size());
  cv::parallel_for_({0, int(pairs.size())}, [&](const cv::Range &range) {
    for (int i = range.start; i < range.end; i++) {
      const Pair &pair = pairs[size_t(i)];
      const cv::Mat soft = pair.blurred(rendered.blur);
      for (cv::Rect letter : letters(pair)) {
        Difference here = difference(pair, soft, pair.seen, letter, rendered);
        Difference closest = here;
        if (here.isOther(leastBoth)) {
          // Perhaps it only lies a little beside its neighbours.
          for (double dy = -1; dy <= 1; dy += 0.5)
            for (double dx = -1; dx <= 1; dx += 0.5) {
              Difference there = difference(pair, soft, pair.moved({dx, dy}), letter, rendered);
              if (there.likeness > closest.likeness) closest = there;
            }
        }
        found[size_t(i)].push_back({letter + pair.box.tl(), here.both(), closest});
      }
    }
  });
  std::vector<double> noise;
  for (const auto &word : found)
    for (const Seen &one : word) noise.push_back(one.both);
  if (noise.size() < 40) return {};
  const double least = std::max(leastBoth, 3 * ranked(noise, noise.size() * 9 / 10));
  std::vector<cv::Rect> replaced;
  for (const auto &word : found)
    for (const Seen &one : word)
      if (one.closest.isOther(least)) replaced.push_back(one.box);
  return replaced;
}
