// SPDX-License-Identifier: Apache-2.0
// Requests in, JSON objects out.
#include "lines.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopped;
static bool first_member;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

void prepare_signals(void)
{
    // No SA_RESTART: the wait for a line must end.
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE,
           SIG_IGN); // the harness has gone: the end of stdin says so too, and then the objects are removed
}

bool next_request(struct request *request)
{
    static char *line;
    static size_t capacity;
    if (stopped || getline(&line, &capacity, stdin) < 0 || stopped) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    request->count = 0;
    char *rest = line;
    char *word;
    while (request->count < MAX_WORDS && (word = strsep(&rest, "\t")) != NULL) {
        request->words[request->count++] = word;
    }
    request->words[request->count] = NULL;
    return strcmp(request->words[0], "quit") != 0;
}

int64_t positive_number(const char *word)
{
    char *end;
    errno = 0;
    long long number = strtoll(word, &end, 10);
    return errno == 0 && end != word && *end == '\0' && number > 0 ? number : 0;
}

static void string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            putchar('\\');
        }
        if ((unsigned char)*text < 0x20) {
            printf("\\u%04x", (unsigned)(unsigned char)*text);
        } else {
            putchar(*text);
        }
    }
    putchar('"');
}

static void name(const char *text)
{
    if (!first_member) {
        putchar(',');
    }
    first_member = false;
    string(text);
    putchar(':');
}

void answer_begin(void)
{
    putchar('{');
    first_member = true;
}

void answer_end(void)
{
    puts("}");
    fflush(stdout);
}

void answer_number(const char *member, int64_t value)
{
    name(member);
    printf("%" PRId64, value);
}

void answer_object_begin(const char *member)
{
    name(member);
    answer_begin();
}

void answer_object_end(void)
{
    putchar('}');
    first_member = false;
}

void answer_numbers(const char *member, const int64_t *values, size_t count)
{
    name(member);
    for (size_t i = 0; i < count; i++) {
        printf("%s%" PRId64, i == 0 ? "[" : ",", values[i]);
    }
    putchar(']');
}

void answer_quotients(const char *member, const int64_t *values, size_t count, int64_t divisor)
{
    name(member);
    for (size_t i = 0; i < count; i++) {
        printf("%s%.1f", i == 0 ? "[" : ",", (double)values[i] / (double)divisor);
    }
    putchar(']');
}

static void answer_text(const char *member, const char *text)
{
    answer_begin();
    name(member);
    string(text);
    answer_end();
}

void answer_error(const char *call, const char *object, int number)
{
    char text[512];
    snprintf(text, sizeof text, "%s %s: %s", call, object, strerror(number));
    answer_text("error", text);
}

void answer_unsupported(const char *reason)
{
    answer_text("unsupported", reason);
}

void answer_usage(const char *message)
{
    answer_text("error", message);
}
