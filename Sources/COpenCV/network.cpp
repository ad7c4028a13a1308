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

int32_t copencv_net_read_line(copencv_net *net, int32_t net_width, const uint8_t *pixels, int32_t width, int32_t height,
                              float *out, int32_t capacity) {
  return guarded([&]() -> int32_t {
    constexpr int rows = 48;
    int columns = std::clamp(cvRound(double(width) * rows / height), 1, net_width);
    cv::Mat line;
    cv::resize(view(pixels, width, height), line, {columns, rows}, 0, 0, height > rows ? cv::INTER_AREA : cv::INTER_LINEAR);
    const int shape[4] = {1, 3, rows, net_width};
    cv::Mat input(4, shape, CV_32F, cv::Scalar(0));
    for (int plane = 0; plane < 3; plane++) {
      cv::Mat target(rows, net_width, CV_32F, input.ptr<float>(0, plane));
      line.convertTo(target.colRange(0, columns), CV_32F, 1 / 127.5, -1);
    }
    net->net.setInput(input);
    cv::Mat result = net->net.forward();
    if (result.total() > size_t(capacity)) return fail("output buffer too small");
    std::memcpy(out, result.ptr<float>(), result.total() * sizeof(float));
    return int32_t(result.total());
  });
}
}
