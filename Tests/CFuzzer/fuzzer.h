#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own entry: runs the callback on mutated inputs until something goes wrong or its time is over.
int LLVMFuzzerRunDriver(int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv,
                        int (*_Nonnull one_input)(const uint8_t *_Nullable data, size_t size));
