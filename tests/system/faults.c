/* Preloaded into the program: writes that fail and a clock that is stepped, as files in the folder $LD_FAULTS say.
 *   enospc, eio   what the path of a file contains whose writes and syncs fail so
 *   clock         seconds by which the wall clock is ahead
 * The variable begins with LD_, for of its environment the runner keeps those that the loader reads. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The text of a file of the folder; its length, 0 where there is none. */
static long order(const char *name, char *text, size_t size) {
    const int before = errno;
    const char *folder = getenv("LD_FAULTS");
    char path[512];
    long length = 0;
    if (folder) {
        snprintf(path, sizeof path, "%s/%s", folder, name);
        const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
        if (fd >= 0) {
            length = syscall(SYS_read, fd, text, size - 1);
            syscall(SYS_close, fd);
        }
    }
    if (length < 0) length = 0;
    text[length] = 0;
    errno = before;
    return length;
}

static int is_meant(int fd, const char *part) {
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

/* Whether a write to the file fails; sets errno. */
static int fails(int fd) {
    char part[256];
    if (order("enospc", part, sizeof part) && is_meant(fd, part)) {
        errno = ENOSPC;
        return 1;
    }
    if (order("eio", part, sizeof part) && is_meant(fd, part)) {
        errno = EIO;
        return 1;
    }
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    return fails(fd) ? -1 : syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return fails(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
    return pwrite(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return fails(fd) ? -1 : syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd) {
    return fails(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static long ahead(void) {
    char text[32];
    return order("clock", text, sizeof text) ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    const int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *into) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (into) *into = exact.tv_sec;
    return exact.tv_sec;
}
