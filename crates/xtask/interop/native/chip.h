/* A chip: its files, and how far a terminal has come. */

#ifndef CHIP_H
#define CHIP_H

#include <eac/eac.h>

#include "der.h"
#include "verdict.h"

#define CHIP_FILES 19
#define CHIP_FILE_MAX 32767

struct chip_file {
    const char *name; /* in the folder, without .bin */
    unsigned short identifier;
    unsigned char *content;
    size_t length;
};

struct chip {
    const char *folder;
    struct options holder; /* of whom it knows the passwords */
    struct chip_file files[CHIP_FILES];
    const struct chip_file *selected;
    int in_application;    /* the application is selected, not the master file */
    EAC_CTX *eac;          /* NULL: before MSE:Set AT */
    int is_can;            /* the password that MSE:Set AT named */
    BUF_MEM *terminal_key; /* the terminal's ephemeral key, between steps 3 and 4 */
    int is_open;           /* PACE is done */
};

struct request {
    unsigned char header[4];
    struct der data;
    size_t le;
    int is_extended;
};

/* Reads the files of the folder; returns 0 without EF.CardAccess. */
int chip_load(struct chip *chip);

/* Power off and on. */
void chip_reset(struct chip *chip);

/* Carries out a command in the clear; returns the status word. */
unsigned chip_execute(struct chip *chip, const struct request *request, unsigned char *response, size_t *produced);

#endif
