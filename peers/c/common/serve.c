// SPDX-License-Identifier: Apache-2.0
// Lines in, result objects out. A bad line is answered like any other; only a broken stdout ends the loop
// early.
#include "serve.h"

#include "peer.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

int split_words(char *line, char **words, int words_max, const char **why)
{
    int count = 0;
    char *to = line; // the words are packed in place: never longer than what was read
    for (const char *at = line;;) {
        while (is_blank(*at))
            at++;
        if (*at == '\0')
            return count;
        if (count == words_max) {
            *why = "too many words in the line";
            return -1;
        }
        words[count++] = to;
        bool quoted = false;
        for (; *at != '\0' && (quoted || !is_blank(*at)); at++) {
            if (*at == '"' || *at == '\\') {
                *why = "the characters \" and \\ are not for command lines here";
                return -1;
            }
            if (*at == '\'')
                quoted = !quoted;
            else
                *to++ = *at;
        }
        if (quoted) {
            *why = "a single quote is not closed";
            return -1;
        }
        bool last = *at == '\0';
        at += last ? 0 : 1;
        *to++ = '\0';
        if (last)
            return count;
    }
}

enum line { LINE_END, LINE_GOOD, LINE_LONG, LINE_NUL };

// One line without its newline, however long; of one that is too long the rest is thrown away.
static enum line read_line(char *line)
{
    size_t length = 0;
    enum line kind = LINE_GOOD;
    int c;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
        if (c == '\0')
            kind = LINE_NUL;
        else if (length == LINE_BYTES_MAX)
            kind = LINE_LONG;
        else
            line[length++] = (char)c;
    }
    line[length] = '\0';
    return c == EOF && length == 0 && kind == LINE_GOOD ? LINE_END : kind;
}

static char *answer(const struct peer *peer, int argc, char **argv, char *line)
{
    char *words[LINE_WORDS_MAX + 1];
    const char *why = NULL;
    for (int i = 0; i < argc; i++)
        words[i] = argv[i];
    int count = split_words(line, words + argc, LINE_WORDS_MAX - argc, &why);
    if (count == -1)
        return peer_refuse(peer, why);
    words[argc + count] = NULL;
    return peer_answer(peer, argc + count, words);
}

int serve(const struct peer *peer, int argc, char **argv)
{
    static char line[LINE_BYTES_MAX + 1];
    if (argc > LINE_WORDS_MAX / 2) {
        fprintf(stderr, "--serve: too many words beside it\n");
        return EXIT_USAGE;
    }
    for (;;) {
        enum line kind = read_line(line);
        if (kind == LINE_END || (kind == LINE_GOOD && strcmp(line, "quit") == 0))
            return EXIT_DONE;
        char *json = kind == LINE_LONG  ? peer_refuse(peer, "the line is longer than 64 KiB")
                     : kind == LINE_NUL ? peer_refuse(peer, "the line holds a NUL")
                                        : answer(peer, argc, argv, line);
        bool written = json != NULL && printf("%s\n", json) >= 0 && fflush(stdout) == 0;
        free(json);
        if (!written) {
            fprintf(stderr, "write stdout: nobody takes the answers any more\n");
            return EXIT_FAILED;
        }
    }
}
