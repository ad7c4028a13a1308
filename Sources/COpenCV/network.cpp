#include "page.hpp"
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
}
