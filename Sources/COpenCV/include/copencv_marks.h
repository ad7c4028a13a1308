#pragma once
#include "copencv.h"
#ifdef __cplusplus
extern "C" {
#endif

// What is printed on a blank page, made straight: rules, runs of text, and the white regions that rules enclose.
// All places are pixels of the straight page at 10 pixels a millimetre, so tenths of a millimetre.
typedef struct copencv_marks copencv_marks;

typedef struct {
  int32_t x0, y0, x1, y1;  // first and last row and column, thickness included
  int32_t vertical;        // 1: from top to bottom
  int32_t dotted;          // 1: of dots or dashes
} copencv_rule;

typedef struct {
  copencv_rect box;
  int32_t area;  // white pixels
} copencv_region;

// degrees: how the page must be turned to be straight (copencv_skew). width, height: of the page in millimetres around the
// picture's centre.
copencv_marks *_Nullable copencv_marks_new(const copencv_page *_Nonnull page, double degrees, double width, double height);
void copencv_marks_free(copencv_marks *_Nullable marks);
// Each writes up to capacity and answers how many there are.
int32_t copencv_marks_rules(const copencv_marks *_Nonnull marks, copencv_rule *_Nullable out, int32_t capacity);
int32_t copencv_marks_text(const copencv_marks *_Nonnull marks, copencv_rect *_Nullable out, int32_t capacity);
int32_t copencv_marks_regions(const copencv_marks *_Nonnull marks, copencv_region *_Nullable out, int32_t capacity);
// For each pixel the index of its region, -1 on rules; width x height numbers row by row.
int32_t copencv_marks_map(const copencv_marks *_Nonnull marks, int16_t *_Nonnull out, int32_t width, int32_t height);
// The straight page at dpi: width x height pixels of grey, white beyond the picture's edges, and where rules of `without` are.
int32_t copencv_straight(const copencv_page *_Nonnull page, double degrees, double dpi,
                         const copencv_marks *_Nullable without, uint8_t *_Nonnull out, int32_t width, int32_t height);
#ifdef __cplusplus
}
#endif
