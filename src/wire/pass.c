#include "wire/pass.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for as many as may come before they are closed. */
enum { DESCRIPTORS = 4 };

typedef union ancillary {
    struct cmsghdr header; /* for its alignment */
    char bytes[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
} ancillary;

ssize_t bx_pass_send(int socket, const void *bytes, size_t length, int descriptor)
{
    ancillary control = {0};
    struct iovec part = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int));
        struct cmsghdr *item = CMSG_FIRSTHDR(&message);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(item), &descriptor, sizeof(int));
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The first of the descriptors in a message; the others are closed. */
static int take_first(struct msghdr *message)
{
    int first = -1;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(item) + i * sizeof(int), sizeof(int));
            if (first < 0)
                first = descriptor;
            else
                close(descriptor);
        }
    }
    return first;
}

ssize_t bx_pass_receive(int socket, void *bytes, size_t size, int *descriptor)
{
    ancillary control;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    *descriptor = got > 0 ? take_first(&message) : -1;
    return got;
}
