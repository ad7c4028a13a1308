// Holds the print of a blank against a scan that is registered to it.
#include "glyphs.hpp"
#include "straight.hpp"

namespace {
/// Of a form's print, what a page must show to be it or an edition of it; `Proof.verdict` asks for no less.
constexpr double leastExplained = 0.65;

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

/// A word of the blank, boxed at 100 dpi, with what the scan shows near its place, both at 150 dpi.
///
/// `off` is what the homography misses there, in pixels.
Word look(copencv_page &blank, copencv_page &scan, const cv::Matx33d &h, cv::Rect word, cv::Point2d off) {
  constexpr double fine = 1.5;
  const cv::Mat &picture = blank.at(150);
  cv::Rect box(cvFloor(word.x * fine) - 1, cvFloor(word.y * fine) - 1, cvCeil(word.width * fine) + 2,
               cvCeil(word.height * fine) + 2);
  box &= cv::Rect({0, 0}, picture.size());
  return {box, Look(picture(box), scan.at(150), h, cv::Point2d(box.tl()) + off, glyphReach)};
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
                      copencv_match *match, copencv_change *changes, int32_t capacity) {
  return guarded([&] {
    const cv::Mat &print = blank->printed();
    const cv::Matx33d pixels = blank->toLevel(100) * blank->fromMM();
    // What a turned page lost beyond the picture's edge cannot be missing on it.
    const Straight lies(*blank, *scan, match->h, shifts, columns, rows);
    const cv::Mat &shift = lies.shift, &map = lies.map, &inside = lies.inside;
    cv::Mat ink, seen, straight;
    cv::remap(scan->inked(), ink, map, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_CONSTANT, 0);
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
    match->changed = match->words = match->missing_words = match->replaced = 0;
    // Another form, whatever its words say.
    if (match->explained < leastExplained) return 0;
    cv::remap(scan->at(100), straight, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, 235);
    std::vector<cv::Rect> lostPlaces;
    match->changed = lost(expected & ~ink & ~blank->marks(), lostPlaces);
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
    std::vector<Word> looks(words.size());
    cv::parallel_for_({0, int(words.size())}, [&](const cv::Range &range) {
      for (int i = range.start; i < range.end; i++) {
        const cv::Rect &word = words[size_t(i)];
        if (cv::countNonZero(inside(word)) < word.area()) continue;
        auto off = shift.at<cv::Vec2f>(word.y + word.height / 2, word.x + word.width / 2);
        // Written over, it looks otherwise but its ink is still there; replaced, neither.
        bool isCovered = cv::countNonZero(seen(word)) >= 0.85 * cv::countNonZero(expected(word));
        Word &here = looks[size_t(i)] =
            look(*blank, *scan, close, word, {off[0] * closePixels(0, 0), off[1] * closePixels(1, 1)});
        said[size_t(i)] = {true, !isCovered && likeness(straight, level, word) < 0.35, replaced(blank->at(150), here)};
      }
    });
    const cv::Rect whole({0, 0}, print.size());
    int32_t written = 0;
    auto add = [&](const cv::Rect &box, const cv::Matx33d &map, int32_t kind) {
      if (written == capacity) return;
      double x = (box.x - map(0, 2)) / map(0, 0), y = (box.y - map(1, 2)) / map(1, 1);
      changes[written++] = {x, y, box.width / map(0, 0), box.height / map(1, 1), kind};
    };
    for (size_t i = 0; i < said.size(); i++) {
      match->words += said[i].isThere;
      match->missing_words += said[i].isMissing;
      match->replaced += said[i].replaced;
      if (said[i].isMissing || said[i].replaced > 0) add(words[i], pixels, copencv_change_word);
    }
    for (const cv::Rect &box : lostPlaces) add(box, pixels, copencv_change_lost);
    for (const cv::Rect &glyph : findReplacedGlyphs(blank->at(150), looks)) {
      cv::Rect coarse(glyph.x * 2 / 3, glyph.y * 2 / 3, glyph.width * 2 / 3 + 1, glyph.height * 2 / 3 + 1);
      if (cv::countNonZero(blank->marks()(coarse & whole)) == 0) add(glyph, closePixels, copencv_change_glyph);
    }
    return written;
  });
}
}
