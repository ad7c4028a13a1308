#define ZX_USE_UTF8 1
#include "czxing.h"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/ReadBarcode.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
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

static std::vector<czxing_results::Barcode> found_in(const uint8_t *pixels, int32_t width, int32_t height,
                                                     int32_t shrink, int32_t harder) {
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
    std::vector<czxing_results::Barcode> found;
    for (const Result &result : ReadBarcodes(view, hints)) {
      if (!result.isValid()) continue;
      czxing_results::Barcode barcode{result.text(), ToString(result.format()), {}};
      int32_t place = 0;
      for (const PointI &corner : result.position()) {
        barcode.corners[place++] = corner.x * shrink;
        barcode.corners[place++] = corner.y * shrink;
      }
      found.push_back(std::move(barcode));
    }
    return found;
}

static void put(std::string &bytes, const std::string &text) {
  const auto length = uint32_t(text.size());
  bytes.append(reinterpret_cast<const char *>(&length), sizeof length).append(text);
}

static std::string take(const std::string &bytes, size_t &at) {
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + at, sizeof length);
  at += sizeof length + length;
  return bytes.substr(at - length, length);
}

// Debian's ZXing 1.4 is built with its assertions, and one of them (RegressionLine.h, intersect) fails on some pictures that
// have no barcode at all, such as sheets of circles. So it looks at a picture in a process of its own, which may end.
[[noreturn]] static void look(int output, const uint8_t *pixels, int32_t width, int32_t height, int32_t shrink,
                              int32_t harder) {
  // What it has in memory is a person's page: no core file, no words of the library, no life beyond the reader's.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGABRT, SIGALRM, SIGSEGV, SIGTERM}) signal(number, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, nullptr);
  alarm(20);
  if (const int null = open("/dev/null", O_WRONLY); null >= 0) dup2(null, STDERR_FILENO);
  try {
    std::string bytes;
    for (const auto &barcode : found_in(pixels, width, height, shrink, harder)) {
      put(bytes, barcode.text);
      put(bytes, barcode.symbology);
      bytes.append(reinterpret_cast<const char *>(barcode.corners.data()), sizeof barcode.corners);
    }
    for (size_t done = 0; done < bytes.size();) {
      const ssize_t count = write(output, bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno != EINTR) _exit(1);
      if (count > 0) done += size_t(count);
    }
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

extern "C" int32_t czxing_read(const uint8_t *pixels, int32_t width, int32_t height, int32_t shrink, int32_t harder,
                               czxing_results **results) {
  if (!pixels || !results || width < 2 || height < 2 || (shrink != 1 && shrink != 2)) return -1;
  *results = nullptr;
  try {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -2;
    const pid_t child = fork();
    if (child == 0) look(ends[1], pixels, width, height, shrink, harder);
    close(ends[1]);
    std::string bytes;
    char room[4096];
    for (ssize_t count; child > 0 && (count = read(ends[0], room, sizeof room)) != 0;) {
      if (count < 0 && errno != EINTR) break;
      if (count > 0) bytes.append(room, size_t(count));
    }
    close(ends[0]);
    int status = 0;
    if (child < 0) return -2;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    auto found = std::make_unique<czxing_results>();
    // A library that has ended has found nothing.
    const bool isWhole = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    for (size_t at = 0; isWhole && at < bytes.size();) {
      czxing_results::Barcode barcode{take(bytes, at), take(bytes, at), {}};
      std::memcpy(barcode.corners.data(), bytes.data() + at, sizeof barcode.corners);
      at += sizeof barcode.corners;
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
