// SPDX-License-Identifier: Apache-2.0
// The option language of the contract's section 2: every value is checked here, before anything is created.
#ifndef SHMBED_OPTIONS_H
#define SHMBED_OPTIONS_H

#include "codec/codec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NAME_BYTES_MAX 255                     // after the slash; NAME_MAX of tmpfs
#define SEGMENT_SIZE_MAX (UINT64_C(1) << 46)   // bytes
#define CLASSIC_SEGMENT_SIZE UINT64_C(8388608) // 2048 pages of 4096 bytes, as the original programs
#define OS_SEGMENT_SIZE UINT64_C(4096)

enum role { ROLE_WRITER, ROLE_READER, ROLE_CLEANER };
enum layout { LAYOUT_CLASSIC, LAYOUT_OS, LAYOUT_FRAMED, LAYOUT_COUNT };

extern const char *const role_names[];
extern const char *const layout_names[];

struct peer;

// One command line, checked. The strings point into the argument vector.
struct options {
    const char *lacks; // exit 77: what this machine has not, such as `DPDK`; or NULL
    bool help, version;
    enum layout layout;
    const char *layout_text;           // as it was given, for the reason of exit 77
    uint64_t message_text_size;        // MSG_SIZE in bytes with its NUL; 0: not given
    char name[1 + NAME_BYTES_MAX + 1]; // POSIX, with the leading slash
    const char *key_file;              // System V; NULL: find shmkey.txt
    uint32_t key;                      // System V; 0: by ftok
    uint64_t segment_size;             // bytes; 0: framed, just what is needed
    mode_t mode;
    bool exclusive, reserve;
    const char *payload, *out, *values, *result; // files, or NULL
    int64_t deadline_ms;
    const char *channel;
    const struct codec *codec;
    enum shape shape; // SHAPE_NONE: messages are bytes
    uint64_t count, warmup, window;
    bool has_message_size;
    uint64_t message_size; // bytes
    uint64_t rate;         // messages per second; 0: a closed loop
    bool verify;           // CRC32C and SHA-256
    const char *trace;     // file, or NULL
    uint64_t repeat;       // classic: rounds of the flow
};

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 64, EXIT_UNSUPPORTED = 77 };

// Reads the words argv[1..argc-1] (and permutes them). Returns EXIT_DONE, EXIT_USAGE or EXIT_UNSUPPORTED; in
// the last two cases `why` holds the message. What was understood is in `options` in every case, so that
// --result is known.
int options_parse(struct options *options, const struct peer *peer, int argc, char **argv, char *why,
                  size_t why_bytes);

// The text of --help.
const char *options_help(void);

// Strict numbers: digits only (or 0x.. where `hex`), no sign, no blanks, from min to max.
bool parse_number(const char *text, bool hex, uint64_t min, uint64_t max, uint64_t *value);

// A number of bytes with the suffix K, M or G (KiB, MiB, GiB) or none.
bool parse_size(const char *text, uint64_t min, uint64_t max, uint64_t *value);

// Writes the one spelling of a POSIX name, with its slash, to `name`. False: the name breaks the contract's
// rules.
bool parse_name(const char *text, char name[1 + NAME_BYTES_MAX + 1]);

#endif
