/* Descriptors that go along with bytes. */
#include "wire/channel.h"
#include "wire/pass.h"

#include "descriptors.h"
#include "test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_file(int a, int b)
{
    struct stat left, right;
    return fstat(a, &left) == 0 && fstat(b, &right) == 0 && left.st_ino == right.st_ino &&
           left.st_dev == right.st_dev;
}

static void one_arrives_with_its_bytes(void)
{
    int ends[2], got = -1;
    char bytes[8];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    int file = open("/dev/null", O_RDONLY);
    CHECK(bx_pass_send(ends[0], "ab", 2, file) == 2);
    CHECK(bx_pass_send(ends[0], "cd", 2, -1) == 2);
    CHECK(bx_pass_receive(ends[1], bytes, sizeof bytes, &got) == 2);
    CHECK(got >= 0 && same_file(got, file));
    CHECK(fcntl(got, F_GETFD) == FD_CLOEXEC);
    close(got);
    CHECK(bx_pass_receive(ends[1], bytes, sizeof bytes, &got) == 2 && got == -1);
    CHECK(bx_pass_receive(ends[1], bytes, sizeof bytes, &got) == -1 && got == -1);
    close(file);
    close(ends[0]);
    close(ends[1]);
}

static void further_ones_are_closed(void)
{
    int before = descriptors(), ends[2], got;
    char bytes[8], control[CMSG_SPACE(3 * sizeof(int))] = {0};
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    int files[3] = {ends[0], ends[0], ends[1]};
    struct iovec part = {(void *)"x", 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(item), files, sizeof files);
    CHECK(sendmsg(ends[0], &message, 0) == 1);
    CHECK(bx_pass_receive(ends[1], bytes, sizeof bytes, &got) == 1 && got >= 0);
    CHECK(descriptors() == before + 3);
    close(got);
    close(ends[0]);
    close(ends[1]);
    CHECK(descriptors() == before);
}

static void a_channel_takes_it_and_closes_it(void)
{
    int before = descriptors(), peer, got;
    char bytes[8];
    bx_channel *channel = bx_channel_socket_pair(&peer, NULL);
    bx_channel_socket_pass(channel, open("/dev/null", O_RDONLY));
    bx_channel_socket_pass(channel, open("/dev/zero", O_RDONLY)); /* the first is dropped */
    CHECK(bx_channel_write(channel, "a", 1) == 1);
    CHECK(bx_pass_receive(peer, bytes, sizeof bytes, &got) == 1 && got >= 0);
    close(got);
    bx_channel_socket_pass(channel, open("/dev/null", O_RDONLY));
    bx_channel_close(channel); /* never sent */
    close(peer);
    CHECK(descriptors() == before);
}

int main(void)
{
    RUN(one_arrives_with_its_bytes);
    RUN(further_ones_are_closed);
    RUN(a_channel_takes_it_and_closes_it);
    return test_end();
}
