/* The bare fan-out: fanout receive PORT FILE; fanout send PORT FILE ADDRESS... */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 20 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int receive(int port, const char *path)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 1) < 0)
        die("listen");
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int peer = accept(listener, NULL, NULL);
    char *buffer = malloc(CHUNK_BYTES);
    if (file < 0 || peer < 0 || buffer == NULL)
        die(path);
    ssize_t got;
    while ((got = recv(peer, buffer, CHUNK_BYTES, 0)) > 0)
        for (ssize_t done = 0, wrote; done < got; done += wrote)
            if ((wrote = write(file, buffer + done, got - done)) < 0)
                die("write");
    if (got < 0)
        die("recv");
    return close(file);
}

static int send_to(int port, const char *path, const char *address)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &there.sin_addr);
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    while (connect(peer, (struct sockaddr *)&there, sizeof there) < 0) {
        if (errno != ECONNREFUSED)
            die(address);
        usleep(1000); /* it does not listen yet */
        close(peer);
        peer = socket(AF_INET, SOCK_STREAM, 0);
    }
    int file = open(path, O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about) < 0)
        die(path);
    for (off_t at = 0; at < about.st_size;)
        if (sendfile(peer, file, &at, about.st_size - at) <= 0)
            die("sendfile");
    return close(peer);
}

int main(int count, char **args)
{
    if (count == 4 && strcmp(args[1], "receive") == 0)
        return receive(atoi(args[2]), args[3]) == 0 ? 0 : 1;
    if (count < 5 || strcmp(args[1], "send") != 0)
        return 2;
    for (int i = 4; i < count; i++)
        if (fork() == 0)
            _exit(send_to(atoi(args[2]), args[3], args[i]) == 0 ? 0 : 1);
    int failures = 0, status;
    while (wait(&status) > 0)
        failures += status != 0;
    return failures == 0 ? 0 : 1;
}
