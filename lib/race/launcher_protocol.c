/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MSG_CMSG_CLOEXEC */
#include "race/launcher_protocol.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

bool gx_launcher_send(int to, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		ssize_t k = send(to, p, n, MSG_NOSIGNAL);
		if (k < 0 && errno != EINTR)
			return false;
		p += k < 0 ? 0 : k;
		n -= k < 0 ? 0 : (size_t)k;
	}
	return true;
}

bool gx_launcher_receive(int from, void *data, size_t n)
{
	char *p = data;
	while (n) {
		ssize_t k = recv(from, p, n, 0);
		if (k == 0)
			errno = 0;
		if (k == 0 || (k < 0 && errno != EINTR))
			return false;
		p += k < 0 ? 0 : k;
		n -= k < 0 ? 0 : (size_t)k;
	}
	return true;
}

/* Room for the files that go along with a request. */
union passed {
	struct cmsghdr header; /* for its alignment */
	char room[CMSG_SPACE(GX_LAUNCHER_STREAMS * sizeof(int))];
};

bool gx_launcher_send_request(int to, const struct gx_launcher_request *request,
			      const int stream[GX_LAUNCHER_STREAMS])
{
	union passed passed = { .room = { 0 } };
	struct iovec data = { .iov_base = (void *)(uintptr_t)request,
			      .iov_len = sizeof *request };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = passed.room,
				  .msg_controllen = sizeof passed.room };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(GX_LAUNCHER_STREAMS * sizeof(int));
	memcpy(CMSG_DATA(header), stream, GX_LAUNCHER_STREAMS * sizeof(int));
	ssize_t n;
	do {
		n = sendmsg(to, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *request;
}

bool gx_launcher_receive_request(int from, struct gx_launcher_request *request,
				 int stream[GX_LAUNCHER_STREAMS])
{
	union passed passed;
	struct iovec data = { .iov_base = request, .iov_len = sizeof *request };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = passed.room,
				  .msg_controllen = sizeof passed.room };
	ssize_t n;
	do {
		n = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	} while (n < 0 && errno == EINTR);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (n != (ssize_t)sizeof *request || !header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(GX_LAUNCHER_STREAMS * sizeof(int)))
		return false;
	memcpy(stream, CMSG_DATA(header), GX_LAUNCHER_STREAMS * sizeof(int));
	return true;
}
