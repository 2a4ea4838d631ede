// SPDX-License-Identifier: Apache-2.0
// Reads and writes by each way of ways.c, in loops within one process, and measures them. Request (lines.h):
//   measure WAY read|write warm|first SIZE REPETITIONS BATCH
// warm:  the object is open, attached and was touched before; a sample is the time of BATCH copies divided by
// BATCH. first: each repetition opens (write: creates) the object, attaches it, copies once, detaches and
// closes. `first` is the copy
//        alone, which pays the page faults; `whole` is everything from open to close.
// Command line: storage_loop POSIX_PREFIX TMPFS_PREFIX DISK_PREFIX. The Java program of the same name does
// the same.
#include "../common/clock.h"
#include "lines.h"
#include "ways.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_SIZE ((int64_t)64 << 20)
#define MAX_SAMPLES 100000
#define MAX_OBJECTS 128
// O_DIRECT needs the buffer at a multiple of the block size.
#define ALIGNMENT 4096

struct job {
    const struct way *way;
    bool write;
    bool warm;
    size_t size;
    int64_t repetitions;
    int64_t batch;
};

static struct places places;
static char *source; // what is written
static char *target; // where a read goes

// Objects with contents, for reads and warm writes; made when first asked for, removed at the end.
static struct object objects[MAX_OBJECTS];
static int object_count;

static int64_t first_ns[MAX_SAMPLES];
static int64_t whole_ns[MAX_SAMPLES];
static struct rusage before; // the counters when the measuring began

static void name_of(char *name, size_t capacity, const struct way *way, size_t size, const char *what)
{
    const char *prefix = way->place == POSIX   ? places.posix_prefix
                         : way->place == TMPFS ? places.tmpfs_prefix
                                               : places.disk_prefix;
    if (way->place == SYSV) {
        name[0] = '\0';
    } else {
        snprintf(name, capacity, "%s%s-%zu%s", prefix, way->name, size, what);
    }
}

// The object of this size that this way reads and writes over, to be opened by this way; made and filled when
// it is not there.
static bool filled(struct object *object, const struct job *job, struct trouble *trouble)
{
    for (int i = 0; i < object_count; i++) {
        if (ways_share(objects[i].way, job->way) && objects[i].size == job->size) {
            *object = objects[i];
            object->way = job->way;
            return true;
        }
    }
    if (object_count == MAX_OBJECTS) {
        *trouble = (struct trouble){.call = "objects", .object = "too many", .number = ENOSPC};
        return false;
    }
    char name[256];
    name_of(name, sizeof name, job->way, job->size, "");
    bool made = object_create(object, job->way, job->size, name, trouble);
    made = made && object_attach(object, trouble);
    made = made && (job->way->place != SYSV ||
                    object_unname(object, trouble)); // kept by its attachment alone: a kill leaves nothing
    made = made && object_write(object, source, trouble);
    object_detach(object);
    if (made) {
        objects[object_count++] = *object;
    } else {
        object_remove(object);
    }
    return made;
}

static void remove_objects(void)
{
    while (object_count > 0) {
        object_remove(&objects[--object_count]);
    }
}

static bool copy(struct object *object, const struct job *job, struct trouble *trouble)
{
    return job->write ? object_write(object, source, trouble) : object_read(object, target, trouble);
}

static bool measure_warm(struct object *object, const struct job *job, struct trouble *trouble)
{
    bool done = object_open(object, trouble) && object_attach(object, trouble) &&
                copy(object, job, trouble); // the touch
    getrusage(RUSAGE_SELF, &before);
    for (int64_t i = 0; done && i < job->repetitions; i++) {
        int64_t begun_ns = clock_ns();
        for (int64_t k = 0; done && k < job->batch; k++) {
            done = copy(object, job, trouble);
        }
        first_ns[i] = clock_ns() - begun_ns;
    }
    object_detach(object);
    return done;
}

static bool measure_first_read(struct object *object, const struct job *job, struct trouble *trouble)
{
    bool done = true;
    getrusage(RUSAGE_SELF, &before);
    for (int64_t i = 0; done && i < job->repetitions; i++) {
        if (job->way->cold && !object_chill(object, trouble)) {
            return false;
        }
        int64_t begun_ns = clock_ns();
        done = object_open(object, trouble) && object_attach(object, trouble);
        int64_t attached_ns = clock_ns();
        done = done && object_read(object, target, trouble);
        int64_t copied_ns = clock_ns();
        object_detach(object);
        whole_ns[i] = clock_ns() - begun_ns;
        first_ns[i] = copied_ns - attached_ns;
    }
    return done;
}

static bool measure_first_write(const struct job *job, struct trouble *trouble)
{
    char name[256];
    name_of(name, sizeof name, job->way, job->size, "-new");
    bool done = true;
    getrusage(RUSAGE_SELF, &before);
    for (int64_t i = 0; done && i < job->repetitions; i++) {
        struct object object;
        int64_t begun_ns = clock_ns();
        done = object_create(&object, job->way, job->size, name, trouble) && object_attach(&object, trouble);
        int64_t attached_ns = clock_ns();
        done = done && object_unname(&object, trouble);
        int64_t unnamed_ns = clock_ns();
        done = done && object_write(&object, source, trouble);
        int64_t copied_ns = clock_ns();
        object_detach(&object);
        whole_ns[i] = clock_ns() - begun_ns - (unnamed_ns - attached_ns);
        first_ns[i] = copied_ns - unnamed_ns;
        object_remove(&object);
    }
    return done;
}

static int64_t cpu_ns(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NS_PER_SECOND +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000;
}

static void measure(const struct job *job)
{
    struct trouble trouble = {0};
    struct object object;
    // The object's first filling is nobody's measurement.
    if (!(job->write && !job->warm) && !filled(&object, job, &trouble)) {
        goto failed;
    }
    memset(target, 0, job->size);
    bool done = job->warm    ? measure_warm(&object, job, &trouble)
                : job->write ? measure_first_write(job, &trouble)
                             : measure_first_read(&object, job, &trouble);
    struct rusage after;
    getrusage(RUSAGE_SELF, &after);
    if (!done) {
        goto failed;
    }
    if (!job->write && memcmp(source, target, job->size) != 0) {
        answer_usage("the bytes that were read are not those that were written");
        return;
    }
    size_t count = (size_t)job->repetitions;
    answer_begin();
    answer_object_begin("samplesNs");
    if (job->warm) {
        answer_quotients("warm", first_ns, count, job->batch);
    } else {
        answer_numbers("first", first_ns, count);
        answer_numbers("whole", whole_ns, count);
    }
    answer_object_end();
    answer_number("operations", job->repetitions * job->batch);
    answer_number("cpuNs", cpu_ns(&after) - cpu_ns(&before));
    answer_number("minorFaults", after.ru_minflt - before.ru_minflt);
    answer_number("majorFaults", after.ru_majflt - before.ru_majflt);
    answer_end();
    return;
failed:
    if (trouble.unsupported[0] != '\0') {
        answer_unsupported(trouble.unsupported);
    } else {
        answer_error(trouble.call, trouble.object, trouble.number);
    }
}

// Fills in the job; NULL, or what is wrong.
static const char *parse(struct request *request, struct job *job)
{
    char **words = request->words;
    if (request->count != 7 || strcmp(words[0], "measure") != 0) {
        return "usage: measure WAY read|write warm|first SIZE REPETITIONS BATCH";
    }
    job->way = way_of(words[1]);
    job->write = strcmp(words[2], "write") == 0;
    job->warm = strcmp(words[3], "warm") == 0;
    int64_t size = positive_number(words[4]);
    job->size = (size_t)size;
    job->repetitions = positive_number(words[5]);
    job->batch = positive_number(words[6]);
    if (job->way == NULL) {
        return "no such way";
    }
    if (size == 0 || size > MAX_SIZE || size % ALIGNMENT != 0 ||
        (job->way->multiple_size != 0 && job->size % job->way->multiple_size != 0)) {
        return "SIZE: a multiple of 4096 (huge pages: of 2 MiB), at most 64 MiB";
    }
    if (job->repetitions == 0 || job->repetitions > MAX_SAMPLES || job->batch == 0 ||
        (!job->warm && job->batch != 1)) {
        return "REPETITIONS: 1 to 100000; BATCH: from 1, and 1 unless warm";
    }
    return NULL;
}

// splitmix64: bytes that are nowhere else, so that a read that read nothing is seen.
static void fill(char *bytes, size_t size)
{
    uint64_t state = (uint64_t)clock_ns() ^ ((uint64_t)getpid() << 32);
    for (size_t i = 0; i < size; i += sizeof state) {
        state += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t mixed = (state ^ (state >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
        mixed ^= mixed >> 31;
        memcpy(bytes + i, &mixed, sizeof mixed);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: storage_loop POSIX_PREFIX TMPFS_PREFIX DISK_PREFIX\n");
        return 64;
    }
    places = (struct places){.posix_prefix = argv[1], .tmpfs_prefix = argv[2], .disk_prefix = argv[3]};
    prepare_signals();
    void *buffers[2];
    for (int i = 0; i < 2; i++) {
        if (posix_memalign(&buffers[i], ALIGNMENT, (size_t)MAX_SIZE) != 0) {
            fprintf(stderr, "storage_loop: no memory\n");
            return 1;
        }
    }
    source = buffers[0];
    target = buffers[1];
    fill(source, (size_t)MAX_SIZE);
    memset(target, 0, (size_t)MAX_SIZE);
    struct request request;
    while (next_request(&request)) {
        struct job job = {0};
        const char *wrong = parse(&request, &job);
        if (wrong != NULL) {
            answer_usage(wrong);
        } else {
            measure(&job);
        }
    }
    remove_objects();
    return 0;
}
