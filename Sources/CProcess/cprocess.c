#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

// Makes `stream` of the new process what `descriptor` is; both lie apart, so that none is overwritten before its turn.
static int move(int descriptor, int stream) { return dup2(descriptor, stream) < 0 ? errno : 0; }

// A copy that lies above the three standard streams; of nothing, when there is no descriptor.
static int copy(int descriptor) {
  int nothing = -1;
  if (descriptor < 0) descriptor = nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  int copied = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (nothing >= 0) close(nothing);
  return copied;
}

// Runs in the new process, which borrows the memory of the old one: only system calls, and nothing but `errno` changes.
static int become(const struct cprocess_launch *launch, pid_t parent) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  if (setpgid(0, 0) != 0) return errno;
  if (launch->dies_with_parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    if (getppid() != parent) return ESRCH;
  }
  int input = copy(launch->input), output = copy(launch->output), errors = copy(launch->errors);
  if (input < 0 || output < 0 || errors < 0) return errno;
  int result = move(input, STDIN_FILENO);
  if (!result) result = move(output, STDOUT_FILENO);
  if (!result) result = move(errors, STDERR_FILENO);
  if (result) return result;
  if (close_range(STDERR_FILENO + 1, ~0U, 0) != 0) return errno;
  if (launch->directory && chdir(launch->directory) != 0) return errno;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(launch->program, launch->arguments, launch->environment);
  return errno;
}

// By hand, because posix_spawn cannot set the signal of the parent's death.
int cprocess_spawn(const struct cprocess_launch *launch, pid_t *id) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  volatile int result = 0;
  pid_t child = vfork();
  if (child == 0) {
    result = become(launch, parent);
    _exit(127);
  }
  if (child < 0) result = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (child > 0 && result != 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
  }
  *id = child;
  return result;
}

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cprocess_memory_file(void) { return memfd_create("input", MFD_CLOEXEC); }

int cprocess_is_in_memory(const char *path) {
  struct statfs facts;
  if (statfs(path, &facts) != 0) return 0;
  return facts.f_type == TMPFS_MAGIC || facts.f_type == RAMFS_MAGIC;
}

void cprocess_harden(void) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
