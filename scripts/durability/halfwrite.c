/* Has one write to a file of the data folder write only half of its bytes, as a disk that fills up does.

   Preloaded. HALF_WRITE_FOLDER: the folder; HALF_WRITE_AT: which write, counted from when the file HALF_WRITE_FOLDER/.count
   is there; HALF_WRITE_THEN: the error of the next write (0: none). Names FOLDER/.fired when it has happened. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long counted;

/* 0: as it is; 1: half; 2: refused. */
static int fate(int descriptor) {
    const char *folder = getenv("HALF_WRITE_FOLDER"), *at = getenv("HALF_WRITE_AT"), *then = getenv("HALF_WRITE_THEN");
    if (!folder || !at) return 0;
    char link[64], path[4096], mark[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    snprintf(mark, sizeof mark, "%s/.count", folder);
    if (access(mark, F_OK) != 0) return 0;
    pthread_mutex_lock(&lock);
    long number = ++counted;
    pthread_mutex_unlock(&lock);
    if (number == atol(at)) {
        snprintf(mark, sizeof mark, "%s/.fired", folder);
        close(open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        return 1;
    }
    if (number == atol(at) + 1 && then && atoi(then)) {
        errno = atoi(then);
        return 2;
    }
    return 0;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    int what = fate(descriptor);
    return what == 2 ? -1 : real(descriptor, bytes, what == 1 && count > 1 ? count / 2 : count);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    int what = fate(descriptor);
    return what == 2 ? -1 : real(descriptor, bytes, what == 1 && count > 1 ? count / 2 : count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}
