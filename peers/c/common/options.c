// SPDX-License-Identifier: Apache-2.0
// getopt_long(3) splits the words; every value is checked by a function of its own and reported by the
// option's name.
#include "options.h"

#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

const char *const role_names[] = {"writer", "reader", "cleaner"};
const char *const layout_names[] = {"classic", "os", "framed"};

#define COUNT_MAX UINT64_C(1000000000)
#define REPEAT_MAX 1000000
#define DEADLINE_MS_MAX 86400000

enum word {
    WORD_HELP = 256,
    WORD_VERSION,
    WORD_LAYOUT,
    WORD_NAME,
    WORD_KEY_FILE,
    WORD_KEY,
    WORD_SEGMENT_SIZE,
    WORD_MODE,
    WORD_EXCLUSIVE,
    WORD_NO_RESERVE,
    WORD_PAYLOAD,
    WORD_OUT,
    WORD_RESULT,
    WORD_DEADLINE_MS,
    WORD_CHANNEL,
    WORD_CODEC,
    WORD_SHAPE,
    WORD_VALUES,
    WORD_COUNT,
    WORD_WARMUP,
    WORD_MESSAGE_SIZE,
    WORD_WINDOW,
    WORD_RATE,
    WORD_NO_VERIFY,
    WORD_TRACE,
    WORD_REPEAT,
    WORD_END
};

static const struct option words[] = {
    {"help", no_argument, NULL, WORD_HELP},
    {"version", no_argument, NULL, WORD_VERSION},
    {"layout", required_argument, NULL, WORD_LAYOUT},
    {"name", required_argument, NULL, WORD_NAME},
    {"key-file", required_argument, NULL, WORD_KEY_FILE},
    {"key", required_argument, NULL, WORD_KEY},
    {"segment-size", required_argument, NULL, WORD_SEGMENT_SIZE},
    {"mode", required_argument, NULL, WORD_MODE},
    {"exclusive", no_argument, NULL, WORD_EXCLUSIVE},
    {"no-reserve", no_argument, NULL, WORD_NO_RESERVE},
    {"payload", required_argument, NULL, WORD_PAYLOAD},
    {"out", required_argument, NULL, WORD_OUT},
    {"result", required_argument, NULL, WORD_RESULT},
    {"deadline-ms", required_argument, NULL, WORD_DEADLINE_MS},
    {"channel", required_argument, NULL, WORD_CHANNEL},
    {"codec", required_argument, NULL, WORD_CODEC},
    {"shape", required_argument, NULL, WORD_SHAPE},
    {"values", required_argument, NULL, WORD_VALUES},
    {"count", required_argument, NULL, WORD_COUNT},
    {"warmup", required_argument, NULL, WORD_WARMUP},
    {"message-size", required_argument, NULL, WORD_MESSAGE_SIZE},
    {"window", required_argument, NULL, WORD_WINDOW},
    {"rate", required_argument, NULL, WORD_RATE},
    {"no-verify", no_argument, NULL, WORD_NO_VERIFY},
    {"trace", required_argument, NULL, WORD_TRACE},
    {"repeat", required_argument, NULL, WORD_REPEAT},
    {NULL, 0, NULL, 0},
};

// Who may say what: an option that would have no effect is a mistake of the caller.
#define WRITER (1u << ROLE_WRITER)
#define READER (1u << ROLE_READER)
#define CLEANER (1u << ROLE_CLEANER)

// One command line while it is read; the first mistake is kept, the rest is still read for --result.
struct parsing {
    struct options *options;
    const struct peer *peer;
    bool given[WORD_END - WORD_HELP];
    char *why;
    size_t why_bytes;
    int exit;
};

const char *options_help(void)
{
    return "Usage: PROGRAM [MSG_SIZE] [options]\n"
           "\n"
           "  MSG_SIZE              writer, classic: <n>B, a text of n-1 times `a` and a NUL\n"
           "  --layout L            classic, os (POSIX), framed\n"
           "  --name /NAME          POSIX: the segment (default /shm_posix; os: /OS; framed: /shmbed)\n"
           "  --key-file PATH       System V: the key is ftok(PATH, 0) (default shmkey.txt here, else beside "
           "the program)\n"
           "  --key N               System V: the key itself, decimal or 0x..\n"
           "  --segment-size N      bytes, or with K, M, G for KiB, MiB, GiB (default 8388608; os: 4096; "
           "framed: as needed)\n"
           "  --mode M              permission bits, octal (default 0600; os: 0666)\n"
           "  --exclusive           writer: a segment that is already there is an error\n"
           "  --no-reserve          writer: leave out posix_fallocate\n"
           "  --payload FILE        writer: the bytes to exchange (classic, os: text without NUL)\n"
           "  --out FILE            reader: where to save what was read\n"
           "  --result FILE         where to write the result object; - is stdout\n"
           "  --deadline-ms N       every wait ends N ms after the start (default 10000)\n"
           "  --shape S             framed: messages are values: record, telemetry, tensor\n"
           "  --codec C             raw, or with --shape: struct, json, msgpack, cbor, protobuf, "
           "flatbuffers\n"
           "  --values FILE         reader, with --shape: where to save the values that were decoded\n"
           "  --channel SPEC        framed: unix:PATH, unix-whole:PATH, unix-seqpacket:PATH, fifo:PATH, "
           "posix-mq:/NAME,\n"
           "                        posix-sem:/NAME, sysv-msg:KEY, futex, eventfd:PATH, spin\n"
           "  --count N, --warmup N framed: measured messages, and messages before them (default 1, 0)\n"
           "  --message-size N      framed: bytes of a message (default: the payload file's size)\n"
           "  --window N            framed: messages on the way at most, 1 to 8 (default 1)\n"
           "  --rate N              framed, writer: measured messages per second (default 0: as fast as "
           "acknowledgements come)\n"
           "  --no-verify           framed: no CRC32C and no SHA-256, for measuring only\n"
           "  --trace FILE          framed: where to write the time stamps of each measured message\n"
           "  --repeat N            classic, writer and reader: the flow N times in this process, for "
           "measuring (default 1)\n"
           "  --serve               take command lines from stdin, answer with result objects\n"
           "  --help, --version\n"
           "\n"
           "Exit: 0 done, 1 failed, 64 usage, 77 unsupported. All of it: peers/CONTRACT.md.\n";
}

bool parse_number(const char *text, bool hex, uint64_t min, uint64_t max, uint64_t *value)
{
    unsigned base = 10;
    if (hex && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        unsigned digit;
        if (*text >= '0' && *text <= '9')
            digit = (unsigned)(*text - '0');
        else if (base == 16 && *text >= 'a' && *text <= 'f')
            digit = (unsigned)(*text - 'a') + 10;
        else if (base == 16 && *text >= 'A' && *text <= 'F')
            digit = (unsigned)(*text - 'A') + 10;
        else
            return false;
        if (number > (UINT64_MAX - digit) / base)
            return false;
        number = number * base + digit;
    }
    *value = number;
    return number >= min && number <= max;
}

// `text` without its last character, as a number.
static bool parse_front(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    char digits[24];
    size_t length = strlen(text);
    if (length < 2 || length > sizeof digits)
        return false;
    memcpy(digits, text, length - 1);
    digits[length - 1] = '\0';
    return parse_number(digits, false, min, max, value);
}

bool parse_size(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    unsigned shift = 0;
    switch (*text == '\0' ? '\0' : text[strlen(text) - 1]) {
    case 'K':
        shift = 10;
        break;
    case 'M':
        shift = 20;
        break;
    case 'G':
        shift = 30;
        break;
    default:
        return parse_number(text, false, min, max, value);
    }
    uint64_t units;
    if (!parse_front(text, 0, UINT64_MAX >> shift, &units))
        return false;
    *value = units << shift;
    return *value >= min && *value <= max;
}

bool parse_name(const char *text, char name[1 + NAME_BYTES_MAX + 1])
{
    const char *bare = text[0] == '/' ? text + 1 : text;
    size_t length = strlen(bare);
    if (length < 1 || length > NAME_BYTES_MAX || strchr(bare, '/') != NULL || strcmp(bare, ".") == 0 ||
        strcmp(bare, "..") == 0)
        return false;
    name[0] = '/';
    memcpy(name + 1, bare, length + 1);
    return true;
}

static bool parse_mode(const char *text, mode_t *mode)
{
    unsigned bits = 0;
    size_t length = strlen(text);
    if (length < 1 || length > 4)
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '7')
            return false;
        bits = bits * 8 + (unsigned)(*text - '0');
    }
    *mode = bits;
    return bits <= 0777;
}

static void reject(struct parsing *parsing, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void reject(struct parsing *parsing, int code, const char *format, ...)
{
    // A usage error outranks `unsupported`: the line is wrong whatever this peer can do.
    if (parsing->exit == EXIT_USAGE || (parsing->exit != EXIT_DONE && code != EXIT_USAGE))
        return;
    va_list values;
    va_start(values, format);
    vsnprintf(parsing->why, parsing->why_bytes, format, values);
    va_end(values);
    parsing->exit = code;
}

static void take_layout(struct parsing *parsing, const char *value)
{
    parsing->options->layout_text = value;
    for (int layout = 0; layout < LAYOUT_COUNT; layout++) {
        if (strcmp(value, layout_names[layout]) == 0 && parsing->peer->layouts[layout]) {
            parsing->options->layout = (enum layout)layout;
            return;
        }
    }
    reject(parsing, EXIT_UNSUPPORTED, "layout %s: %s does not have it", value, parsing->peer->id);
}

static void take_codec(struct parsing *parsing, const char *value)
{
    const struct codec *codec = codec_find(value);
    if (codec == NULL)
        reject(parsing, EXIT_UNSUPPORTED, "codec %s: %s has %s", value, parsing->peer->id, codec_names());
    else if (codec->missing != NULL)
        reject(parsing, EXIT_UNSUPPORTED, "codec %s: %s", value, codec->missing);
    else
        parsing->options->codec = codec;
}

static void take_shape(struct parsing *parsing, const char *value)
{
    for (int shape = SHAPE_NONE + 1; shape < SHAPE_COUNT; shape++) {
        if (strcmp(value, shape_names[shape]) == 0) {
            parsing->options->shape = (enum shape)shape;
            return;
        }
    }
    reject(parsing, EXIT_UNSUPPORTED, "shape %s: %s has record, telemetry, tensor", value, parsing->peer->id);
}

static void check(struct parsing *parsing, bool good, const char *option, const char *value, const char *rule)
{
    if (!good)
        reject(parsing, EXIT_USAGE, "--%s %s: %s", option, value, rule);
}

static void take(struct parsing *parsing, int word, const char *option, const char *value)
{
    struct options *options = parsing->options;
    uint64_t number = 0;
    parsing->given[word - WORD_HELP] = true;
    switch ((enum word)word) {
    case WORD_HELP:
        options->help = true;
        break;
    case WORD_VERSION:
        options->version = true;
        break;
    case WORD_LAYOUT:
        take_layout(parsing, value);
        break;
    case WORD_NAME:
        check(parsing, parse_name(value, options->name), option, value,
              "1 to 255 bytes after the slash, no further slash, not . or ..");
        break;
    case WORD_KEY_FILE:
        options->key_file = value;
        break;
    case WORD_KEY:
        check(parsing, parse_number(value, true, 1, UINT32_MAX, &number), option, value,
              "a number from 1 to 0xffffffff, decimal or 0x..");
        options->key = (uint32_t)number;
        break;
    case WORD_SEGMENT_SIZE:
        check(parsing, parse_size(value, 1, SEGMENT_SIZE_MAX, &options->segment_size), option, value,
              "bytes from 1 to 2^46, or with K, M or G");
        break;
    case WORD_MODE:
        check(parsing, parse_mode(value, &options->mode), option, value, "octal permission bits, 0 to 0777");
        break;
    case WORD_EXCLUSIVE:
        options->exclusive = true;
        break;
    case WORD_NO_RESERVE:
        options->reserve = false;
        break;
    case WORD_PAYLOAD:
        options->payload = value;
        break;
    case WORD_OUT:
        options->out = value;
        break;
    case WORD_RESULT:
        options->result = value;
        break;
    case WORD_DEADLINE_MS:
        check(parsing, parse_number(value, false, 1, DEADLINE_MS_MAX, &number), option, value,
              "1 to 86400000");
        options->deadline_ms = (int64_t)number;
        break;
    case WORD_CHANNEL:
        options->channel = value;
        break;
    case WORD_CODEC:
        take_codec(parsing, value);
        break;
    case WORD_SHAPE:
        take_shape(parsing, value);
        break;
    case WORD_VALUES:
        options->values = value;
        break;
    case WORD_COUNT:
        check(parsing, parse_number(value, false, 1, COUNT_MAX, &options->count), option, value,
              "1 to 1000000000");
        break;
    case WORD_WARMUP:
        check(parsing, parse_number(value, false, 0, COUNT_MAX, &options->warmup), option, value,
              "0 to 1000000000");
        break;
    case WORD_MESSAGE_SIZE:
        options->has_message_size = true;
        check(parsing, parse_size(value, 0, SEGMENT_SIZE_MAX, &options->message_size), option, value,
              "bytes from 0 to 2^46, or with K, M or G");
        break;
    case WORD_WINDOW:
        check(parsing, parse_number(value, false, 1, SLOT_COUNT_MAX, &options->window), option, value,
              "1 to 8");
        break;
    case WORD_RATE:
        check(parsing, parse_number(value, false, 0, RATE_MAX, &options->rate), option, value,
              "0 to 10000000 messages per second");
        break;
    case WORD_NO_VERIFY:
        options->verify = false;
        break;
    case WORD_TRACE:
        options->trace = value;
        break;
    case WORD_REPEAT:
        check(parsing, parse_number(value, false, 1, REPEAT_MAX, &options->repeat), option, value,
              "1 to 1000000");
        break;
    case WORD_END:
        break;
    }
}

static bool given(const struct parsing *parsing, enum word word)
{
    return parsing->given[word - WORD_HELP];
}

// Defaults that follow from the layout, in place of values that were not given.
static void fill_in(struct parsing *parsing)
{
    struct options *options = parsing->options;
    static const struct {
        const char *name;
        uint64_t segment_size;
        mode_t mode;
    } defaults[LAYOUT_COUNT] = {
        [LAYOUT_CLASSIC] = {"/shm_posix", CLASSIC_SEGMENT_SIZE, 0600},
        [LAYOUT_OS] = {"/OS", OS_SEGMENT_SIZE, 0666},
        [LAYOUT_FRAMED] = {"/shmbed", 0, 0600},
    };
    if (!given(parsing, WORD_NAME))
        strcpy(options->name, defaults[options->layout].name);
    if (!given(parsing, WORD_SEGMENT_SIZE))
        options->segment_size = defaults[options->layout].segment_size;
    if (!given(parsing, WORD_MODE))
        options->mode = defaults[options->layout].mode;
    if (options->layout == LAYOUT_FRAMED || options->repeat > 1)
        options->exclusive = true;
}

static void check_options_fit(struct parsing *parsing)
{
    const struct peer *peer = parsing->peer;
    const struct options *options = parsing->options;
    bool sysv = strcmp(peer->api->family, "sysv") == 0;
    const struct {
        enum word word;
        unsigned roles;
    } limited[] = {
        {WORD_EXCLUSIVE, WRITER},
        {WORD_NO_RESERVE, WRITER},
        {WORD_PAYLOAD, WRITER},
        {WORD_OUT, READER},
        {WORD_COUNT, WRITER | READER},
        {WORD_WARMUP, WRITER | READER},
        {WORD_MESSAGE_SIZE, WRITER | READER},
        {WORD_WINDOW, WRITER | READER},
        {WORD_RATE, WRITER},
        {WORD_NO_VERIFY, WRITER | READER},
        {WORD_TRACE, WRITER | READER},
        {WORD_CHANNEL, WRITER | READER},
        {WORD_SHAPE, WRITER | READER},
        {WORD_VALUES, READER},
        {WORD_REPEAT, WRITER | READER},
    };
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++)
        if (given(parsing, limited[i].word) && (limited[i].roles & 1u << peer->role) == 0)
            reject(parsing, EXIT_USAGE, "--%s: not an option of the %s",
                   words[limited[i].word - WORD_HELP].name, role_names[peer->role]);
    if (sysv && given(parsing, WORD_NAME))
        reject(parsing, EXIT_USAGE, "--name: System V segments have keys: use --key or --key-file");
    if (given(parsing, WORD_REPEAT) && options->layout != LAYOUT_CLASSIC)
        reject(parsing, EXIT_USAGE, "--repeat: for --layout classic only");
    if (given(parsing, WORD_CODEC) && !given(parsing, WORD_SHAPE) && options->codec != &raw_codec)
        reject(parsing, EXIT_USAGE, "--codec %s: it needs --shape", options->codec->name);
    if (given(parsing, WORD_VALUES) && !given(parsing, WORD_SHAPE))
        reject(parsing, EXIT_USAGE, "--values: it needs --shape");
    if (given(parsing, WORD_MESSAGE_SIZE) && given(parsing, WORD_SHAPE))
        reject(parsing, EXIT_USAGE, "--message-size: not with --shape, which says it");
    if (!sysv && (given(parsing, WORD_KEY) || given(parsing, WORD_KEY_FILE)))
        reject(parsing, EXIT_USAGE, "--key, --key-file: POSIX segments have names: use --name");
    if (given(parsing, WORD_KEY) && given(parsing, WORD_KEY_FILE))
        reject(parsing, EXIT_USAGE, "--key and --key-file exclude each other");
}

static void check_framed(struct parsing *parsing)
{
    const struct options *options = parsing->options;
    const enum role role = parsing->peer->role;
    if (role == ROLE_CLEANER)
        return;
    if (role == ROLE_WRITER && options->payload == NULL)
        reject(parsing, EXIT_USAGE, "--payload: missing; the framed layout needs it");
    if (options->channel == NULL) {
        reject(parsing, EXIT_USAGE, "--channel: missing; the framed layout needs it");
        return;
    }
    const char *address;
    const struct channel_api *channel = channel_find(options->channel, &address);
    if (channel == NULL) {
        reject(parsing, EXIT_UNSUPPORTED, "channel %s: %s does not have it", options->channel,
               parsing->peer->id);
        return;
    }
    if (channel->check_address == NULL && strchr(options->channel, ':') != NULL)
        reject(parsing, EXIT_USAGE, "--channel %s: %s takes no address", options->channel, channel->name);
    const char *wrong = channel->check_address == NULL ? NULL : channel->check_address(address);
    if (wrong != NULL)
        reject(parsing, EXIT_USAGE, "--channel %s: %s", options->channel, wrong);
    const char *missing = channel->missing == NULL ? NULL : channel->missing();
    if (missing != NULL) {
        parsing->options->lacks = channel->needs;
        reject(parsing, EXIT_UNSUPPORTED, "channel %s: %s", options->channel, missing);
    }
}

static void check_not_framed(struct parsing *parsing)
{
    const struct options *options = parsing->options;
    const struct {
        const char *option;
        bool used;
    } framed_only[] = {
        {"channel", options->channel != NULL}, {"count", options->count != 1},
        {"warmup", options->warmup != 0},      {"message-size", options->has_message_size},
        {"window", options->window != 1},      {"rate", options->rate != 0},
        {"no-verify", !options->verify},       {"trace", options->trace != NULL},
        {"shape", given(parsing, WORD_SHAPE)},
    };
    for (size_t i = 0; i < sizeof framed_only / sizeof framed_only[0]; i++)
        if (framed_only[i].used)
            reject(parsing, EXIT_USAGE, "--%s: for --layout framed only", framed_only[i].option);
}

// The words that are no options: the writer's MSG_SIZE.
static void check_message_text(struct parsing *parsing, int argc, char **argv)
{
    struct options *options = parsing->options;
    bool takes_size = parsing->peer->role == ROLE_WRITER && options->layout == LAYOUT_CLASSIC;
    if (argc > (takes_size ? 1 : 0)) {
        reject(parsing, EXIT_USAGE, "%s: one word too many", argv[takes_size ? 1 : 0]);
        return;
    }
    if (!takes_size)
        return;
    if (argc == 0) {
        if (options->payload == NULL)
            reject(parsing, EXIT_USAGE, "MSG_SIZE: missing: say 1000B, for example, or --payload FILE");
        return;
    }
    size_t length = strlen(argv[0]);
    if (length < 2 || argv[0][length - 1] != 'B' ||
        !parse_front(argv[0], 1, SEGMENT_SIZE_MAX, &options->message_text_size))
        reject(parsing, EXIT_USAGE, "MSG_SIZE %s: <n>B, for example 1000B", argv[0]);
    if (options->payload != NULL)
        reject(parsing, EXIT_USAGE, "MSG_SIZE and --payload exclude each other");
}

// getopt_long takes `--lay` for `--layout`; the contract does not.
static bool is_abbreviated(const char *option, char *const *after)
{
    bool separate = optarg != NULL && optarg == after[-1];
    const char *written = after[separate ? -2 : -1];
    return strcspn(written, "=") != strlen("--") + strlen(option);
}

int options_parse(struct options *options, const struct peer *peer, int argc, char **argv, char *why,
                  size_t why_bytes)
{
    struct parsing parsing = {.options = options, .peer = peer, .why = why, .why_bytes = why_bytes};
    *options = (struct options){
        .layout = peer->layout,
        .layout_text = layout_names[peer->layout],
        .reserve = true,
        .verify = true,
        .deadline_ms = 10000,
        .codec = &raw_codec,
        .count = 1,
        .window = 1,
        .repeat = 1,
    };
    optind = 0; // glibc: forget the line before
    opterr = 0;
    int index = -1;
    for (int word; (word = getopt_long(argc, argv, ":", words, &index)) != -1; index = -1) {
        const char *written = argv[optind - 1];
        if (word == ':')
            reject(&parsing, EXIT_USAGE, "%s: its value is missing", written);
        else if (word == '?' && optopt >= WORD_HELP)
            reject(&parsing, EXIT_USAGE, "%s: it takes no value", written);
        else if (word == '?')
            reject(&parsing, EXIT_USAGE, "%s: unknown option; --help lists them", written);
        else if (is_abbreviated(words[index].name, argv + optind))
            reject(&parsing, EXIT_USAGE, "--%s: say it in full; --help lists the options", words[index].name);
        else
            take(&parsing, word, words[index].name, optarg);
    }
    if (options->help || options->version)
        return parsing.exit;
    fill_in(&parsing);
    check_options_fit(&parsing);
    if (options->layout == LAYOUT_FRAMED)
        check_framed(&parsing);
    else
        check_not_framed(&parsing);
    if (parsing.exit == EXIT_DONE)
        check_message_text(&parsing, argc - optind, argv + optind);
    return parsing.exit;
}
