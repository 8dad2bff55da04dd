/* old-kernel FIRST program [argument...]: the program on a kernel that has no system call from that
 * number on, as far as it and what it starts can tell, and no listeners. */
#include "old_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3 || become_old_kernel((unsigned)atoi(argv[1])) < 0)
        return 126;
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
