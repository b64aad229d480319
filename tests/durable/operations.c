/* Loaded into the service before libc (LD_PRELOAD): writes down each change of a name and each sync below
 * OPERATIONS_ROOT, in order, and kills the process before the one of number OPERATIONS_KILL. With OPERATIONS_ALL the
 * database's own content counts too. Below OPERATIONS_ROOT no more than OPERATIONS_ROOM bytes can be written.
 * In C, since it must be a library that needs nothing but libc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long counted, filled;

/* Kills count what changes the look of the folders; the database's own content is another test's matter. */
static void say(const char *what, const char *path) {
    const char *root = getenv("OPERATIONS_ROOT"), *log = getenv("OPERATIONS_LOG"), *end = getenv("OPERATIONS_KILL");
    if (!root || !log || strncmp(path, root, strlen(root)) != 0) return;
    int content = strcmp(what, "write") == 0 || strcmp(what, "sync") == 0;
    if (getenv("OPERATIONS_ALL") || !(content && strstr(path, "countersign.db"))) {
        long number = atomic_fetch_add(&counted, 1);
        if (end && number == atol(end)) kill(getpid(), SIGKILL);
    }
    char line[4200];
    int length = snprintf(line, sizeof line, "%s %s\n", what, path + strlen(root));
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    syscall(SYS_write, fd, line, length);
    syscall(SYS_close, fd);
}

static int path_of(int fd, char *path, size_t room) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, room - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return 1;
}

static void say_of(const char *what, int fd) {
    char path[4096];
    if (path_of(fd, path, sizeof path)) say(what, path);
}

/* Whether the disk is full for so many more bytes. */
static int full(int fd, size_t bytes) {
    const char *root = getenv("OPERATIONS_ROOT"), *room = getenv("OPERATIONS_ROOM");
    char path[4096];
    if (!root || !room || !path_of(fd, path, sizeof path) || strncmp(path, root, strlen(root)) != 0) return 0;
    if (atomic_fetch_add(&filled, (long)bytes) + (long)bytes <= atol(room)) return 0;
    errno = ENOSPC;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int opened(int (*next)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if ((flags & O_CREAT) && access(path, F_OK) != 0) say("make", path);
    return next(path, flags, mode);
}
int open(const char *path, int flags, ...) {
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
    return opened(NEXT(open), path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
    return opened(NEXT(open64), path, flags, mode);
}
int mkdir(const char *path, mode_t mode) { say("make", path); return NEXT(mkdir)(path, mode); }
int unlink(const char *path) { say("delete", path); return NEXT(unlink)(path); }
int fsync(int fd) { say_of("sync", fd); return NEXT(fsync)(fd); }
int fdatasync(int fd) { say_of("sync", fd); return NEXT(fdatasync)(fd); }
int rename(const char *from, const char *to) { say("rename", to); return NEXT(rename)(from, to); }
int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    say("link", to);
    return NEXT(linkat)(from_at, from, to_at, to, flags);
}
int ftruncate64(int fd, off64_t to) { say_of("truncate", fd); return NEXT(ftruncate64)(fd, to); }
ssize_t write(int fd, const void *from, size_t bytes) {
    say_of("write", fd);
    return full(fd, bytes) ? -1 : NEXT(write)(fd, from, bytes);
}
ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at) {
    say_of("write", fd);
    return full(fd, bytes) ? -1 : NEXT(pwrite64)(fd, from, bytes, at);
}
