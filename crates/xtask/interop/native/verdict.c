#include "verdict.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define CHECKS_MAX 64

static struct {
    char name[40];
    const char *why; /* NULL: passed */
} checks[CHECKS_MAX];
static size_t count;

int verdict_check(const char *check, int passed, const char *why)
{
    if (count < CHECKS_MAX) {
        snprintf(checks[count].name, sizeof checks[count].name, "%s", check);
        checks[count].why = passed ? NULL : why;
        count++;
    }
    return passed;
}

int verdict_print(const char *version, const struct card *card, double milliseconds)
{
    const char *comma = "";
    int refused = count == 0;

    printf("{\"version\":\"%s\",\"passed\":[", version);
    for (size_t i = 0; i < count; i++)
        if (!checks[i].why) {
            printf("%s\"%s\"", comma, checks[i].name);
            comma = ",";
        }
    printf("],\"failed\":{");
    comma = "";
    for (size_t i = 0; i < count; i++)
        if (checks[i].why) {
            printf("%s\"%s\":\"%s\"", comma, checks[i].name, checks[i].why);
            comma = ",";
            refused = 1;
        }
    printf("},\"round_trips\":%u,\"bytes_to_card\":%lu,\"bytes_from_card\":%lu,\"milliseconds\":%.0f}\n",
           card->round_trips, card->sent, card->received, milliseconds);
    return refused;
}

int options_read(struct options *options, int words_count, char **words)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--reader", &options->reader}, {"--access", &options->access},
        {"--document-number", &options->document_number}, {"--birth", &options->birth},
        {"--expiry", &options->expiry}, {"--can", &options->can}, {"--out", &options->out},
    };

    memset(options, 0, sizeof *options);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        for (int i = 1; i + 1 < words_count; i += 2)
            if (!strcmp(words[i], known[k].name))
                *known[k].value = words[i + 1];
        if (!*known[k].value) {
            fprintf(stderr, "missing: %s\n", known[k].name);
            return 0;
        }
    }
    return 1;
}

int options_keep(const struct options *options, const char *name, const unsigned char *content, size_t length)
{
    char path[4096];
    FILE *file;
    int kept;

    snprintf(path, sizeof path, "%s/%s.bin", options->out, name);
    file = fopen(path, "wb");
    if (!file) {
        perror(path);
        return 0;
    }
    kept = fwrite(content, 1, length, file) == length;
    return fclose(file) == 0 && kept;
}

double clock_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

char check_digit(const char *text)
{
    static const int weights[] = {7, 3, 1};
    int sum = 0;

    for (size_t i = 0; text[i]; i++) {
        char c = text[i];
        int value = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 0;
        sum += value * weights[i % 3];
    }
    return (char)('0' + sum % 10);
}
