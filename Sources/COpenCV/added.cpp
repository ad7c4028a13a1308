// Finds print on a scan that its blank has not: what tells the next edition of a form where something was only added, a field of one
// more question, say, which nobody would read.
//
// A pen adds ink as well, and so do stamps. But print lies as straight as the blank's own, to a few tenths of a degree, its letters
// stand on one line and are of one or two heights, and it is about as dark. What people write in fields is not looked at.
#include "changes.hpp"
#include "straight.hpp"

namespace {
/// It is searched at 50 dpi, and what is found looked at closely at 200.
constexpr int step = 2;
constexpr double perMM = 50 / 25.4, finePerMM = 200 / 25.4;

int millimetres(double value) { return cvRound(value * perMM); }

/// Ink that is not the blank's own.
struct Foreign {
  /// The blank's ink, and half a millimetre around it, at 100 dpi.
  cv::Mat print, own;
  /// What is further from the blank's ink than that, and what is a whole millimetre from it, at 50 dpi.
  cv::Mat close, clear;

  /// What lies at the page's edge, such as the head of a fax, is left out.
  Foreign(copencv_page &blank, copencv_page &scan, const Straight &lies) {
    cv::Mat ink, coarse;
    cv::remap(scan.inked(), ink, lies.map, cv::noArray(), cv::INTER_NEAREST, cv::BORDER_CONSTANT, 0);
    ink &= lies.inside;
    cv::rectangle(ink, {0, 0}, {ink.cols - 1, ink.rows - 1}, 0, 2 * millimetres(8));
    print = blank.inked() | blank.printed();
    cv::dilate(print, own, cv::Mat::ones(5, 5, CV_8U));
    cv::resize(own, coarse, ink.size(), 0, 0, cv::INTER_NEAREST);
    close = ink & ~coarse;
    cv::dilate(coarse, coarse, cv::Mat::ones(3, 3, CV_8U));
    clear = ink & ~coarse;
  }
};

uint8_t middle(const cv::Mat &picture) {
  std::vector<uint8_t> values(picture.begin<uint8_t>(), picture.end<uint8_t>());
  return ranked(values, (values.size() - 1) / 2);
}

/// How much darker than the paper the blank's print is on the scan; 0 where there is too little print.
double contrast(copencv_page &blank, copencv_page &scan, const Straight &lies) {
  const cv::Mat &print = blank.printed(), &picture = scan.at(100);
  std::vector<uint8_t> inks, papers;
  for (int y = 0; y < print.rows - 1; y += step) {
    const auto *row = print.ptr<uint8_t>(y);
    const auto *after = print.ptr<uint8_t>(y + 1);
    for (int x = 0; x < print.cols - 1; x += step) {
      if (!lies.inside.at<uint8_t>(y / step, x / step)) continue;
      // The middle of strokes, whose rims are paler on any scan; and of paper, each fourth row.
      const bool isInk = row[x] && row[x + 1] && after[x] && after[x + 1];
      if (!isInk && (row[x] || y / step % 4)) continue;
      auto place = lies.map.at<cv::Vec2f>(y / step, x / step);
      (isInk ? inks : papers).push_back(picture.at<uint8_t>(cvRound(place[1]), cvRound(place[0])));
    }
  }
  if (inks.size() < 50 || papers.empty()) return 0;
  // Thin strokes are pale at this resolution: the thick ones tell.
  return ranked(papers, papers.size() / 2) - ranked(inks, inks.size() / 10);
}

/// A part of the scan at 200 dpi, as the blank lies.
cv::Mat closer(copencv_page &blank, copencv_page &scan, const double *h, const Straight &lies, cv::Rect box) {
  auto off = lies.shift.at<cv::Vec2f>(box.y + box.height / 2, box.x + box.width / 2);
  const cv::Matx33d pixels = blank.toLevel(100) * blank.fromMM();
  const double dx = off[0] * pixels(0, 0), dy = off[1] * pixels(1, 1);
  // Centres of pixels: two lie in one of 100 dpi.
  const cv::Matx33d fine(0.5, 0, step * box.x - 0.25 + dx, 0, 0.5, step * box.y - 0.25 + dy, 0, 0, 1);
  cv::Mat part;
  cv::warpPerspective(scan.gray, part, cv::Matx33d(h) * blank.fromMM().inv() * blank.toLevel(100).inv() * fine,
                      cv::Size(2 * step * box.width, 2 * step * box.height), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                      cv::BORDER_REPLICATE);
  return part;
}

/// How many of the values lie together within `span`.
int together(std::vector<int> values, int span) {
  std::sort(values.begin(), values.end());
  size_t most = 0;
  for (size_t from = 0, to = 0; from < values.size(); from++) {
    while (to < values.size() && values[to] <= values[from] + span) to++;
    most = std::max(most, to - from);
  }
  return int(most);
}

/// Whether a row of ink is of letters that were printed: `part` is cut from the scan at 200 dpi, `mask` tells where it is not the
/// blank's.
bool isPrintedRow(const cv::Mat &part, const cv::Mat &mask, double pageContrast) {
  const double paper = middle(part);
  double darkest;
  cv::minMaxLoc(part, &darkest, nullptr, nullptr, nullptr, mask);
  // What shines through from the other side is pale.
  if (paper - darkest < 0.5 * pageContrast) return false;
  // Whole letters of the blank may stand beside it.
  cv::Mat ink = (part < (paper + darkest) / 2) & mask;
  std::vector<int> areas, tops, bottoms;
  const std::vector<cv::Rect> boxes = components(ink, &areas);
  for (size_t i = 0; i < boxes.size(); i++) {
    const cv::Rect &box = boxes[i];
    if (areas[i] < 12 || box.height < 1.0 * finePerMM) continue;
    // Joined letters of a hand, a frame, a big stamp.
    if (box.height > 7 * finePerMM || box.width > 4 * box.height) return false;
    tops.push_back(box.y);
    bottoms.push_back(box.br().y);
  }
  const int letters = int(bottoms.size());
  constexpr int span = 2;  // 0.25 mm
  if (letters < 4 || together(bottoms, span) < 0.75 * letters) return false;
  // Small letters and capitals: two heights.
  std::vector<int> rest = tops;
  int first = together(tops, span);
  // Four figures of a hand stand like print by chance now and then.
  if (letters == 4) return together(bottoms, span) == 4 && first >= 3;
  for (size_t i = 0; i < tops.size(); i++) {
    std::vector<int> others;
    std::copy_if(tops.begin(), tops.end(), std::back_inserter(others),
                 [&](int top) { return top < tops[i] || top > tops[i] + span; });
    if (int(tops.size() - others.size()) == first && others.size() <= rest.size()) rest = others;
  }
  return first + together(rest, span) >= 0.75 * letters;
}

/// Straight lines across of at least two centimetres that end on the page: a fold or dirt on the glass does not.
std::vector<cv::Rect> lines(const cv::Mat &ink) {
  cv::Mat line = runsAcross(ink, millimetres(20));
  if (cv::countNonZero(line) == 0) return {};
  cv::dilate(line, line, cv::Mat::ones(1, 5, CV_8U));
  std::vector<cv::Rect> found;
  for (cv::Rect box : components(line)) {
    // Without what widened it.
    box.x += 3, box.width -= 6;
    if (box.height <= millimetres(1.6) && box.width <= 0.85 * ink.cols) found.push_back(box);
  }
  return found;
}

/// What stands side by side; the longest.
std::vector<cv::Rect> textRows(const cv::Mat &letters) {
  constexpr size_t most = 40;
  cv::Mat joined;
  cv::dilate(letters, joined, cv::Mat::ones(1, millimetres(4), CV_8U));
  std::vector<cv::Rect> found;
  for (const cv::Rect &box : components(joined)) {
    if (box.width >= millimetres(7) && box.height >= millimetres(1.5) && box.height <= millimetres(9)) found.push_back(box);
  }
  std::sort(found.begin(), found.end(), [](auto &a, auto &b) { return a.width > b.width; });
  if (found.size() > most) found.resize(most);
  return found;
}

/// Whether a line is as dark as print all along, and straight; see isPrintedRow.
bool isPrintedLine(const cv::Mat &part, const cv::Mat &, double pageContrast) {
  const double paper = middle(part);
  // A row of letters has gaps.
  cv::Mat darkest;
  cv::reduce(part, darkest, 0, cv::REDUCE_MIN);
  if (cv::countNonZero(darkest < paper - 0.3 * pageContrast) < 0.95 * part.cols) return false;
  // The height of the line's middle in each of some pieces.
  constexpr int pieces = 8;
  std::vector<double> heights;
  for (int piece = 0; piece < pieces; piece++) {
    cv::Mat own = part.colRange(part.cols * piece / pieces, part.cols * (piece + 1) / pieces), dark;
    cv::reduce(own, dark, 1, cv::REDUCE_AVG, CV_32F);
    double sum = 0, moment = 0;
    for (int y = 0; y < dark.rows; y++) {
      double value = paper - dark.at<float>(y, 0);
      if (value >= 0.1 * pageContrast) sum += value, moment += value * y;
    }
    if (sum <= 0) return false;
    heights.push_back(moment / sum);
  }
  auto [low, high] = std::minmax_element(heights.begin(), heights.end());
  // As straight as print lies: a hand with a ruler is hardly ever.
  return *high - *low <= std::max(1.5, 0.006 * part.cols);
}
}  // namespace

extern "C" {
int32_t copencv_added(copencv_page *blank, copencv_page *scan, const double *h, const float *shifts, int32_t columns,
                      int32_t rows, const double *boxes, int32_t count, copencv_change *places, int32_t capacity) {
  return guarded([&] {
    constexpr double beside = 1, leastIn = 0.3;  // typed lines do not keep to a field's edges
    std::vector<cv::Rect> fields;
    for (int32_t i = 0; i < count; i++, boxes += 4)
      fields.emplace_back(cv::Point(millimetres(boxes[0] - beside), millimetres(boxes[1] - beside)),
                          cv::Point(millimetres(boxes[0] + boxes[2] + beside), millimetres(boxes[1] + boxes[3] + beside)));
    auto isField = [&](cv::Rect box) {
      return std::any_of(fields.begin(), fields.end(),
                         [&](const cv::Rect &field) { return (field & box).area() >= leastIn * box.area(); });
    };
    const Straight lies(*blank, *scan, h, shifts, columns, rows, step);
    const double dark = contrast(*blank, *scan, lies);
    if (dark < 20) return 0;
    const Foreign ink(*blank, *scan, lies);
    const cv::Mat &close = ink.close;
    // Lines are no letters.
    const cv::Mat letters = close & ~runsAcross(close, millimetres(12)) & ~runsDown(close, millimetres(12));
    const cv::Rect whole({0, 0}, close.size());
    // Typed on a line or in a frame of the blank, it is an answer, though perhaps to a question that no field asks.
    auto isAnswer = [&](cv::Rect box) {
      cv::Rect under(step * box.x, step * box.br().y - 2, step * box.width, step * millimetres(4));
      under &= cv::Rect({0, 0}, ink.print.size());
      return under.area() > 0 && cv::countNonZero(runsAcross(ink.print(under), under.width * 7 / 10)) > 0;
    };
    std::vector<cv::Rect> found;
    // Print that runs down is looked at with the page's axes exchanged.
    for (bool isDown : {false, true}) {
      auto along = [&](const cv::Mat &picture) { return isDown ? cv::Mat(picture.t()) : picture; };
      auto keep = [&](cv::Rect box, auto isPrinted) {
        if (isDown) box = {box.y, box.x, box.height, box.width};
        if (isField(box)) return;
        const cv::Point aside = isDown ? cv::Point(2, 0) : cv::Point(0, 2);
        const cv::Rect around = (box + cv::Size(2 * aside) - aside) & whole;
        const cv::Mat part = closer(*blank, *scan, h, lies, around);
        cv::Mat mask;
        const cv::Rect fine = cv::Rect(step * around.x, step * around.y, step * around.width, step * around.height) &
                              cv::Rect({0, 0}, ink.own.size());
        cv::resize(~ink.own(fine), mask, part.size(), 0, 0, cv::INTER_NEAREST);
        if (isPrinted(along(part), along(mask), dark)) found.push_back(box);
      };
      for (const cv::Rect &line : lines(along(ink.clear))) keep(line, isPrintedLine);
      for (const cv::Rect &row : textRows(along(letters)))
        if (isDown || !isAnswer(row)) keep(row, isPrintedRow);
    }
    std::sort(found.begin(), found.end(), [](auto &a, auto &b) { return a.area() > b.area(); });
    Changes all{places, capacity};
    for (const cv::Rect &box : found) all.add(box, {perMM, 0, 0, 0, perMM, 0, 0, 0, 1});
    return all.written;
  });
}
}
