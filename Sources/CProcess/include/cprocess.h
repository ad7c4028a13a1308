// What Swift cannot call of the system: starting a process, the variadic prctl, and GNU extensions.
#pragma once
#include <sys/types.h>

struct cprocess_launch {
  const char *program;  // A path; it is not looked for along PATH.
  char *const *arguments;  // Begins with the program's name, ends with NULL.
  char *const *environment;  // Ends with NULL.
  const char *directory;  // The working directory; NULL for ours.
  int input, output, errors;  // Its standard streams; -1 for nothing.
  int dies_with_parent;  // The system kills it when the thread that started it has ended, for whatever reason.
};

// Starts a program in a process group of its own. It inherits the three streams and no other descriptor; no signal is
// blocked or ignored in it. Returns 0 and the process in `*id`, or an errno.
int cprocess_spawn(const struct cprocess_launch *launch, pid_t *id);

// A pipe that children do not inherit; 0, or -1 with errno.
int cprocess_pipe(int ends[2]);

// A file that exists in memory only and is closed in child processes; -1 with errno when there is none to be had.
int cprocess_memory_file(void);

// Whether what lies at `path` lies in memory and on no disk: 1 or 0.
int cprocess_is_in_memory(const char *path);

// The calling process, and what it starts, cannot gain privileges, be dumped to a file or be traced by its user.
void cprocess_harden(void);
