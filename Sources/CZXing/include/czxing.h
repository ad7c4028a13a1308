#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct czxing_results czxing_results;

/// Looks for barcodes in a grey picture, in a process of its own: where the library ends there, nothing was found.
///
/// shrink: 1, or 2 to look at the picture at half its size. harder: 0 or 1.
/// Returns how many were found and sets *results, which the caller frees with czxing_free; -1 on wrong arguments,
/// -2 when it could not be looked at.
int32_t czxing_read(const uint8_t *pixels, int32_t width, int32_t height, int32_t shrink, int32_t harder,
                    czxing_results **results);

/// The content as UTF-8 without an end mark; *length gets its bytes. Lives as long as the results.
const char *czxing_text(const czxing_results *results, int32_t index, int32_t *length);

/// Such as "QRCode"; ends with 0. Lives as long as the results.
const char *czxing_symbology(const czxing_results *results, int32_t index);

/// Eight numbers: x and y of the corners, clockwise from the top left, in pixels of the picture given.
void czxing_corners(const czxing_results *results, int32_t index, int32_t *corners);

void czxing_free(czxing_results *results);

#ifdef __cplusplus
}
#endif
