#include "worker/stdio.h"
#include "worker/zygote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int usage(void)
{
    fputs(
        "usage: bioxen-worker --zygote ORGANISM_FOLDER LIBRARY_FOLDER HOST_PID\n"
        "       bioxen-worker --stdio\n"
        "       bioxen-worker --version\n"
        "This program is started by bioxen, in a guest by bioxen-courier: with --stdio, stdin and\n"
        "stdout carry frames, and are no terminal.\n",
        stderr);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("bioxen-worker " BIOXEN_VERSION);
        return EXIT_SUCCESS;
    }
    if ((argc == 2 || argc == 3) && strcmp(argv[1], BX_STDIO_OPTION) == 0) {
        bool again = argc == 3 && strcmp(argv[2], BX_STDIO_AGAIN) == 0;
        if ((argc == 3 && !again) || isatty(STDIN_FILENO))
            return usage();
        bx_stdio_run(again);
    }
    if (argc != 5 || strcmp(argv[1], "--zygote") != 0)
        return usage();
    char *end;
    errno = 0;
    long host = strtol(argv[4], &end, 10);
    if (errno || *end || end == argv[4] || host <= 0)
        return usage();
    bx_zygote_run(argv[2], argv[3], (pid_t)host);
}
