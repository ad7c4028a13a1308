#pragma once
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// OpenCV behind plain C. Pictures are bytes row by row without gaps, borrowed for the length of the call.
// Every int32_t result: >= 0 good, < 0 an error whose text is in copencv_last_error (one for each thread).
// Points are in pixels with the centre of the first pixel at (0, 0); homographies are nine numbers row by row.

const char *_Nonnull copencv_last_error(void);
// How many threads OpenCV may use in this process.
void copencv_set_threads(int32_t count);
// Throws inside on purpose: proves that no exception leaves.
int32_t copencv_throw_test(void);

// A grey page, with what was computed from it kept for the next use. Not to be used by two threads at once.
typedef struct copencv_page copencv_page;

// channels 1 or 3 (RGB); pixels_per_mm is what makes it comparable with other pages.
copencv_page *_Nullable copencv_page_new(const uint8_t *_Nonnull pixels, int32_t width, int32_t height, int32_t channels,
                                         double pixels_per_mm_x, double pixels_per_mm_y);
// A page without its picture, that scans can be registered to by features alone: width, height and pixels_per_mm are the
// picture's, features and print what copencv_page_features and copencv_page_print gave. Null where these are none.
copencv_page *_Nullable copencv_page_shell(int32_t width, int32_t height, double pixels_per_mm_x, double pixels_per_mm_y,
                                           const uint8_t *_Nonnull features, int32_t length, const uint8_t *_Nonnull print,
                                           int32_t print_length);
// The features of a blank as bytes. Result: how many; none are written where capacity is less.
int32_t copencv_page_features(copencv_page *_Nonnull page, uint8_t *_Nonnull out, int32_t capacity);
// Where some of a blank's print is, as bytes. Result: see copencv_page_features.
int32_t copencv_page_print(copencv_page *_Nonnull page, uint8_t *_Nonnull out, int32_t capacity);
// Where people make marks on a blank, or copies differ: count boxes of x, y, width and height in millimetres. Print there may be
// covered, or other.
int32_t copencv_page_set_marks(copencv_page *_Nonnull page, const double *_Nonnull boxes, int32_t count);
void copencv_page_free(copencv_page *_Nullable page);
// The same page turned clockwise by quarters of a circle, as a new one.
copencv_page *_Nullable copencv_page_turned(const copencv_page *_Nonnull page, int32_t quarters);
// Throws away what can be computed again.
void copencv_page_trim(copencv_page *_Nonnull page);

// Pixels of writing or print at 100 dpi, specks, punch holes and the outermost millimetres left out.
int32_t copencv_ink(copencv_page *_Nonnull page);
// By how many degrees the page has to be turned (counter-clockwise positive) to be straight, -6 to 6.
int32_t copencv_skew(copencv_page *_Nonnull page, double *_Nonnull degrees);

// The layout thumbnail: horizontal lines, vertical lines and text, 62 x 88 cells each.
enum { copencv_layout_count = 62 * 88 * 3 };
// out: copencv_layout_count numbers, of a page of width x height millimetres around the picture's centre.
int32_t copencv_layout(copencv_page *_Nonnull page, double degrees, double width, double height, float *_Nonnull out);
void copencv_layout_pack(const float *_Nonnull layout, int8_t *_Nonnull out);
// A layout of fewer cells, from a packed one: enough to tell which of thousands deserve a closer look.
enum { copencv_coarse_count = 16 * 22 * 3 };
void copencv_layout_coarse(const int8_t *_Nonnull layout, int8_t *_Nonnull out);
// Which of count layouts deserve a closer look by their coarse ones: writes their places, the likeliest first. Result: how many, at
// most copencv_closely_count.
enum { copencv_closely_count = 200 };
int32_t copencv_layout_nearest(const float *_Nonnull scan, const int8_t *_Nonnull coarse, int32_t count,
                               int32_t *_Nonnull places);
// Likeness of two coarse layouts, about 0 for strangers, 1 for the same.
float copencv_coarse_likeness(const int8_t *_Nonnull a, const int8_t *_Nonnull b);
// Best likeness of the scan with each of count packed layouts, over small shifts and scales and upside down too. Scores about
// 0 for strangers, 1 for the same.
int32_t copencv_layout_match(const float *_Nonnull scan, const int8_t *_Nonnull layouts, int32_t count,
                             float *_Nonnull scores);
// Likeness of two packed layouts as they lie.
float copencv_layout_likeness(const int8_t *_Nonnull a, const int8_t *_Nonnull b);
// The same, the most over moves by a cell at most.
float copencv_layout_likeness_near(const int8_t *_Nonnull a, const int8_t *_Nonnull b);

typedef struct {
  double h[9];            // millimetres on the blank to pixels of the scan
  int32_t features;       // of the blank
  int32_t inliers;        // of these found again in the scan, in one geometry
  double shown;           // share of some of the blank's print that the scan has thereabouts; by features alone
  int32_t print;          // pixels of the blank's print at 100 dpi, its very edge and what lies outside left out
  int32_t outside;        // pixels of print that would lie outside of the scan's picture
  int32_t changed;        // of these, missing on the scan in whole words, figures or lines of some height
  double explained;       // share of the print that the scan has too
  int32_t words;          // printed words of the blank that were looked for
  int32_t missing_words;  // of these, where the scan shows something else or nothing
  int32_t unseen_words;   // printed words of the blank, its very edge left out, that are not, or not whole, on the scan's picture
  int32_t replaced;       // pixels of words at 150 dpi that have other print in their place
} copencv_match;

// A place where the scan's print is not the blank's.
typedef struct {
  double x, y, width, height;  // millimetres on the blank
} copencv_change;

// Registers the scan to the blank by features. Result 1: matched; 0: nothing in common.
int32_t copencv_register(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, copencv_match *_Nonnull match);

typedef struct {
  double x, y;    // millimetres on the blank
  double dx, dy;  // millimetres that the homography misses there
  double score;   // likeness, -1 to 1
} copencv_anchor;

// Looks whether the blank's print as a whole fits better where it lies some millimetres or centimetres aside: rows that repeat are
// taken for each other. Result: 1 where it does, and h is moved there.
int32_t copencv_reseat(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, double *_Nonnull h);

// Refines h by small patches. Writes up to capacity anchors. Result: how many were found, 0 when h was left as it was.
int32_t copencv_refine(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, double *_Nonnull h,
                       copencv_anchor *_Nonnull anchors, int32_t capacity);

// Measures the proof: print, outside and explained; where that is least or more, changed and words, too, which are else 0. shifts:
// what h misses, in millimetres, x and y for each point of a grid of columns x rows that spans the blank, row by row. Writes up to
// capacity changes, of words and what is lost. Result: how many.
int32_t copencv_prove(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, const float *_Nonnull shifts,
                      int32_t columns, int32_t rows, double least, copencv_match *_Nonnull match,
                      copencv_change *_Nonnull changes, int32_t capacity);

// Finds printed letters and digits with another in their place. Writes up to capacity changes. Result: how many.
int32_t copencv_replaced(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, const double *_Nonnull h,
                         const float *_Nonnull shifts, int32_t columns, int32_t rows, copencv_change *_Nonnull changes,
                         int32_t capacity);

// Finds print that the scan has and the blank has not: straight lines, and rows of letters, dark as the blank's print and as straight
// as it lies. Handwriting and stamps are neither, nor is anything in or at the given count boxes, x, y, width and height in
// millimetres on the blank: what is written in a field. h and shifts: see copencv_prove. Writes up to capacity places, largest first.
// Result: how many.
int32_t copencv_added(copencv_page *_Nonnull blank, copencv_page *_Nonnull scan, const double *_Nonnull h,
                      const float *_Nonnull shifts, int32_t columns, int32_t rows, const double *_Nonnull boxes,
                      int32_t count, copencv_change *_Nonnull places, int32_t capacity);

// Compares the scan with two blanks where these differ. vote > 0: the first is nearer; weight: how much they differ
// (square root of pixels at 100 dpi, summed over the places), 0 when they are the same.
int32_t copencv_compare(copencv_page *_Nonnull first, copencv_page *_Nonnull second, copencv_page *_Nonnull scan,
                        const double *_Nonnull first_h, const double *_Nonnull second_h, double *_Nonnull vote,
                        double *_Nonnull weight);

// out(p) = page(h * p)
int32_t copencv_page_warp(const copencv_page *_Nonnull page, const double *_Nonnull h, uint8_t *_Nonnull out,
                          int32_t out_width, int32_t out_height, uint8_t border);
int32_t copencv_warp(const uint8_t *_Nonnull pixels, int32_t width, int32_t height, int32_t channels,
                     const double *_Nonnull h, uint8_t *_Nonnull out, int32_t out_width, int32_t out_height,
                     uint8_t border);

typedef struct {
  int32_t x, y, width, height;
} copencv_rect;

// Where the blank part lies in the scan part, for small shifts that the registration left.
int32_t copencv_align(const uint8_t *_Nonnull scan, const uint8_t *_Nonnull blank, int32_t width, int32_t height,
                      double *_Nonnull dx, double *_Nonnull dy);
typedef struct {
  int32_t dx, dy;
  double likeness;
} copencv_found;
// Where a part of one grey picture is in another of the same scale: by how many pixels it lies further right and down, and how
// alike it is, -1...1; what is further away must be more alike, by penalty a pixel. reach: how far to look either way.
// Result: 0 where the part is nearly bare, so that it is everywhere.
int32_t copencv_find_part(const uint8_t *_Nonnull first, int32_t width, int32_t height, copencv_rect part,
                          const uint8_t *_Nonnull second, int32_t second_width, int32_t second_height, int32_t reach_x,
                          int32_t reach_y, double penalty, copencv_found *_Nonnull found);
typedef struct {
  double dx, dy, likeness;
} copencv_alike;
// Where the outlines of boxes, as they are printed in one grey picture, are printed in another of the same scale: by how many
// pixels further right and down, the most alike first, and the place itself among them. What is printed inside of the boxes does
// not count. band: how far beside the boxes' edges a line may lie, in pixels. Result: how many; 0 where nothing is printed there.
int32_t copencv_find_alike(const uint8_t *_Nonnull first, int32_t width, int32_t height, const copencv_rect *_Nonnull boxes,
                           int32_t count, const uint8_t *_Nonnull second, int32_t second_width, int32_t second_height,
                           int32_t band, copencv_alike *_Nonnull found, int32_t capacity);
// What is on the scan and not on the blank. Result: pixels of ink inside inner.
int32_t copencv_clean(const uint8_t *_Nonnull scan, const uint8_t *_Nonnull blank, int32_t width, int32_t height,
                      copencv_rect inner, uint8_t *_Nonnull cleaned);

// free: the share of the box's inside that is clear of print; dark, printed: how dark the inside is on scan and blank, 0...1.
typedef struct {
  double ink, fill, match, dx, dy, free, dark, printed;
} copencv_mark;
// Finds the box of the blank again in the scan and measures the ink inside. box: its printed frame in both pictures.
int32_t copencv_measure_mark(const uint8_t *_Nonnull scan, const uint8_t *_Nonnull blank, int32_t width, int32_t height,
                             copencv_rect box, copencv_mark *_Nonnull mark);

typedef struct copencv_net copencv_net;
copencv_net *_Nullable copencv_net_open(const char *_Nonnull onnx_path);
void copencv_net_close(copencv_net *_Nullable net);

// A grey picture scaled to columns x rows, by area averaging where it shrinks.
int32_t copencv_scale_line(const uint8_t *_Nonnull pixels, int32_t width, int32_t height, int32_t columns, int32_t rows,
                           uint8_t *_Nonnull out);

// The strokes of one cell, dark on 255: cut to the ink, its longer side scaled to 26, in the middle of 32 x 32, the darkest
// ink at full. Training/cell_pictures.py does the same. Result: numbers in out; 0 where there is no ink.
int32_t copencv_net_read_cell(copencv_net *_Nonnull net, const uint8_t *_Nonnull pixels, int32_t width, int32_t height,
                              float *_Nonnull out, int32_t capacity);
#ifdef __cplusplus
}
#endif
#include "copencv_marks.h"
