// SPDX-License-Identifier: Apache-2.0
// Unit tests of what needs no second process. A test's name is a sentence; the first failure ends the
// program.
#include "check.h"

#include "../common/classic.h"
#include "../common/clock.h"
#include "../common/error.h"
#include "../common/guard.h"
#include "../common/serve.h"
#include "../common/sha256.h"
#include "../common/undo.h"
#include "../posix/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void numbers_are_digits_within_their_range(void)
{
    uint64_t value = 0;
    CHECK(parse_number("18446744073709551615", false, 0, UINT64_MAX, &value) && value == UINT64_MAX);
    CHECK(!parse_number("18446744073709551616", false, 0, UINT64_MAX, &value));
    CHECK(parse_number("0xffFFffff", true, 1, UINT32_MAX, &value) && value == UINT32_MAX);
    CHECK(!parse_number("0x100000000", true, 1, UINT32_MAX, &value));
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x", "0x10", "1e3", "a"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!parse_number(bad[i], false, 0, UINT64_MAX, &value));
    CHECK(!parse_number("0", false, 1, 9, &value));
    CHECK(!parse_number("10", false, 1, 9, &value));
}

static void sizes_take_binary_suffixes_and_do_not_wrap(void)
{
    uint64_t value = 0;
    CHECK(parse_size("3G", 1, SEGMENT_SIZE_MAX, &value) && value == UINT64_C(3) << 30);
    CHECK(parse_size("64M", 1, SEGMENT_SIZE_MAX, &value) && value == UINT64_C(64) << 20);
    CHECK(parse_size("1K", 1, SEGMENT_SIZE_MAX, &value) && value == 1024);
    CHECK(parse_size("70368744177664", 1, SEGMENT_SIZE_MAX, &value) && value == SEGMENT_SIZE_MAX);
    CHECK(!parse_size("70368744177665", 1, SEGMENT_SIZE_MAX, &value));
    CHECK(!parse_size("18014398509481985K", 1, SEGMENT_SIZE_MAX, &value)); // 2^54 + 1 KiB wraps to 1 KiB
    CHECK(!parse_size("0", 1, SEGMENT_SIZE_MAX, &value));
    CHECK(!parse_size("K", 1, SEGMENT_SIZE_MAX, &value));
    CHECK(!parse_size("", 1, SEGMENT_SIZE_MAX, &value));
    CHECK(!parse_size("1k", 1, SEGMENT_SIZE_MAX, &value));
    CHECK(!parse_size("1KB", 1, SEGMENT_SIZE_MAX, &value));
}

static void names_have_one_spelling_and_no_further_slash(void)
{
    char name[1 + NAME_BYTES_MAX + 1];
    char longest[300];
    CHECK(parse_name("/x", name) && strcmp(name, "/x") == 0);
    CHECK(parse_name("x", name) && strcmp(name, "/x") == 0);
    CHECK(parse_name("...", name));
    static const char *const bad[] = {"", "/", "/.", "/..", ".", "..", "//x", "/a/b", "a/"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!parse_name(bad[i], name));
    memset(longest, 'n', sizeof longest);
    longest[NAME_BYTES_MAX] = '\0';
    CHECK(parse_name(longest, name) && strlen(name) == 256);
    longest[NAME_BYTES_MAX] = 'n';
    longest[NAME_BYTES_MAX + 1] = '\0';
    CHECK(!parse_name(longest, name));
}

static int split(const char *text, char *line, char **words, const char **why)
{
    *why = NULL;
    strcpy(line, text);
    return split_words(line, words, 4, why);
}

static void lines_are_split_at_blanks_and_quotes_keep_them(void)
{
    char line[100], *words[4];
    const char *why;
    CHECK(split("", line, words, &why) == 0);
    CHECK(split("  \t ", line, words, &why) == 0);
    CHECK(split(" a  bc\t", line, words, &why) == 2 && strcmp(words[0], "a") == 0 &&
          strcmp(words[1], "bc") == 0);
    CHECK(split("--out 'a b'c ''", line, words, &why) == 3);
    CHECK(strcmp(words[1], "a bc") == 0 && strcmp(words[2], "") == 0);
    CHECK(split("'open", line, words, &why) == -1 && why != NULL);
    CHECK(split("a\\b", line, words, &why) == -1 && why != NULL);
    CHECK(split("\"a\"", line, words, &why) == -1 && why != NULL);
    CHECK(split("1 2 3 4", line, words, &why) == 4);
    CHECK(split("1 2 3 4 5", line, words, &why) == -1 && why != NULL);
}

static void errnos_have_names(void)
{
    CHECK(strcmp(errno_name(ENOENT), "ENOENT") == 0);
    CHECK(strcmp(errno_name(ESTALE), "ESTALE") == 0);
    CHECK(strcmp(errno_name(4000), "E4000") == 0);
}

static void sha256_agrees_with_fips_180(void)
{
    struct sha256 sha256;
    char hex[65];
    CHECK(sha256_begin(&sha256) && sha256_add(&sha256, (const unsigned char *)"a", 1));
    CHECK(sha256_add(&sha256, (const unsigned char *)"bc", 2) && sha256_end(&sha256, hex));
    sha256_free(&sha256);
    sha256_free(&sha256);
    CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
}

static void touch(void *context)
{
    *(volatile unsigned char *)context = 1;
}

static void sigbus_becomes_a_return_value_every_time(void)
{
    int fd = memfd_create("shmbed-unit", MFD_CLOEXEC);
    unsigned char *base = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(base != MAP_FAILED);
    CHECK(!guard_run(touch, base)); // no byte of the object lies under the mapping
    CHECK(!guard_run(touch, base));
    CHECK(ftruncate(fd, 4096) == 0);
    CHECK(guard_run(touch, base));
    munmap(base, 4096);
    close(fd);
}

// A command of the POSIX peer, begun as peer.c begins it.
static void begin(struct run *run, const struct peer *peer, const char *name, const char *message_size)
{
    char *argv[] = {"peer", "--name", (char *)name, (char *)message_size, NULL};
    memset(run, 0, sizeof *run);
    run->peer = peer;
    run->segment.fd = run->segment.id = run->out = -1;
    run->deadline_ns = clock_ns() + 10 * NS_PER_SECOND;
    CHECK(options_parse(&run->options, peer, message_size != NULL ? 4 : 3, argv, run->why, sizeof run->why) ==
          0);
}

static void end(struct run *run)
{
    run->peer->api->release(&run->segment);
    run->peer->api->release(&run->segment); // twice does no harm
    payload_free(&run->payload);
}

// Stands in for another process that truncates the object as soon as the command has attached it.
static bool attach_and_lose(struct run *run)
{
    int fd = shm_open(run->options.name, O_RDWR, 0);
    bool attached = posix_segment.attach(run);
    CHECK(fd != -1 && ftruncate(fd, 0) == 0);
    close(fd);
    return attached;
}

static void a_truncated_segment_is_efault_for_both_roles(void)
{
    struct run run;
    char name[64];
    snprintf(name, sizeof name, "/shmbed-c-test-unit-%d", (int)getpid());
    struct peer writer = {"c-posix", ROLE_WRITER, &posix_segment, LAYOUT_CLASSIC, posix_layouts};
    begin(&run, &writer, name, "100B");
    CHECK(classic_write(&run));
    end(&run);

    struct segment_api loses = posix_segment;
    loses.attach = attach_and_lose;
    struct peer reader = {"c-posix", ROLE_READER, &loses, LAYOUT_CLASSIC, posix_layouts};
    begin(&run, &reader, name, NULL);
    CHECK(!classic_read(&run));
    CHECK(run.error.number == EFAULT && strcmp(run.error.call, "read shared memory") == 0);
    end(&run);
    undo_run();

    loses = posix_segment;
    loses.attach = attach_and_lose;
    writer.api = &loses;
    begin(&run, &writer, name, "100B");
    CHECK(!classic_write(&run));
    CHECK(run.error.number == EFAULT && strcmp(run.error.call, "write shared memory") == 0);
    end(&run);
    undo_run();
    CHECK(shm_open(name, O_RDONLY, 0) == -1 && errno == ENOENT);
}

static void make_listed_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd != -1);
    close(fd);
    undo_add(UNDO_FILE, path, -1);
}

// Its name may be another process's by then.
static void what_was_removed_is_not_removed_a_second_time(void)
{
    char kept[64], undone[64];
    snprintf(kept, sizeof kept, "/dev/shm/shmbed-c-test-kept-%d", (int)getpid());
    snprintf(undone, sizeof undone, "/dev/shm/shmbed-c-test-undone-%d", (int)getpid());
    for (int i = 0; i < 50; i++) { // more than the list has room for
        make_listed_file(kept);
        CHECK(unlink(kept) == 0);
        undo_drop(UNDO_FILE, kept, -1);
    }
    undo_drop(UNDO_FILE, kept, -1); // twice does no harm
    make_listed_file(kept);
    make_listed_file(undone);
    undo_drop(UNDO_FILE, kept, -1); // not the newest
    undo_run();
    CHECK(access(undone, F_OK) == -1 && errno == ENOENT);
    CHECK(unlink(kept) == 0);
}

int main(void)
{
    guard_install();
    atexit(undo_run); // a failed test leaves nothing
    RUN(numbers_are_digits_within_their_range);
    RUN(sizes_take_binary_suffixes_and_do_not_wrap);
    RUN(names_have_one_spelling_and_no_further_slash);
    RUN(lines_are_split_at_blanks_and_quotes_keep_them);
    RUN(errnos_have_names);
    RUN(sha256_agrees_with_fips_180);
    RUN(sigbus_becomes_a_return_value_every_time);
    RUN(a_truncated_segment_is_efault_for_both_roles);
    RUN(what_was_removed_is_not_removed_a_second_time);
    puts("unit tests: all passed");
    return 0;
}
