/*
 * Whether this machine stands still under what a queue does: one thread sleeps 50 us again and again, one
 * writes 400 bytes and syncs them, first each alone, then both. Times in milliseconds.
 *
 *     cc -O2 -pthread -o stalls stalls.c && ./stalls FILE
 *
 * FILE is made (64 MiB) and removed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 4, SLEEP_NANOS = 50000, WRITE = 400, SIZE = 64 << 20, CHUNK = 1 << 20, MOST = 1 << 20 };

static int file;
static char chunk[CHUNK];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void step(int syncs, off_t at) {
    if (!syncs) {
        nanosleep(&(struct timespec){.tv_nsec = SLEEP_NANOS}, NULL);
    } else if (pwrite(file, chunk, WRITE, at) != WRITE || fdatasync(file) != 0) {
        perror("write");
        exit(1);
    }
}

static void *run(void *argument) {
    int syncs = argument != NULL, count = 0, stops = 0;
    double *times = malloc(MOST * sizeof *times), stopped = 0, begin = now();
    off_t at = 0;
    while (now() - begin < SECONDS * 1e3 && count < MOST) {
        double from = now();
        step(syncs, at);
        double time = now() - from;
        times[count++] = time;
        if (time > 3) stops++, stopped += time;
        at = (at + WRITE) % (SIZE - WRITE);
    }
    qsort(times, count, sizeof *times, compare);
    printf("  %-5s p50 %6.3f  p99 %6.3f  p99.9 %6.3f  longest %6.3f; over 3 ms: %d, %.0f of %d ms\n",
           syncs ? "sync" : "sleep", times[count / 2], times[(long)count * 99 / 100],
           times[(long)count * 999 / 1000], times[count - 1], stops, stopped, SECONDS * 1000);
    free(times);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: stalls FILE (that does not exist yet)\n"), 2;
    if ((file = open(arguments[1], O_RDWR | O_CREAT | O_EXCL, 0600)) < 0) return perror(arguments[1]), 1;
    for (int i = 0; i < SIZE / CHUNK; i++)
        if (pwrite(file, chunk, CHUNK, (off_t)i * CHUNK) != CHUNK) return perror("write"), 1;
    fsync(file);
    pthread_t thread;
    puts("a thread that sleeps 50 us, alone"), run(NULL);
    puts("a thread that syncs 400 bytes, alone"), run(chunk);
    puts("both");
    pthread_create(&thread, NULL, run, NULL), run(chunk);
    pthread_join(thread, NULL);
    return unlink(arguments[1]) != 0;
}
