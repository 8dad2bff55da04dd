#include "cli/report.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Characters that turn the order of what is read around, or break lines. */
static bool turns(uint32_t point)
{
    return point == 0x61c || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

size_t report_printable(const unsigned char *text, size_t length)
{
    unsigned char first = text[0];
    if (first < 0x80)
        return first == '\n' || first == '\t' || (first >= 0x20 && first != 0x7f);
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length < size)
        return 0;
    uint32_t point = first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    static const uint32_t least[] = {0xa0, 0x800, 0x10000}; /* below 0xa0 are control codes */
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < least[size - 2] || surrogate || turns(point) || point > 0x10ffff ? 0 : size;
}

void report_error(const char *text, size_t length)
{
    static const char prefix[] = "bioxen: ";
    char *line = malloc(sizeof prefix + 4 * length + 1);
    if (!line) {
        fputs("bioxen: not enough memory for an error message\n", stderr);
        return;
    }
    size_t end = sizeof prefix - 1;
    memcpy(line, prefix, end);
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        size_t size = report_printable(bytes + i, length - i);
        if (size > 0) {
            memcpy(line + end, bytes + i, size);
            end += size;
            i += size;
        } else {
            end += (size_t)sprintf(line + end, "\\x%02x", bytes[i++]);
        }
    }
    line[end++] = '\n';
    fwrite(line, 1, end, stderr);
    free(line);
}

void report_hold_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}
