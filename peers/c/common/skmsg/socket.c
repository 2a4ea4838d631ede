// SPDX-License-Identifier: Apache-2.0
// Senders of the channel `skmsg`: TCP sockets that are connected with themselves.
#include "way.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK UINT32_C(0x7f000000) // 127.0.0.0/8
#define LOOPBACK_MASK UINT32_C(0xff000000)

// Ports are unique in one network namespace only, and peers come from several: so the address is random.
static int random_address(uint32_t *address)
{
    uint32_t bits;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        return errno;
    *address = htonl(LOOPBACK | (bits & ~LOOPBACK_MASK & ~UINT32_C(0xff)) | (1 + bits % 254));
    return 0;
}

static int own_address(int fd, struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    return getsockname(fd, (struct sockaddr *)address, &length) == -1 ? errno : 0;
}

int skmsg_socket_open(int *fd, struct skmsg_key *key, const char **call)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    uint32_t random = 0;
    int number = random_address(&random);
    *call = "getrandom";
    *fd = -1;
    if (number != 0)
        return number;
    address.sin_addr.s_addr = random;
    *call = "socket";
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd == -1)
        return errno;
    *call = "bind";
    if (bind(*fd, (const struct sockaddr *)&address, sizeof address) == -1)
        return errno;
    *call = "getsockname";
    number = own_address(*fd, &address);
    if (number != 0)
        return number;
    *call = "connect";
    if (connect(*fd, (const struct sockaddr *)&address, sizeof address) == -1)
        return errno;
    *key = (struct skmsg_key){address.sin_addr.s_addr, ntohs(address.sin_port)};
    return 0;
}

static int option(int fd, int name)
{
    int value;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

static int tcp_info(int fd, struct tcp_info *info)
{
    socklen_t length = sizeof *info;
    memset(info, 0, sizeof *info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length) == -1 ? errno : 0;
}

int skmsg_socket_check(int fd, struct skmsg_key *key)
{
    struct sockaddr_in own = {0}, other = {0};
    socklen_t length = sizeof other;
    struct tcp_info info;
    if (option(fd, SO_DOMAIN) != AF_INET || option(fd, SO_TYPE) != SOCK_STREAM ||
        option(fd, SO_PROTOCOL) != IPPROTO_TCP)
        return EPROTOTYPE;
    if (tcp_info(fd, &info) != 0 || info.tcpi_state != 1 /* TCP_ESTABLISHED, net/tcp_states.h */ ||
        getpeername(fd, (struct sockaddr *)&other, &length) == -1)
        return ENOTCONN;
    if (own_address(fd, &own) != 0 || own.sin_addr.s_addr != other.sin_addr.s_addr ||
        own.sin_port != other.sin_port || (ntohl(own.sin_addr.s_addr) & LOOPBACK_MASK) != LOOPBACK)
        return EADDRNOTAVAIL;
    *key = (struct skmsg_key){own.sin_addr.s_addr, ntohs(own.sin_port)};
    return 0;
}

int skmsg_socket_segments(int fd, uint64_t *segments)
{
    struct tcp_info info;
    int number = tcp_info(fd, &info);
    *segments = info.tcpi_data_segs_out;
    return number;
}
