#define ZX_USE_UTF8 1
#include "czxing.h"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/ReadBarcode.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

struct czxing_results {
  struct Barcode {
    std::string text;
    std::string symbology;
    std::array<int32_t, 8> corners;
  };
  std::vector<Barcode> barcodes;
};

// The mean of each 2 x 2 pixels.
static std::vector<uint8_t> halved(const uint8_t *pixels, int32_t width, int32_t height) {
  const int32_t w = width / 2, h = height / 2;
  std::vector<uint8_t> half(size_t(w) * h);
  for (int32_t y = 0; y < h; ++y) {
    const uint8_t *upper = pixels + size_t(2 * y) * width, *lower = upper + width;
    for (int32_t x = 0; x < w; ++x)
      half[size_t(y) * w + x] = uint8_t((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) / 4);
  }
  return half;
}

extern "C" int32_t czxing_read(const uint8_t *pixels, int32_t width, int32_t height, int32_t shrink, int32_t harder,
                               czxing_results **results) {
  if (!pixels || !results || width < 2 || height < 2 || (shrink != 1 && shrink != 2)) return -1;
  *results = nullptr;
  try {
    using namespace ZXing;
    std::vector<uint8_t> half;
    if (shrink == 2) half = halved(pixels, width, height);
    const ImageView view(shrink == 2 ? half.data() : pixels, width / shrink, height / shrink, ImageFormat::Lum);
    DecodeHints hints;
    hints.setTryHarder(harder != 0).setTryRotate(true).setTryDownscale(harder != 0);
    // Two rows that agree are too few where a page full of lines has no barcode at all.
    hints.setMinLineCount(3);
    hints.setFormats(BarcodeFormat::QRCode | BarcodeFormat::MicroQRCode | BarcodeFormat::Aztec |
                     BarcodeFormat::DataMatrix | BarcodeFormat::PDF417 | BarcodeFormat::Code128 |
                     BarcodeFormat::Code39 | BarcodeFormat::Code93 | BarcodeFormat::EAN13 | BarcodeFormat::EAN8 |
                     BarcodeFormat::ITF | BarcodeFormat::Codabar);
    auto found = std::make_unique<czxing_results>();
    for (const Result &result : ReadBarcodes(view, hints)) {
      if (!result.isValid()) continue;
      czxing_results::Barcode barcode{result.text(), ToString(result.format()), {}};
      int32_t place = 0;
      for (const PointI &corner : result.position()) {
        barcode.corners[place++] = corner.x * shrink;
        barcode.corners[place++] = corner.y * shrink;
      }
      found->barcodes.push_back(std::move(barcode));
    }
    const auto count = int32_t(found->barcodes.size());
    *results = found.release();
    return count;
  } catch (...) {
    return -2;
  }
}

extern "C" const char *czxing_text(const czxing_results *results, int32_t index, int32_t *length) {
  const std::string &text = results->barcodes[size_t(index)].text;
  *length = int32_t(text.size());
  return text.data();
}

extern "C" const char *czxing_symbology(const czxing_results *results, int32_t index) {
  return results->barcodes[size_t(index)].symbology.c_str();
}

extern "C" void czxing_corners(const czxing_results *results, int32_t index, int32_t *corners) {
  for (int32_t place = 0; place < 8; ++place) corners[place] = results->barcodes[size_t(index)].corners[size_t(place)];
}

extern "C" void czxing_free(czxing_results *results) { delete results; }
