/*
 * Drives a rotera server with next to no cost of its own, so that what is measured is the server; and does the same
 * work without a server, as the bound. Build: cc -O2 -pthread -o load load.c
 *
 *   load push   PORT QUEUE MESSAGES BATCH SIZE     push, one commit at the end
 *   load stream PORT QUEUE MESSAGES CHUNK          stream from the oldest message on
 *   load commit PORT QUEUE SECONDS CONNECTIONS SIZE    each connection: push one message and commit it, again and again
 *   load wait   PORT QUEUE SECONDS CONNECTIONS     each connection: a stream that waits for messages that never come
 *   load disk   FILE SECONDS SIZE                  pwrite and fdatasync through FILE, no network
 *   load bare   FILE SECONDS SIZE                  a bare server in a second process: two pwrites and fdatasync a request
 *   load copy   MESSAGES BATCH SIZE                the bytes of so many messages from a second process, nothing else
 *
 * One line on standard output: a number, its unit, and details.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 32, STATUS = 16, BATCH_HEADER = 24, MOST_SAMPLES = 4000000 };
static const uint64_t OP_READ = 0x7a23663364b9d865, OP_PUSH = 0x70bbf8926f2a1ec6, OP_COMMIT = 0xfc54160306bf77d4,
                      OP_STREAM = 0xbd4a8ffdc74673dd;

struct header { uint64_t op; uint32_t queue, count; uint64_t id, total; };

static uint16_t port;
static uint32_t queue;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void send_all(int to, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t sent = write(to, (const char *)bytes + done, length - done);
        if (sent <= 0) fail("write");
        done += (size_t)sent;
    }
}

static int receive_all(int from, void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t received = read(from, (char *)bytes + done, length - done);
        if (received <= 0) return 0;
        done += (size_t)received;
    }
    return 1;
}

static void must_receive(int from, void *bytes, size_t length) {
    if (!receive_all(from, bytes, length)) {
        fprintf(stderr, "the server closed the connection\n");
        exit(1);
    }
}

static int dial(void) {
    int one = 1, to = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (to < 0 || connect(to, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return to;
}

static uint64_t commit(int connection) {
    struct header request = {OP_COMMIT, queue, 0, 0, 0};
    uint64_t reply[2];
    send_all(connection, &request, HEADER);
    must_receive(connection, reply, STATUS);
    return reply[1];
}

/* Latencies in seconds of one connection, at most so many. */
struct samples { double *at; size_t count; };

static void add_sample(struct samples *samples, double latency) {
    if (!samples->at) samples->at = malloc(sizeof(double) * MOST_SAMPLES);
    if (samples->count < MOST_SAMPLES) samples->at[samples->count++] = latency;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_rate(struct samples *all, double took) {
    qsort(all->at, all->count, sizeof(double), ascending);
    printf("%.0f messages/s p50 %.0f us p99 %.0f us max %.0f us\n", (double)all->count / took, all->at[all->count / 2] * 1e6,
           all->at[all->count * 99 / 100] * 1e6, all->at[all->count - 1] * 1e6);
}

static void push(long messages, long batch, long size) {
    int connection = dial();
    size_t length = HEADER + (size_t)batch * (4 + (size_t)size);
    char *request = malloc(length);
    memset(request, 'x', length);
    double begin = seconds();
    for (long done = 0; done < messages;) {
        long count = messages - done < batch ? messages - done : batch;
        struct header header = {OP_PUSH, queue, (uint32_t)count, 0, 0};
        uint32_t each = (uint32_t)size;
        memcpy(request, &header, HEADER);
        for (long i = 0; i < count; i++) memcpy(request + HEADER + 4 * i, &each, 4);
        char *payload = request + HEADER + 4 * count;
        for (long i = 0; i < count && size >= 8; i++) {
            uint64_t number = (uint64_t)(done + i);
            memcpy(payload + i * size, &number, 8);
        }
        send_all(connection, request, HEADER + (size_t)count * (4 + (size_t)size));
        done += count;
    }
    uint64_t next = commit(connection);
    double took = seconds() - begin;
    printf("%.0f messages/s %.0f MB/s next %lu\n", (double)messages / took, (double)messages * (double)size / took / 1e6, next);
}

static void stream(long messages, long chunk) {
    int connection = dial();
    uint64_t head[3];
    struct header read_oldest = {OP_READ, queue, 1, 1ull << 63, 0};
    uint32_t *lengths = malloc(4u << 20);
    char *payload = malloc(256u << 20);
    send_all(connection, &read_oldest, HEADER);
    must_receive(connection, head, BATCH_HEADER);
    if (head[2] == 0) fail("the queue is empty");
    must_receive(connection, lengths, 4);
    must_receive(connection, payload, lengths[0]);
    uint64_t expected = head[1];
    struct header request = {OP_STREAM, queue, (uint32_t)chunk, expected, (uint64_t)messages};
    double begin = seconds(), bytes = 0;
    send_all(connection, &request, HEADER);
    for (long got = 0; got < messages;) {
        must_receive(connection, head, BATCH_HEADER);
        if (head[1] != expected) {
            fprintf(stderr, "expected id %lu, got %lu\n", expected, head[1]);
            exit(1);
        }
        must_receive(connection, lengths, 4 * head[2]);
        size_t sum = 0;
        for (uint64_t i = 0; i < head[2]; i++) sum += lengths[i];
        must_receive(connection, payload, sum);
        bytes += (double)sum;
        got += (long)head[2];
        expected += head[2];
    }
    double took = seconds() - begin;
    printf("%.0f messages/s %.0f MB/s\n", (double)messages / took, bytes / took / 1e6);
}

static double deadline;
static size_t message_size;

static void *commit_again_and_again(void *argument) {
    struct samples *samples = argument;
    int connection = dial();
    size_t length = HEADER + 4 + message_size + HEADER;
    char *request = calloc(1, length);
    struct header push = {OP_PUSH, queue, 1, 0, 0}, commit = {OP_COMMIT, queue, 0, 0, 0};
    uint32_t size = (uint32_t)message_size;
    memcpy(request, &push, HEADER);
    memcpy(request + HEADER, &size, 4);
    memcpy(request + HEADER + 4 + message_size, &commit, HEADER);
    for (double begin = seconds(); begin < deadline;) {
        char reply[STATUS];
        send_all(connection, request, length);
        must_receive(connection, reply, STATUS);
        double end = seconds();
        add_sample(samples, end - begin);
        begin = end;
    }
    return NULL;
}

static void commits(double duration, int connections) {
    struct samples *each = calloc((size_t)connections, sizeof *each), all = {0};
    pthread_t *threads = calloc((size_t)connections, sizeof *threads);
    double begin = seconds();
    deadline = begin + duration;
    for (int i = 0; i < connections; i++) pthread_create(&threads[i], NULL, commit_again_and_again, &each[i]);
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double took = seconds() - begin;
    for (int i = 0; i < connections; i++) {
        for (size_t k = 0; k < each[i].count; k++) add_sample(&all, each[i].at[k]);
    }
    print_rate(&all, took);
}

static void wait_for_nothing(double duration, int connections) {
    for (int i = 0; i < connections; i++) {
        struct header request = {OP_STREAM, queue, 64, 1ull << 62, 1};
        send_all(dial(), &request, HEADER);
    }
    usleep((useconds_t)(duration * 1e6));
    printf("%d streams waited for %.0f s\n", connections, duration);
}

static int open_file(const char *path) {
    int file = open(path, O_RDWR);
    if (file < 0) fail(path);
    return file;
}

static void disk(const char *path, double duration, size_t size) {
    int file = open_file(path);
    off_t at = 0, end = lseek(file, 0, SEEK_END);
    char *bytes = calloc(1, size);
    struct samples all = {0};
    double start = seconds();
    for (double begin = start; begin < start + duration;) {
        if (pwrite(file, bytes, size, at) != (ssize_t)size || fdatasync(file)) fail("write");
        at = at + 2 * (off_t)size > end ? 0 : at + (off_t)size;
        double now = seconds();
        add_sample(&all, now - begin);
        begin = now;
    }
    print_rate(&all, seconds() - start);
}

static void serve_bare(int listener, int file, size_t size) {
    int one = 1, client = accept(listener, NULL, NULL);
    size_t length = HEADER + 4 + size + HEADER;
    off_t at = 0, half = lseek(file, 0, SEEK_END) / 2;
    char *bytes = calloc(1, length);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    while (receive_all(client, bytes, length)) {
        if (pwrite(file, bytes, size, at) != (ssize_t)size || pwrite(file, bytes, 24, half + at) != 24 || fdatasync(file)) fail("write");
        at = at + 2 * (off_t)size > half ? 0 : at + (off_t)size;
        send_all(client, bytes, STATUS);
    }
    _exit(0);
}

static void bare(const char *path, double duration, size_t size) {
    int file = open_file(path), listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) fail("getsockname");
    if (fork() == 0) serve_bare(listener, file, size);
    port = ntohs(address.sin_port);
    struct samples all = {0};
    message_size = size;
    double begin = seconds();
    deadline = begin + duration;
    commit_again_and_again(&all);
    print_rate(&all, seconds() - begin);
    exit(0);
}

/* What both sides of a copy do: send BATCH messages at a time; receive as much as comes, up to 1 MiB. */
static void copy(long messages, long batch, long size) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) fail("getsockname");
    port = ntohs(address.sin_port);
    if (fork() == 0) {
        int to = dial();
        size_t bytes = (size_t)batch * (size_t)size;
        char *sent = calloc(1, bytes);
        for (long done = 0; done < messages; done += batch) send_all(to, sent, bytes);
        _exit(0);
    }
    int from = accept(listener, NULL, NULL);
    char *received = malloc(1 << 20);
    double begin = seconds(), bytes = 0;
    for (ssize_t got; (got = read(from, received, 1 << 20)) > 0;) bytes += (double)got;
    double took = seconds() - begin;
    printf("%.0f messages/s %.0f MB/s\n", bytes / (double)size / took, bytes / took / 1e6);
    exit(0);
}

int main(int count, char **arguments) {
    const char *mode = count > 4 ? arguments[1] : "";
    if (!strcmp(mode, "disk")) {
        disk(arguments[2], atof(arguments[3]), (size_t)atol(arguments[4]));
    } else if (!strcmp(mode, "bare")) {
        bare(arguments[2], atof(arguments[3]), (size_t)atol(arguments[4]));
    } else if (!strcmp(mode, "copy") && count == 5) {
        copy(atol(arguments[2]), atol(arguments[3]), atol(arguments[4]));
    } else {
        port = (uint16_t)atoi(count > 5 ? arguments[2] : "0");
        queue = (uint32_t)atol(count > 5 ? arguments[3] : "0");
        if (!strcmp(mode, "push") && count == 7) {
            push(atol(arguments[4]), atol(arguments[5]), atol(arguments[6]));
        } else if (!strcmp(mode, "stream") && count == 6) {
            stream(atol(arguments[4]), atol(arguments[5]));
        } else if (!strcmp(mode, "commit") && count == 7) {
            message_size = (size_t)atol(arguments[6]);
            commits(atof(arguments[4]), atoi(arguments[5]));
        } else if (!strcmp(mode, "wait") && count == 6) {
            wait_for_nothing(atof(arguments[4]), atoi(arguments[5]));
        } else {
            fprintf(stderr, "usage: see the head of load.c\n");
            return 2;
        }
    }
    return 0;
}
