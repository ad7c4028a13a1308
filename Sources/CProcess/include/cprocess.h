// What Swift cannot call of the system: GNU extensions of posix_spawn, and the variadic prctl.
#pragma once
#include <sys/types.h>

// Starts `program` in a process group of its own. It inherits `input` and `output` as its standard input and output,
// standard error (or /dev/null), and no other descriptor; no signal is blocked or ignored in it.
// `directory` may be NULL. Returns 0 and the process in `*id`, or an errno.
int cprocess_spawn(const char *program, char *const arguments[], char *const environment[], const char *directory,
                   int input, int output, int shows_errors, pid_t *id);

// The calling process, and what it starts, cannot gain privileges, be dumped to a file or be traced by its user.
void cprocess_harden(void);
