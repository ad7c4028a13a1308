#include "page.hpp"
#include <cmath>
#include <cstring>
#include <opencv2/dnn.hpp>

struct copencv_net {
  cv::dnn::Net net;
};

namespace {
constexpr double middle = 15.5;

/// Turned, slanted, or made smaller, about the middle of 32 pixels.
cv::Matx23d about(double a, double b, double c, double d) {
  return {a, b, middle - a * middle - b * middle, c, d, middle - c * middle - d * middle};
}

const cv::Matx23d looks[] = {about(0.995, -0.1, 0.1, 0.995), about(0.995, 0.1, -0.1, 0.995), about(1, 0.15, 0, 1),
                             about(1, -0.15, 0, 1), about(1.1, 0, 0, 1.1)};
/// By how much the likeliest must lead, as the logarithm of a probability, to need no second look: 0.9997 to 0.0003.
constexpr float clearLead = 8;

cv::Mat answer(cv::dnn::Net &net, const cv::Mat &picture) {
  const int shape[4] = {1, 1, picture.rows, picture.cols};
  net.setInput(picture.reshape(1, 4, shape));
  return net.forward().clone();
}

float lead(const cv::Mat &answers) {
  const auto *values = answers.ptr<float>();
  float first = -INFINITY, second = -INFINITY;
  for (size_t i = 0; i < answers.total(); i++) {
    if (values[i] > first) second = first, first = values[i];
    else second = std::max(second, values[i]);
  }
  return first - second;
}
}  // namespace

extern "C" {
copencv_net *copencv_net_open(const char *onnx_path) {
  copencv_net *made = nullptr;
  guarded([&] {
    made = new copencv_net{cv::dnn::readNetFromONNX(onnx_path)};
    return 0;
  });
  return made;
}

void copencv_net_close(copencv_net *net) { delete net; }

int32_t copencv_scale_line(const uint8_t *pixels, int32_t width, int32_t height, int32_t columns, int32_t rows,
                           uint8_t *out) {
  return guarded([&]() -> int32_t {
    cv::Mat line(rows, columns, CV_8UC1, out);
    cv::resize(view(pixels, width, height), line, line.size(), 0, 0, height > rows ? cv::INTER_AREA : cv::INTER_LINEAR);
    return 0;
  });
}

int32_t copencv_net_read_cell(copencv_net *net, const uint8_t *pixels, int32_t width, int32_t height, float *out,
                              int32_t capacity) {
  return guarded([&]() -> int32_t {
    constexpr int side = 32, inner = 26, leastInk = 70;
    cv::Mat ink = 255 - view(pixels, width, height), dark = ink > leastInk, small;
    cv::Rect box = cv::boundingRect(dark);
    if (box.empty()) return 0;
    double scale = double(inner) / std::max(box.width, box.height), darkest;
    cv::Size size(std::max(1, cvRound(box.width * scale)), std::max(1, cvRound(box.height * scale)));
    cv::resize(ink(box), small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::minMaxLoc(small, nullptr, &darkest);
    cv::Mat target(side, side, CV_32F, cv::Scalar(0));
    small.convertTo(target(cv::Rect({(side - size.width) / 2, (side - size.height) / 2}, size)), CV_32F, 1 / std::max(1.0, darkest));
    cv::Mat result = answer(net->net, target);
    if (result.total() > size_t(capacity)) return fail("output buffer too small");
    // A character that is doubtful is looked at as others would have written it, too: what it is does not hang on its slant.
    if (lead(result) < clearLead) {
      for (const cv::Matx23d &look : looks) {
        cv::Mat other;
        cv::warpAffine(target, other, look, target.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
        result += answer(net->net, other);
      }
      result /= 1 + int(std::size(looks));
    }
    std::memcpy(out, result.ptr<float>(), result.total() * sizeof(float));
    return int32_t(result.total());
  });
}
}
