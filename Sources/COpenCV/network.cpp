#include "page.hpp"
#include <cstring>
#include <opencv2/dnn.hpp>

struct copencv_net {
  cv::dnn::Net net;
};

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
    const int shape[4] = {1, 1, side, side};
    cv::Mat input(4, shape, CV_32F, cv::Scalar(0));
    cv::Mat target(side, side, CV_32F, input.ptr<float>());
    small.convertTo(target(cv::Rect({(side - size.width) / 2, (side - size.height) / 2}, size)), CV_32F, 1 / std::max(1.0, darkest));
    net->net.setInput(input);
    cv::Mat result = net->net.forward();
    if (result.total() > size_t(capacity)) return fail("output buffer too small");
    std::memcpy(out, result.ptr<float>(), result.total() * sizeof(float));
    return int32_t(result.total());
  });
}
}
