#pragma once
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// A line recogniser on oneDNN behind plain C. One file of weights serves lines of every length.
// Every int32_t result: >= 0 good, < 0 an error whose text is in conednn_last_error (one for each thread).

const char *_Nonnull conednn_last_error(void);

// The network and the buffers for each length it has met. Not to be used by two threads at once.
typedef struct conednn_net conednn_net;

enum {
  conednn_line_height = 48,
  // Lengths are multiples of this, in pixels.
  conednn_length_step = 32,
  conednn_longest = 2048,
  // Pixels that one answer, a column, stands for.
  conednn_column = 8,
};

// path: what scripts/models/flatten_rec_model.py wrote. head: what scripts/train words wrote for it, or null; it reads the same
// line once more for the price of its own few steps. Null with the reason in conednn_last_error.
conednn_net *_Nullable conednn_net_open(const char *_Nonnull path, const char *_Nullable head);
void conednn_net_close(conednn_net *_Nullable net);
// Classes of each column, "no character" among them.
int32_t conednn_net_classes(const conednn_net *_Nonnull net);
// The same of the head; 0 without one.
int32_t conednn_net_head_classes(const conednn_net *_Nonnull net);

// Reads a line: 48 rows of columns grey bytes without gaps, filled up to length. Returns how many probabilities it
// wrote to out: length / 8 columns of classes each, then as many columns of the head's classes.
int32_t conednn_read_line(conednn_net *_Nonnull net, const uint8_t *_Nonnull pixels, int32_t columns, int32_t length,
                          float *_Nonnull out, int32_t capacity);

#ifdef __cplusplus
}
#endif
