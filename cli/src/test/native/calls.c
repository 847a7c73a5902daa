/*
 * Stands between a program and the C library: records what is written, synced, named and sent, in
 * one order, and lets calls fail as a plan says. The test compiles it and preloads it; docs/testing.md
 * describes the record. dlsym is replaced as well, since the JVM's look-up for foreign functions asks
 * for the symbols of the C library itself.
 *
 * CALLS_LOG   the file of the record
 * CALLS_DIR   the directory whose files are recorded
 * CALLS_PLAN  entries "call,suffix,fault,first,every,count,argument", divided by semicolons:
 *             the call is write, sync, name or any, the fault lost, short, fail, slow or kill, the argument
 *             bytes, an error number, milliseconds, or whether the process is killed after the call
 *             (1) or before it (0); calls count for a kill once the file CALLS_LOG.armed is there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct head {
    uint32_t bytes, type;
    uint64_t call;
    int64_t a, b, c;
};

struct fault {
    char call[8], suffix[32], kind[8];
    long first, every, count, argument, seen;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int record = -1;
static char directory[PATH_MAX], armed[PATH_MAX];
static size_t directory_bytes;
static uint64_t calls;
static struct fault faults[16];
static int fault_count;

static void begin(void) {
    const char *log = getenv("CALLS_LOG"), *dir = getenv("CALLS_DIR"), *plan = getenv("CALLS_PLAN");
    if (!log || !dir) return;
    snprintf(directory, sizeof directory, "%s/", dir);
    directory_bytes = strlen(directory);
    snprintf(armed, sizeof armed, "%s.armed", log);
    for (; plan && *plan && fault_count < 16; plan = strchr(plan, ';') ? strchr(plan, ';') + 1 : "") {
        struct fault *f = &faults[fault_count];
        int at = 0; /* an empty suffix is every file, and %[ takes no empty field */
        int fields = sscanf(plan, "%7[^,],%n%31[^,]", f->call, &at, f->suffix);
        if (fields < 1 || !at) abort();
        if (fields == 1) f->suffix[0] = 0;
        if (sscanf(plan + at + strlen(f->suffix), ",%7[^,],%ld,%ld,%ld,%ld", f->kind, &f->first, &f->every,
                   &f->count, &f->argument) != 5)
            abort(); /* a plan that is not understood would let every test pass */
        fault_count++;
    }
    record = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int active(void) {
    pthread_once(&once, begin);
    return record >= 0;
}

/* One record, with the bytes of some vectors behind it. The number of the call, new if it is 0. */
static uint64_t note(char type, uint64_t call, int64_t a, int64_t b, int64_t c, const struct iovec *data,
                     int n) {
    int saved = errno;
    struct iovec all[33];
    struct head head = {sizeof head, (uint32_t)type, call, a, b, c};
    if (n > 32) n = 32;
    all[0] = (struct iovec){&head, sizeof head};
    for (int i = 0; i < n; i++) {
        all[i + 1] = data[i];
        head.bytes += data[i].iov_len;
    }
    pthread_mutex_lock(&lock);
    if (!call) call = head.call = ++calls;
    if (syscall(SYS_writev, record, all, n + 1) != (long)head.bytes) abort();
    pthread_mutex_unlock(&lock);
    errno = saved;
    return call;
}

static struct fault *fault_of(const char *call, const char *path) {
    struct fault *found = NULL;
    size_t length = strlen(path);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < fault_count && !found; i++) {
        struct fault *f = &faults[i];
        size_t suffix = strlen(f->suffix);
        if (strcmp(f->call, call) && strcmp(f->call, "any")) continue;
        if (length < suffix || strcmp(path + length - suffix, f->suffix)) continue;
        if (!strcmp(f->kind, "kill") && syscall(SYS_faccessat, AT_FDCWD, armed, F_OK)) continue;
        long n = f->seen++;
        if (n < f->first || (n - f->first) % f->every || f->count == 0) continue;
        f->count--;
        found = f;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static int is(const struct fault *fault, const char *kind) { return fault && !strcmp(fault->kind, kind); }

static void kill_if(const struct fault *fault, int after) {
    if (is(fault, "kill") && fault->argument == after) kill(getpid(), SIGKILL);
}

static void pause_for(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* Whether the file is one that is recorded; its path and number. */
static int file_of(int fd, char *path, uint64_t *number) {
    char link[32];
    struct stat stat;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    if (strncmp(path, directory, directory_bytes) && strncmp(path, directory, directory_bytes - 1)) return 0;
    if (fstat(fd, &stat)) return 0;
    *number = stat.st_ino;
    return S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode);
}

static ssize_t written(int fd, const struct iovec *data, int n, off_t at, int positioned) {
    char path[PATH_MAX];
    uint64_t file;
    int saved = errno;
    size_t bytes = 0;
    for (int i = 0; i < n; i++) bytes += data[i].iov_len;
    struct sockaddr_in6 mine, peer;
    socklen_t m = sizeof mine, p = sizeof peer;
    if (!active()) goto plain;
    if (!positioned && !getsockname(fd, (struct sockaddr *)&mine, &m)) {
        if (getpeername(fd, (struct sockaddr *)&peer, &p)) goto plain;
        /* The port stands at the same place for both families. */
        errno = saved;
        uint64_t call = note('N', 0, ntohs(mine.sin6_port), ntohs(peer.sin6_port), 0, data, n);
        ssize_t sent = syscall(SYS_writev, fd, data, n);
        note('n', call, sent, errno, 0, NULL, 0);
        return sent;
    }
    errno = saved;
    if (!file_of(fd, path, &file)) goto plain;
    if (!positioned) at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
    struct fault *fault = fault_of("write", path);
    kill_if(fault, 0);
    uint64_t call = note('W', 0, file, at, 0, data, n);
    if (is(fault, "slow")) pause_for(fault->argument);
    ssize_t result;
    int lost = is(fault, "lost");
    if (lost) {
        result = bytes;
        if (!positioned) syscall(SYS_lseek, fd, bytes, SEEK_CUR);
    } else if (is(fault, "fail")) {
        result = -1;
        errno = fault->argument;
    } else if (is(fault, "short") && n == 1 && bytes > (size_t)fault->argument) {
        result = positioned ? syscall(SYS_pwrite64, fd, data->iov_base, fault->argument, at)
                            : syscall(SYS_write, fd, data->iov_base, fault->argument);
    } else {
        result = positioned ? syscall(SYS_pwrite64, fd, data->iov_base, data->iov_len, at)
                            : syscall(SYS_writev, fd, data, n);
    }
    kill_if(fault, 1);
    note('w', call, result, errno, lost, NULL, 0);
    return result;
plain:
    errno = saved;
    return positioned ? syscall(SYS_pwrite64, fd, data->iov_base, data->iov_len, at)
                      : syscall(SYS_writev, fd, data, n);
}

static ssize_t my_pwrite(int fd, const void *data, size_t bytes, off_t at) {
    return written(fd, &(struct iovec){(void *)data, bytes}, 1, at, 1);
}
static ssize_t my_write(int fd, const void *data, size_t bytes) {
    return written(fd, &(struct iovec){(void *)data, bytes}, 1, 0, 0);
}
static ssize_t my_writev(int fd, const struct iovec *data, int n) { return written(fd, data, n, 0, 0); }

static int synced(int fd, long number) {
    char path[PATH_MAX];
    uint64_t file;
    if (!active() || !file_of(fd, path, &file)) return syscall(number, fd);
    struct fault *fault = fault_of("sync", path);
    kill_if(fault, 0);
    uint64_t call = note('S', 0, file, 0, 0, NULL, 0);
    if (is(fault, "slow")) pause_for(fault->argument);
    int result;
    if (is(fault, "fail")) {
        result = -1;
        errno = fault->argument;
    } else {
        result = syscall(number, fd);
    }
    kill_if(fault, 1);
    note('s', call, result, errno, 0, NULL, 0);
    return result;
}

static int my_fdatasync(int fd) { return synced(fd, SYS_fdatasync); }
static int my_fsync(int fd) { return synced(fd, SYS_fsync); }

static int opened(int at, const char *path, int flags, mode_t mode) {
    int fd = syscall(SYS_openat, at, path, flags, mode), saved = errno;
    char full[PATH_MAX];
    uint64_t file;
    if (fd >= 0 && (flags & (O_CREAT | O_TRUNC)) && active() && file_of(fd, full, &file)) {
        struct stat stat;
        if (!fstat(fd, &stat) && S_ISREG(stat.st_mode))
            note('F', 0, file, stat.st_size, 0, &(struct iovec){full, strlen(full)}, 1);
    }
    errno = saved;
    return fd;
}

static int my_open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;
    va_end(rest);
    return opened(AT_FDCWD, path, flags, mode);
}

static int my_openat(int at, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;
    va_end(rest);
    return opened(at, path, flags, mode);
}

static int sized(int fd, off_t size, int result) {
    char path[PATH_MAX];
    uint64_t file;
    if (result == 0 && active() && file_of(fd, path, &file)) note('T', 0, file, size, 0, NULL, 0);
    return result;
}

static int my_ftruncate(int fd, off_t size) { return sized(fd, size, syscall(SYS_ftruncate, fd, size)); }

static int my_posix_fallocate(int fd, off_t at, off_t bytes) {
    int saved = errno, result = syscall(SYS_fallocate, fd, 0, at, bytes) ? errno : 0;
    errno = saved;
    return sized(fd, at + bytes, result);
}

/* Two names, as they were given; relative ones with the working directory in front. */
static void named(char type, const char *from, const char *to, int result) {
    char cwd[PATH_MAX], names[4 * PATH_MAX];
    if (result || !active() || !getcwd(cwd, sizeof cwd)) return;
    const char *name[] = {from, to};
    int bytes = 0;
    for (int i = 0; i < 2; i++)
        bytes += snprintf(names + bytes, sizeof names - bytes, "%s%s%s", *name[i] == '/' ? "" : cwd,
                          *name[i] == '/' ? "" : "/", name[i]) + 1;
    note(type, 0, 0, 0, 0, &(struct iovec){names, bytes}, 1);
}

/* The fault for a change of names; the process may end here. */
static struct fault *naming(const char *path) {
    int saved = errno;
    struct fault *fault = active() ? fault_of("name", path) : NULL;
    kill_if(fault, 0);
    errno = saved;
    return fault;
}

static int my_renameat2(int old, const char *from, int new, const char *to, unsigned flags) {
    struct fault *fault = naming(to);
    int result = syscall(SYS_renameat2, old, from, new, to, flags);
    kill_if(fault, 1);
    named('R', from, to, result);
    return result;
}
static int my_rename(const char *from, const char *to) {
    return my_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}
static int my_renameat(int old, const char *from, int new, const char *to) {
    return my_renameat2(old, from, new, to, 0);
}
static int my_link(const char *from, const char *to) {
    struct fault *fault = naming(to);
    int result = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    kill_if(fault, 1);
    named('L', from, to, result);
    return result;
}
static int my_unlink(const char *path) {
    struct fault *fault = naming(path);
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    kill_if(fault, 1);
    named('U', path, path, result);
    return result;
}
static int my_unlinkat(int at, const char *path, int flags) {
    struct fault *fault = naming(path);
    int result = syscall(SYS_unlinkat, at, path, flags);
    kill_if(fault, 1);
    if (at == AT_FDCWD) named('U', path, path, result);
    return result;
}

#define ALL(X)                                                                                          \
    X(pwrite) X(write) X(writev) X(fdatasync) X(fsync) X(open) X(openat) X(ftruncate) X(posix_fallocate) \
    X(renameat2) X(rename) X(renameat) X(link) X(unlink) X(unlinkat)

#define PUBLIC(name) extern __typeof__(my_##name) name __attribute__((alias("my_" #name)));
#define PUBLIC64(name, as) extern __typeof__(my_##name) as __attribute__((alias("my_" #name)));
#undef open
ALL(PUBLIC)
PUBLIC64(pwrite, pwrite64)
PUBLIC64(open, open64)
PUBLIC64(openat, openat64)
PUBLIC64(ftruncate, ftruncate64)

static void *real_dlsym(void *handle, const char *name) {
    static void *(*real)(void *, const char *);
    const char *versions[] = {"GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.27", "GLIBC_2.34"};
    for (int i = 0; i < 4 && !real; i++) real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    return real ? real(handle, name) : NULL;
}

void *dlsym(void *handle, const char *name) {
#define LOOK(symbol) \
    if (!strcmp(name, #symbol) || !strcmp(name, #symbol "64")) return (void *)my_##symbol;
    ALL(LOOK)
    return real_dlsym(handle, name);
}
