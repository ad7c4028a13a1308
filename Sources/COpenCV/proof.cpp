// Holds the print of a blank against a scan that is registered to it.
#include "changes.hpp"
#include "glyphs.hpp"
#include "straight.hpp"

namespace {
/// How many pixels of a printed word have other print in their place, at 150 dpi; 0 for a word that is there, written
/// over, or gone without a trace.
///
/// Lines of text lie on each other whatever they say, as seen at 100 dpi and with the strokes made wide: that some ink is
/// there proves no word.
int32_t replaced(const cv::Mat &blank, const Word &word) {
  cv::Mat print = blank(word.box) < 140;
  int printed = cv::countNonZero(print);
  const Look &look = word.look;
  // Pieces of a frame are no word.
  if (printed < 90 || look.best >= 0.5) return 0;
  double paper;
  cv::minMaxLoc(look.area, nullptr, &paper);
  cv::Mat ink = look.area(cv::Rect(look.peak, word.box.size())) < 0.72 * paper;
  int inked = cv::countNonZero(ink);
  // Nothing there is a hole or a pale print, and much more is a stamp; what is missing without another is told elsewhere.
  if (inked < 0.4 * printed || inked > 2.5 * printed) return 0;
  return printed - cv::countNonZero(print & ink);
}

/// Each of the blank's words with what the scan shows near its place, both at 150 dpi; an empty one where that is not on the scan.
std::vector<Word> looks(copencv_page &blank, copencv_page &scan, const double *h, const Shifts &shifts) {
  const std::vector<cv::Rect> &words = blank.words();
  const cv::Matx33d coarse = toLevel(blank, scan, h, 100), close = toLevel(blank, scan, h, 150);
  const cv::Matx33d coarsePixels = blank.toLevel(100) * blank.fromMM(), pixels = blank.toLevel(150) * blank.fromMM();
  // All copies are made before many look at them.
  const cv::Mat &picture = blank.at(150), &seen = scan.at(150);
  const cv::Rect whole({0, 0}, picture.size());
  const cv::Rect2d onScan(2, 2, scan.at(100).cols - 5, scan.at(100).rows - 5);
  std::vector<Word> found(words.size());
  cv::parallel_for_({0, int(words.size())}, [&](const cv::Range &range) {
    for (int i = range.start; i < range.end; i++) {
      const cv::Rect &word = words[size_t(i)];
      const cv::Vec2f off = shifts.at((word.tl() + word.br()) / 2);
      auto isOnScan = [&](int x, int y) {
        const cv::Vec3d at = coarse * cv::Vec3d(x + off[0] * coarsePixels(0, 0), y + off[1] * coarsePixels(1, 1), 1);
        return onScan.contains(cv::Point2d(at[0] / at[2], at[1] / at[2]));
      };
      const int right = word.br().x - 1, bottom = word.br().y - 1;
      if (!isOnScan(word.x, word.y) || !isOnScan(right, word.y) || !isOnScan(word.x, bottom) || !isOnScan(right, bottom)) continue;
      constexpr double fine = 1.5;
      cv::Rect box(cvFloor(word.x * fine) - 1, cvFloor(word.y * fine) - 1, cvCeil(word.width * fine) + 2,
                   cvCeil(word.height * fine) + 2);
      box &= whole;
      const cv::Point2d corner(box.x + off[0] * pixels(0, 0), box.y + off[1] * pixels(1, 1));
      found[size_t(i)] = {box, Look(picture(box), seen, close, corner, glyphReach)};
    }
  });
  return found;
}

/// Pixels of print that the scan lacks, where they are gathered: a lost word or figure, not the rim of a shifted line.
int32_t lost(const cv::Mat &missing, std::vector<cv::Rect> &places) {
  cv::Mat joined;
  cv::dilate(missing, joined, cv::Mat::ones(3, 5, CV_8U));
  int total = 0;
  for (const cv::Rect &box : components(joined)) {
    int pixels = cv::countNonZero(missing(box));
    if (pixels < 20 || box.width < 5 || box.height < 5) continue;
    total += pixels;
    places.push_back(box);
  }
  return total;
}
}  // namespace

extern "C" {
int32_t copencv_prove(copencv_page *blank, copencv_page *scan, const float *shifts, int32_t columns, int32_t rows,
                      double least, copencv_match *match, copencv_change *changes, int32_t capacity) {
  return guarded([&] {
    const cv::Mat &print = blank->printed();
    // What a turned page lost beyond the picture's edge cannot be missing on it.
    const Straight lies(*blank, *scan, match->h, shifts, columns, rows);
    cv::Mat ink, seen;
    cv::remap(scan->inked(), ink, lies.map, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_CONSTANT, 0);
    const cv::Rect inner = within(print.size());
    cv::Mat expected = cv::Mat::zeros(print.size(), CV_8U);
    print(inner).copyTo(expected(inner));
    match->print = cv::countNonZero(expected);
    expected &= lies.inside;
    cv::bitwise_and(expected, ink, seen);
    match->outside = match->print - cv::countNonZero(expected);
    match->print -= match->outside;
    match->explained = match->print > 0 ? double(cv::countNonZero(seen)) / match->print : 0;
    match->changed = match->words = match->missing_words = match->unseen_words = match->replaced = 0;
    // Another form, whatever its words say.
    if (match->explained < least) return 0;
    std::vector<cv::Rect> lostPlaces;
    match->changed = lost(expected & ~ink & ~blank->marks(), lostPlaces);
    const std::vector<cv::Rect> &words = blank->words();
    const std::vector<Word> found = looks(*blank, *scan, match->h, {shifts, columns, rows, print.size()});
    const cv::Matx33d pixels = blank->toLevel(100) * blank->fromMM();
    Changes all{changes, capacity};
    cv::Mat straight;
    for (size_t i = 0; i < words.size(); i++) {
      const cv::Rect &word = words[i];
      if (found[i].look.area.empty()) {
        match->unseen_words += (word & inner) == word;
        continue;
      }
      match->words++;
      const int32_t other = replaced(blank->at(150), found[i]);
      // Written over, it looks otherwise but its ink is still there; replaced, neither.
      bool isMissing = cv::countNonZero(seen(word)) < 0.85 * cv::countNonZero(expected(word));
      if (isMissing) {
        if (straight.empty())
          cv::remap(scan->at(100), straight, lies.map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, 235);
        const cv::Rect around = word + cv::Size(2, 2) - cv::Point(1, 1);
        isMissing = likeness(straight(around), blank->at(100)(word)) < 0.35;
      }
      match->missing_words += isMissing;
      match->replaced += other;
      if (isMissing || other > 0) all.add(word, pixels);
    }
    for (const cv::Rect &box : lostPlaces) all.add(box, pixels);
    return all.written;
  });
}

int32_t copencv_replaced(copencv_page *blank, copencv_page *scan, const double *h, const float *shifts, int32_t columns,
                         int32_t rows, copencv_change *changes, int32_t capacity) {
  return guarded([&] {
    const cv::Mat &marks = blank->marks();
    const cv::Matx33d pixels = blank->toLevel(150) * blank->fromMM();
    Changes all{changes, capacity};
    const std::vector<Word> words = looks(*blank, *scan, h, {shifts, columns, rows, marks.size()});
    for (const cv::Rect &glyph : findReplacedGlyphs(blank->at(150), words)) {
      cv::Rect coarse(glyph.x * 2 / 3, glyph.y * 2 / 3, glyph.width * 2 / 3 + 1, glyph.height * 2 / 3 + 1);
      if (cv::countNonZero(marks(coarse & cv::Rect({0, 0}, marks.size()))) == 0) all.add(glyph, pixels);
    }
    return all.written;
  });
}
}
