/* Loaded into the service before libc (LD_PRELOAD): writes down each change of a name and each sync below
 * OPERATIONS_ROOT, in order, and kills the process before the one of number OPERATIONS_KILL.
 * In C, since it must be a library that needs nothing but libc. */
#define _GNU_SOURCE
#include <dlfcn.h>
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

static atomic_long counted;

/* Kills count what changes the look of the folders; the database's own content is another test's matter. */
static void say(const char *what, const char *path) {
    const char *root = getenv("OPERATIONS_ROOT"), *log = getenv("OPERATIONS_LOG"), *end = getenv("OPERATIONS_KILL");
    if (!root || !log || strncmp(path, root, strlen(root)) != 0) return;
    int content = strcmp(what, "write") == 0 || strcmp(what, "sync") == 0;
    if (!(content && strstr(path, "countersign.db"))) {
        long number = atomic_fetch_add(&counted, 1);
        if (end && number == atol(end)) kill(getpid(), SIGKILL);
    }
    char line[4200];
    int length = snprintf(line, sizeof line, "%s %s\n", what, path + strlen(root));
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    syscall(SYS_write, fd, line, length);
    syscall(SYS_close, fd);
}

static void say_of(const char *what, int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = 0;
    say(what, path);
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
ssize_t write(int fd, const void *from, size_t bytes) { say_of("write", fd); return NEXT(write)(fd, from, bytes); }
ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at) {
    say_of("write", fd);
    return NEXT(pwrite64)(fd, from, bytes, at);
}
